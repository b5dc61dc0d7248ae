package main

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
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	gen "ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
	"ironstar.dev/sqlite"
)

// process is the application and its output.
type process struct {
	*exec.Cmd
	lines chan string // closed at the end
}

func launch(t *testing.T, args ...string) *process {
	t.Helper()
	cmd := app(t, args...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd, make(chan string, 1000)}
	go func() {
		defer close(p.lines)
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			p.lines <- lines.Text()
		}
	}()
	t.Cleanup(func() { cmd.Process.Kill() })
	return p
}

// says waits for a line with a text.
func (p *process) says(t *testing.T, text string) string {
	t.Helper()
	var all []string
	late := time.After(2 * time.Minute)
	for {
		select {
		case line, ok := <-p.lines:
			if !ok {
				t.Fatalf("it ended without %q and said %q", text, all)
			}
			if all = append(all, line); strings.Contains(line, text) {
				return line
			}
		case <-late:
			t.Fatalf("it does not say %q but %q", text, all)
		}
	}
}

// ended waits for the end and wants an exit code.
func (p *process) ended(t *testing.T, code int) (said string) {
	t.Helper()
	for line := range p.lines {
		said += line + "\n"
	}
	p.Wait()
	if got := p.ProcessState.ExitCode(); got != code {
		t.Errorf("it ended with %d, want %d, and said %s", got, code, said)
	}
	return said
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// TestTakeOver upgrades three times under load. Every command is answered by
// one of the processes and takes effect once. Every feed continues.
func TestTakeOver(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Log("clients are refused for a moment on this system, and come again")
	}
	file, addr := filepath.Join(t.TempDir(), "app.db"), freeAddr(t)
	server := launch(t, "-addr", addr, "-db", file)
	server.says(t, "serving on")

	ctx, stop := context.WithCancel(t.Context())
	var clients sync.WaitGroup
	sent := make([]int, 4)
	for c := range sent {
		clients.Go(func() { sent[c] = postUntil(t, ctx, addr, c) })
	}
	for range 3 {
		time.Sleep(100 * time.Millisecond)
		unused, err := net.Dial("tcp", addr) // as browsers open in advance
		if err != nil {
			t.Fatal(err)
		}
		next := launch(t, "-addr", addr, "-db", file, "--takeover", "--compare")
		next.says(t, "folded by the same code: todo.Tally")
		t.Log(next.says(t, fmt.Sprintf("took over from process %d", server.Process.Pid)))
		next.says(t, "serving on")
		if said := server.ended(t, 0); !strings.Contains(said, "stopping") {
			t.Errorf("the old one said %q", said)
		}
		unused.Close()
		server = next
	}
	time.Sleep(100 * time.Millisecond)
	stop()
	clients.Wait()
	server.Process.Signal(os.Interrupt)
	server.ended(t, 0)

	store, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	head, _ := store.Head(t.Context())
	want := 0
	for _, n := range sent {
		want += n
	}
	if int(head) != want || want < 20 {
		t.Errorf("%d commands were answered, %d are stored", want, head)
	}
}

// postUntil sends commands until ctx ends, each until it is answered, and
// returns how many there were.
func postUntil(t *testing.T, ctx context.Context, addr string, client int) (n int) {
	tries := 0
	for ; ctx.Err() == nil; n++ {
		id := fmt.Sprintf("client-%d-command-%d", client, n)
		for answered := false; !answered; tries++ {
			req, err := http.NewRequest(http.MethodPost, "http://"+addr+todohttp.ListAddURL(fmt.Sprintf("list-%d-%d", client, n/200)), strings.NewReader(`{"text":"buy milk"}`))
			if err != nil {
				t.Error(err)
				return n
			}
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("Idempotency-Key", id)
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				if runtime.GOOS == "linux" && strings.Contains(err.Error(), "refused") {
					t.Errorf("a client was refused: %v", err)
				}
				time.Sleep(time.Millisecond)
				continue
			}
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			switch answered = resp.StatusCode == http.StatusAccepted; {
			case !answered && resp.StatusCode != http.StatusServiceUnavailable:
				t.Errorf("answered with %s", resp.Status)
				return n
			}
		}
	}
	t.Logf("client %d: %d commands, %d tries", client, n, tries)
	return n
}

// TestTakeOverKeepsTheServerThatWorks: the new build cannot fold an event.
func TestTakeOverKeepsTheServerThatWorks(t *testing.T) {
	file, addr := database(t, 3, 0), freeAddr(t)
	server := launch(t, "-addr", addr, "-db", file)
	server.says(t, "serving on")
	next := launch(t, "-addr", addr, "-db", file, "--takeover")
	if said := next.ended(t, 1); !strings.Contains(said, "the old server keeps running") {
		t.Errorf("it said %q", said)
	}
	resp, err := http.Get("http://" + addr + todohttp.BoardURL("good", gen.BoardParams{}))
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("got %v, %v", resp, err)
	}
	server.Process.Signal(os.Interrupt)
	server.ended(t, 0)

	// Without a server it is a start like any other.
	alone := launch(t, "-addr", addr, "-db", file, "--takeover")
	alone.says(t, "serving on")
	alone.Process.Signal(os.Interrupt)
	alone.ended(t, 0)
}

