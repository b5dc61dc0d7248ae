//go:build unix

package main

import (
	"math"
	"os"
	"runtime"
	"syscall"
)

// maxMemory returns the greatest memory of an ended process, in bytes.
func maxMemory(p *os.ProcessState) float64 {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return math.NaN()
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return float64(usage.Maxrss)
	}
	return float64(usage.Maxrss) * 1024 // other systems count in kilobytes
}
