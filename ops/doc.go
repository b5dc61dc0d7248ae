// Package ops is what an operator meets of an application: how it starts, says
// where it is, shows progress, and stops.
package ops