// TestTwoTakeOversAtOnce: of several servers that take over at the same time
// one serves, and the others end, so that no client waits for them.
func TestTwoTakeOversAtOnce(t *testing.T) {
	file, addr := filepath.Join(t.TempDir(), "app.db"), freeAddr(t)
	server := launch(t, "-addr", addr, "-db", file)
	server.says(t, "serving on")
	feed, err := http.Get("http://" + addr + "/todo/board/welcome/feed") // prevents the old server from ending at once
	if err != nil {
		t.Fatal(err)
	}
	defer feed.Body.Close()
	next := map[*process]bool{}
	ended := make(chan *process)
	said := map[*process]*strings.Builder{}
	for range 3 {
		p := launch(t, "-addr", addr, "-db", file, "--takeover")
		next[p], said[p] = true, &strings.Builder{}
		go func() {
			for line := range p.lines {
				fmt.Fprintln(said[p], line)
			}
			ended <- p
		}()
	}
	server.ended(t, 0)
	for len(next) > 1 {
		select {
		case p := <-ended:
			delete(next, p)
			p.Wait()
			// Or it served, and a later one took over from it.
			gaveUp := strings.Contains(said[p].String(), "just taking over") || strings.Contains(said[p].String(), "has taken the file meanwhile")
			if code := p.ProcessState.ExitCode(); gaveUp != (code == 1) || !gaveUp && code != 0 {
				t.Errorf("it ended with %d and said %q", code, said[p])
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("%d servers are there and should be one", len(next))
		}
	}
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for range 40 {
		resp, err := client.Get("http://" + addr + todohttp.BoardURL("good", gen.BoardParams{}))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	for p := range next {
		p.Process.Signal(os.Interrupt)
		<-ended
		if p.Wait(); p.ProcessState.ExitCode() != 0 {
			t.Errorf("it ended with %v and said %q", p.ProcessState, said[p])
		}
	}
}

// TestOtherProcessesAreNotSignalled: the number of a process in a lock file may
// belong to another process by now, or to one in another container. That
// process is not signalled, and the log says so.
func TestOtherProcessesAreNotSignalled(t *testing.T) {
	stranger := exec.Command("sleep", "60")
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stranger.Process.Kill(); stranger.Wait() })
	file := filepath.Join(t.TempDir(), "app.db")
	store, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	text, err := os.ReadFile(file + ".lock")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfterN(string(text), "\n", 3)
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	lines[0] = fmt.Sprintf("process %d on host %s\n", stranger.Process.Pid, host)
	start := regexp.MustCompile(`started \S+ `)
	for name, second := range map[string]string{
		"the number was used again": start.ReplaceAllString(lines[1], "started 1 "),
		"another container":         strings.Replace(lines[1], " in ", " in other", 1),
		"another boot":              strings.Replace(lines[1], " boot ", " boot other", 1),
		"an older build":            "",
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(file+".lock", []byte(lines[0]+second), 0o666); err != nil {
				t.Fatal(err)
			}
			out, err := app(t, "compare", "-db", file).CombinedOutput()
			if err != nil || !strings.Contains(string(out), "no server can save new snapshots") {
				t.Errorf("compare: %v, %s", err, out)
			}
			addr := freeAddr(t)
			next := launch(t, "-addr", addr, "-db", file, "--takeover")
			next.says(t, fmt.Sprintf("stop process %d", stranger.Process.Pid))
			if c, err := net.Dial("tcp", addr); err == nil {
				c.Close()
				t.Error("it has the address while it waits for a person")
			}
			next.Process.Signal(os.Interrupt)
			next.ended(t, 1)
			if state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", stranger.Process.Pid)); runtime.GOOS == "linux" && (err != nil || !strings.Contains(string(state), "(sleep) S")) {
				t.Errorf("the stranger is %s, %v", state, err)
			}
		})
	}
}

// TestCompare asks a running server for its states. The same build folds the
// same states.
func TestCompare(t *testing.T) {
	file, addr := filepath.Join(t.TempDir(), "app.db"), freeAddr(t)
	server := launch(t, "-addr", addr, "-db", file)
	server.says(t, "serving on")
	ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer stop()
	if postUntil(t, ctx, addr, 1) == 0 {
		t.Fatal("nothing is stored")
	}
	out, err := app(t, "compare", "-db", file).Output()
	if want := "folded by the same code: "; err != nil || !strings.Contains(string(out), want+"todo.Tally") {
		t.Errorf("%v, and it says %q", err, out)
	}
	server.Process.Signal(os.Interrupt)
	server.ended(t, 0)
}
