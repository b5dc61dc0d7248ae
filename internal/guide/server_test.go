//go:build unix

package guide_test

import (
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// server is the application of the reader.
type server struct {
	t       *testing.T
	process *exec.Cmd
	ended   chan error
	said    strings.Builder
	site    string
}

// start serves the project in dir, as make run does after it has built. The server
// before it ends first.
func (s *server) start(dir string) {
	s.t.Helper()
	s.stop()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o777); err != nil {
		s.t.Fatal(err)
	}
	s.said.Reset()
	s.site = "http://" + addr
	s.process = exec.Command(filepath.Join(dir, "bin", "app"), "-addr", addr, "-db", filepath.Join(dir, "data", "app.db"))
	s.process.Stderr = &s.said
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.ended = make(chan error, 1)
	go func() { s.ended <- s.process.Wait() }()
	for end := time.Now().Add(patience); time.Now().Before(end) && len(s.ended) == 0; time.Sleep(25 * time.Millisecond) {
		if res, err := http.Get(s.site); err == nil {
			res.Body.Close()
			return
		}
	}
	s.stop()
	s.t.Fatalf("the server does not answer: %s", s.said.String())
}

// stop ends the server, as Ctrl-C does.
func (s *server) stop() {
	if s.ended == nil {
		return
	}
	_ = s.process.Process.Signal(syscall.SIGTERM)
	if err := <-s.ended; err != nil {
		s.t.Errorf("the server ended with %v: %s", err, s.said.String())
	}
	s.ended = nil
}
