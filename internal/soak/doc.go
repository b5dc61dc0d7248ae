// Package soak tries to lose data. Its tests run the whole stack (a store, an
// engine with views, commands with ids) in separate processes, stop these at
// any moment, and compare what they printed with the file. Processes are killed
// (TestG1_KilledAtAnyTime; make soak runs it longer), or the disk keeps only
// what was synced and any part of the rest (TestG1_PowerLoss, which needs
// strace).
package soak
