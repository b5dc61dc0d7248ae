package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// terminal is a pseudo-terminal, with a command on its other side.
type terminal struct {
	t    *testing.T
	file *os.File
	cmd  *exec.Cmd
	said strings.Builder
}

func newTerminal(t *testing.T, dir string, args ...string) *terminal {
	t.Helper()
	file, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	n, err := unix.IoctlGetInt(int(file.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(file.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	other, err := os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	cmd := exec.Command("ironstar", args...)
	cmd.Dir = dir
	cmd.Stdin, cmd.Stdout, cmd.Stderr = other, other, other
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return &terminal{t: t, file: file, cmd: cmd}
}

// answer waits for a question, and types.
func (p *terminal) answer(question, typed string) {
	p.t.Helper()
	for buffer := make([]byte, 1000); !strings.HasSuffix(p.said.String(), question); {
		n, err := p.file.Read(buffer)
		p.said.Write(buffer[:n])
		if err != nil {
			p.t.Fatalf("it does not ask %q, but says %q (%v)", question, p.said.String(), err)
		}
	}
	if _, err := p.file.WriteString(typed); err != nil {
		p.t.Fatal(err)
	}
}

// end reads on until the command ends.
func (p *terminal) end() error {
	for buffer := make([]byte, 1000); ; {
		n, err := p.file.Read(buffer)
		p.said.Write(buffer[:n])
		if err != nil { // the other side is closed
			return p.cmd.Wait()
		}
	}
}

// TestNewAsks: on a terminal, ironstar new asks for what flags do not say.
func TestNewAsks(t *testing.T) {
	dir := t.TempDir()
	p := newTerminal(t, dir, "new", "--ironstar", checkout(t), "my shop")
	p.answer("Path of the Go module [example.com/my-shop]: ", "a.dev/shop\n")
	p.answer("Example (guestbook, todo, none) [guestbook]: ", "shop\n")
	p.answer("Example (guestbook, todo, none) [guestbook]: ", "none\n")
	p.answer("Nix flake (yes, no) [no]: ", "\n")
	if err := p.end(); err != nil {
		t.Fatalf("%v: %s", err, p.said.String())
	}
	for _, want := range []string{`example is "shop", and must be one of guestbook, todo, none`, "made my shop: module a.dev/shop", "make dev"} {
		if !strings.Contains(p.said.String(), want) {
			t.Errorf("it does not say %q: %s", want, p.said.String())
		}
	}
	if exists(filepath.Join(dir, "my shop", "schema", "book")) || exists(filepath.Join(dir, "my shop", "flake.nix")) {
		t.Error("the answers do not count")
	}
}

// TestCtrlCAtAQuestion: nothing is written.
func TestCtrlCAtAQuestion(t *testing.T) {
	dir := t.TempDir()
	p := newTerminal(t, dir, "new", "--ironstar", checkout(t), "shop")
	p.answer("]: ", "a.dev/shop\n")
	p.answer("[guestbook]: ", "\x03")
	if err := p.end(); err == nil {
		t.Error("Ctrl-C does not end it")
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("%v is there (%v)", entries, err)
	}
}
