package bidders

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"ironstar.dev/internal/leak"
)

// binary is the application, built once.
var binary string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "ironstar-bidders")
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
	return leak.Run(m)
}

// server is the application as a process, and those after it with the same file and
// address.
type server struct {
	t    *testing.T
	addr string
	db   string
	env  []string

	now              *process
	kills, takeovers int
}

// process is one process of the application.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{} // closed at the end

	mu   sync.Mutex
	said strings.Builder
}

// newServer starts the application with the environment and a file of its own.
func newServer(t *testing.T, env ...string) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dir := t.TempDir()
	messages := "AUCTION_MESSAGES=" + filepath.Join(dir, "messages")
	s := &server{t: t, addr: l.Addr().String(), db: filepath.Join(dir, "app.db"), env: append([]string{messages}, env...)}
	l.Close()
	s.start()
	t.Cleanup(func() {
		s.end(syscall.SIGKILL)
		if t.Failed() {
			t.Logf("the last server said:\n%s", s.now.text())
		}
	})
	return s
}

// launch starts a process.
func (s *server) launch(args ...string) *process {
	s.t.Helper()
	p := &process{cmd: exec.Command(binary, append(args, "--addr", s.addr, "--db", s.db)...), ended: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), s.env...)
	out, err := p.cmd.StderrPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			p.mu.Lock()
			fmt.Fprintln(&p.said, lines.Text())
			p.mu.Unlock()
		}
		_ = p.cmd.Wait() // the state tells how it ended
		if said := p.text(); trouble.MatchString(said) {
			s.t.Errorf("a server said %s", said)
		}
	}()
	return p
}

// trouble is what no server may say, also one that is killed.
var trouble = regexp.MustCompile(` ERROR |panic|DATA RACE`)

func (p *process) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.String()
}

// says waits for a text, and returns false if the process ends before.
func (p *process) says(t *testing.T, text string) bool {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if strings.Contains(p.text(), text) {
			return true
		}
		select {
		case <-p.ended:
			return strings.Contains(p.text(), text)
		default:
		}
	}
	return false
}

// start starts a server.
func (s *server) start() {
	s.t.Helper()
	s.now = s.launch()
	if !s.now.says(s.t, "serving on") {
		s.t.Fatalf("the server does not start: %s", s.now.text())
	}
}

// end ends the server with a signal.
func (s *server) end(signal syscall.Signal) {
	s.t.Helper()
	if err := s.now.cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.t.Fatal(err)
	}
	<-s.now.ended
}

// kill ends the server with -9.
func (s *server) kill() {
	s.t.Helper()
	s.end(syscall.SIGKILL)
	s.kills++
}

// stop ends the server as an operator does.
func (s *server) stop() {
	s.t.Helper()
	s.end(syscall.SIGTERM)
	if code := s.now.cmd.ProcessState.ExitCode(); code != 0 {
		s.t.Errorf("the server ended with %d and said %s", code, s.now.text())
	}
}

// takeOver replaces the server. If killed, the old one is killed meanwhile.
func (s *server) takeOver(killed bool) {
	s.t.Helper()
	next := s.launch("serve", "--takeover")
	if killed {
		s.kill()
	}
	if !next.says(s.t, "serving on") || killed && s.now.cmd.ProcessState.ExitCode() != -1 {
		s.t.Fatalf("the next server does not take over: %s", next.text())
	}
	<-s.now.ended
	if code := s.now.cmd.ProcessState.ExitCode(); !killed && code != 0 {
		s.t.Errorf("the server before ended with %d and said %s", code, s.now.text())
	}
	s.now = next
	s.takeovers++
}

// command runs a command of the operator.
func (s *server) command(args ...string) string {
	s.t.Helper()
	cmd := exec.Command(binary, append(args, "--db", s.db)...)
	cmd.Env = append(os.Environ(), s.env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Errorf("%v: %v, %s", args, err, out)
	}
	return string(out)
}

// messages returns the texts of the messages that were written.
func (s *server) messages() (texts []string) {
	s.t.Helper()
	files, err := filepath.Glob(filepath.Join(filepath.Dir(s.db), "messages", "*"))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil || !strings.HasSuffix(f, ".txt") {
			s.t.Errorf("%s is left: %v", f, err)
		}
		texts = append(texts, string(text))
	}
	return texts
}
