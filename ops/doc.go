// Package ops is what an operator meets of an application: the commands
// that it has by itself ([App], docs/OPERATING.md), how it starts, says where it
// is, shows progress, and stops.
package ops
