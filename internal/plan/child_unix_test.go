//go:build unix

package plan_test

import (
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// limit limits the size of files, in bytes, if the environment says so.
func limit() {
	if n, err := strconv.ParseUint(os.Getenv("IRONSTAR_PLAN_LIMIT"), 10, 64); err == nil {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: n}); err != nil {
			panic(err)
		}
	}
}

// giveTo makes a process run as another user than root, because root may write
// everywhere, and gives that user access.
func (m *module) giveTo(cmd *exec.Cmd) {
	if os.Getuid() != 0 {
		return
	}
	m.open()
	const nobody = 65534
	self := m.path("child.test")
	b, err := os.ReadFile(cmd.Path)
	if err == nil {
		err = os.WriteFile(self, b, 0o755)
	}
	if err == nil {
		err = os.Chown(m.root, nobody, nobody)
	}
	if err != nil {
		m.t.Fatal(err)
	}
	cmd.Path = self
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
}
