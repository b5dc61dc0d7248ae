package sqlite

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// identifyProcess identifies a process of this process's own namespace.
func identifyProcess(pid int) (processID, error) {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return processID{}, err
	}
	namespace, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return processID{}, err
	}
	self, _, err := readStat("self")
	if err != nil {
		return processID{}, err
	}
	if self != fmt.Sprint(os.Getpid()) {
		return processID{}, errors.New("/proc shows the processes of another namespace")
	}
	_, started, err := readStat(fmt.Sprint(pid))
	if err != nil {
		return processID{}, err
	}
	return processID{boot: strings.TrimSpace(string(boot)), namespace: namespace, started: started}, nil
}

// readStat returns the number of a process and when it started, in clock ticks
// since the boot: fields 1 and 22 of /proc/PID/stat (proc_pid_stat(5)). Field 2,
// its name, is in parentheses and may hold anything.
func readStat(name string) (pid, started string, err error) {
	text, err := os.ReadFile("/proc/" + name + "/stat")
	if err != nil {
		return "", "", err
	}
	pid, _, _ = strings.Cut(string(text), " ")
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 20 {
		return "", "", fmt.Errorf("/proc/%s/stat has no start time", name)
	}
	return pid, fields[22-3], nil
}
