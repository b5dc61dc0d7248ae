//go:build unix

package dev

import (
	"os/exec"
	"syscall"
)

// ownGroup has a command and what it starts killed together when its context
// ends, and keeps Ctrl-C of a terminal away from it.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// killGroup ends what a command with its own group has started, after it has ended.
func killGroup(cmd *exec.Cmd) {
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // an error means that nothing is left
}
