// Package soak tries to lose data. Its tests run the whole stack (a store, an
// engine with views, commands with ids) in processes of their own, take those
// away in the middle of their work, and compare what they said with what the
// file holds: it is killed at any moment (TestG1_KilledAtAnyTime; make soak does
// it longer), and the disk keeps only what was synced and any part of the rest
// (TestG1_PowerLoss, which needs strace).
package soak
