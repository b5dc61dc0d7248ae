package main

import (
	"math"
	"strconv"
	"strings"
)

// busy is how many seconds of processor time a process has taken until now,
// user and system: fields 14 and 15 of proc_pid_stat(5), in hundredths of a
// second.
func (p *process) busy() float64 {
	_, rest, ok := strings.Cut(content("/proc/"+strconv.Itoa(p.cmd.Process.Pid)+"/stat"), ") ") // the name may hold spaces
	fields := strings.Fields(rest)
	if !ok || len(fields) < 13 {
		return math.NaN()
	}
	user, err1 := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	if err1 != nil || err2 != nil {
		return math.NaN()
	}
	return float64(user+system) / 100
}
