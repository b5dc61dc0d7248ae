// Command bench measures Ironstar and compares each figure with a floor: the
// least work by hand for the same effect, measured in the same run on the same
// machine. It prints a table of figures and one of latencies, writes a report
// with every run as JSON (-json), and draws charts of such reports (-charts).
//
// It promises that our side and the floor alternate, run by run, so that a busy
// machine affects both, and that each figure is the median of its runs. It
// fails only if something could not be measured: a figure that misses its aim
// is marked in the table and does not change the exit code. docs/BENCHMARKS.md
// has the limits of these figures.
//
// A group of rows is one file, <group>.go, and its floor is <group>_floor.go.
package main
