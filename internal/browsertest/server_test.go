//go:build browser

package browsertest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// binary is the application, built once by TestMain.
var binary string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "ironstar-browsertest")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "app")
	build := exec.Command("go", "build", "-o", binary, "./cmd/app")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the application: %v\n%s", err, out)
		return 1
	}
	defer stopBrowser()
	return m.Run()
}

// server is the application as a process. It can be killed, stopped and started
// again on the same address and database.
type server struct {
	t    *testing.T
	Bin  string // the application, or another build of it
	Addr string
	DB   string
	cmd  *exec.Cmd
	done chan error
	log  *tail
}

// newServer starts the application on a new address.
func newServer(t *testing.T) *server {
	t.Helper()
	return newServerOf(t, binary)
}

// newServerOf starts another build of the application.
func newServerOf(t *testing.T, binary string) *server {
	t.Helper()
	s := unstarted(t, binary)
	s.Start()
	return s
}

// seededServer starts the application with what app seed makes.
func seededServer(t *testing.T) *server {
	t.Helper()
	s := unstarted(t, binary)
	if out, err := exec.Command(binary, "seed", "-db", s.DB).CombinedOutput(); err != nil {
		t.Fatalf("app seed: %v\n%s", err, out)
	}
	s.Start()
	return s
}

// unstarted has an address and a place for a database.
func unstarted(t *testing.T, binary string) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	s := &server{t: t, Bin: binary, Addr: addr, DB: filepath.Join(t.TempDir(), "app.db")}
	t.Cleanup(func() {
		s.Kill()
		if t.Failed() {
			t.Logf("the server's last output:\n%s", s.log)
		}
	})
	return s
}

// URL returns an address on the server.
func (s *server) URL(path string) string { return "http://" + s.Addr + path }

// Start runs the application, with further flags, and waits until it answers.
func (s *server) Start(flags ...string) {
	s.t.Helper()
	s.cmd = exec.Command(s.Bin, append(flags, "-addr", s.Addr, "-db", s.DB)...)
	if s.log == nil {
		s.log = &tail{}
	}
	out, err := s.cmd.StderrPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.done = make(chan error, 1) // capacity 1, so that the goroutine always ends
	go func(cmd *exec.Cmd, done chan<- error) {
		s.log.copy(out)
		done <- cmd.Wait()
	}(s.cmd, s.done)
	s.await()
}

func (s *server) await() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
	defer cancel()
	for ctx.Err() == nil {
		resp, err := http.DefaultTransport.RoundTrip(must(http.NewRequestWithContext(ctx, "GET", s.URL("/"), nil)))
		if err == nil {
			resp.Body.Close()
			return
		}
		select {
		case err := <-s.done:
			s.done <- err
			s.t.Fatalf("the server ended: %v\n%s", err, s.log)
		case <-time.After(20 * time.Millisecond):
		}
	}
	s.t.Fatalf("the server does not answer\n%s", s.log)
}

// Kill ends the process with SIGKILL.
func (s *server) Kill() { s.end(syscall.SIGKILL) }

// Stop asks the process to end, as a deploy does, and fails the test if it ends
// with an error.
func (s *server) Stop() {
	s.t.Helper()
	if err := s.end(syscall.SIGTERM); err != nil {
		s.t.Errorf("the server did not stop well: %v\n%s", err, s.log)
	}
}

func (s *server) end(signal syscall.Signal) error {
	if s.cmd == nil {
		return nil
	}
	if err := s.cmd.Process.Signal(signal); err != nil {
		return err
	}
	select {
	case err := <-s.done:
		s.cmd = nil
		return err
	case <-time.After(15 * time.Second):
		s.cmd.Process.Kill()
		<-s.done
		s.cmd = nil
		return fmt.Errorf("still there 15 s after %v", signal)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// tail holds the last lines of a process's output.
type tail struct {
	mu    sync.Mutex
	lines []string
}

func (l *tail) copy(r io.Reader) {
	for scan := bufio.NewScanner(r); scan.Scan(); {
		l.mu.Lock()
		l.lines = append(l.lines, scan.Text())
		if len(l.lines) > 60 {
			l.lines = l.lines[1:]
		}
		l.mu.Unlock()
	}
}

func (l *tail) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var s string
	for _, line := range l.lines {
		s += line + "\n"
	}
	return s
}
