package sqlite

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// identifyProcess identifies a process. There is one namespace.
func identifyProcess(pid int) (processID, error) {
	boot, err := unix.Sysctl("kern.bootsessionuuid")
	if err != nil {
		return processID{}, err
	}
	info, err := unix.SysctlKinfoProc("kern.proc.pid", pid)
	if err != nil {
		return processID{}, err
	}
	at := info.Proc.P_starttime
	return processID{boot: boot, namespace: "pid", started: fmt.Sprintf("%d.%06d", at.Sec, at.Usec)}, nil
}
