//go:build !unix

package main

import (
	"math"
	"os"
)

// maxMemory is not known on this system.
func maxMemory(*os.ProcessState) float64 { return math.NaN() }
