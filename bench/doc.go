// Command bench measures Ironstar and puts a floor beside each figure: the
// least that somebody could do by hand for the same effect, measured in the
// same run on the same machine. It prints a table of figures and one of
// latencies, writes a report with every run as JSON (-json), and draws charts of
// such reports (-charts).
//
// It promises that ours and the floor take turns, run by run, so that a machine
// that is busy for a while is busy for both, and that each figure is the median
// of its runs. It fails only if something could not be measured: a figure that
// misses its aim is said in the table and changes no exit code. What the
// figures do not say is in docs/BENCHMARKS.md.
//
// A group of rows is one file, <group>.go, and its floor another,
// <group>_floor.go.
package main
