//go:build !linux

package main

import "math"

// busy is not known here while a process runs.
func (p *process) busy() float64 { return math.NaN() }
