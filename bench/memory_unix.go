//go:build unix

package main

import (
	"math"
	"os"
	"runtime"
	"syscall"
)

// maxMemory is the most that an ended process had in memory at once, in bytes.
func maxMemory(p *os.ProcessState) float64 {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return math.NaN()
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return float64(usage.Maxrss)
	}
	return float64(usage.Maxrss) * 1024 // everybody else counts in kilobytes
}
