package soak

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

var kills = flag.Int("kills", 24, "how many processes are killed")

// lives is how many processes use one file before there is a new one.
const lives = 12

// atMost is how many times as many processes a test may kill as it was asked
// to: on a slow machine they do little before they are killed, and a test goes
// on until enough was done.
const atMost = 20

// TestG1_KilledAtAnyTime kills servers with -9 and compares the answers of
// their clients with the file after each kill.
func TestG1_KilledAtAnyTime(t *testing.T) {
	n := *kills
	if testing.Short() {
		n = min(n, 8)
	}
	var killed, lines, commands, events, retried, snapshots int
	enough := func() bool { return killed >= n && commands >= 2*n && retried >= n && snapshots >= n }
	for !enough() && killed < atMost*n {
		path := filepath.Join(t.TempDir(), "log.db")
		printed := newTranscript()
		stored, noted := 0, 0
		for life := range lives {
			when := moments[rand.IntN(len(moments))]
			ask := printed.questions()
			output := killChild(t, path, when, ask)
			killed++
			retried += len(ask)
			printed.read(output)
			if _, err := os.Stat(path); err != nil {
				if len(printed.stored)+len(printed.seen) > 0 {
					t.Fatalf("there is no file: %v", err)
				}
				continue // killed before it was made
			}
			f := readFile(t, path)
			printed.check(t, f)
			if t.Failed() {
				t.Fatalf("kill %d, life %d, %+v", killed, life, when)
			}
			printed.ask(f)
			snapshots += f.snapshots
			stored, noted = len(printed.stored), len(f.notes)
			if killed == n {
				break
			}
		}
		commands, events, lines = commands+stored, events+noted, lines+printed.lines
	}
	t.Logf("%d processes killed; %d commands were stored, with %d events; %d were given again; %d lines were printed; starts met %d snapshots", killed, commands, events, retried, lines, snapshots)
	if !enough() {
		t.Error("too little was done: the test is not effective")
	}
}

// moment is when a process is killed: a while after it printed a word.
type moment struct {
	word  string
	delay time.Duration // at most
}

var moments = []moment{
	{"begin", 60 * time.Millisecond}, // while it opens, recovers, rebuilds
	{"ready", 10 * time.Millisecond},
	{"ready", 150 * time.Millisecond},
	{"ready", 400 * time.Millisecond},
	{"checkpoint", 5 * time.Millisecond},
	{"done", 10 * time.Millisecond}, // while it closes
}

// TestG1_KilledWhileAnotherTakesOver starts a second server next to the one
// that owns the file. It kills the owner while it works, and the second some
// time before or after it has taken over.
func TestG1_KilledWhileAnotherTakesOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	printed := newTranscript()
	n := max(*kills/4, 2)
	was, wasSays := start(t, path, "ready", false)
	servers := 0
	for ; servers < n || len(printed.stored) < n && servers < atMost*n; servers++ {
		next, nextSays := start(t, path, "beside", true)
		<-time.After(time.Duration(rand.Int64N(int64(50 * time.Millisecond))))
		kill(t, was)
		printed.read(wasSays.text())
		<-time.After(time.Duration(rand.Int64N(int64(150 * time.Millisecond))))
		was, wasSays = next, nextSays
	}
	kill(t, was)
	printed.read(wasSays.text())
	printed.check(t, readFile(t, path))
	t.Logf("%d servers were taken over from; %d commands were stored", servers, len(printed.stored))
	if len(printed.stored) < n {
		t.Error("too little was done: the test is not effective")
	}
}

// start starts a server and returns when it has printed a word.
func start(t *testing.T, path, word string, next bool) (*exec.Cmd, *output) {
	t.Helper()
	cmd := command(t, path, nil)
	if next {
		cmd.Env = append(cmd.Env, childNext+"=1")
	}
	out := &output{word: word, reached: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = out, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-out.reached:
	case <-time.After(30 * time.Second):
		t.Errorf("it does not print %q: %s", word, out.text())
	}
	return cmd, out
}

func kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		t.Errorf("it ended by itself: %v", err)
	}
	cmd.Wait() // "killed", as intended
}

// killChild runs a server, kills it and returns its output.
func killChild(t *testing.T, path string, when moment, ask []repeated) string {
	t.Helper()
	cmd := command(t, path, ask)
	cmd.Env = append(cmd.Env, fmt.Sprint(childCode, "=", 1+rand.IntN(generations)))
	if when.word == "done" {
		cmd.Env = append(cmd.Env, fmt.Sprint(childWork, "=", 1+rand.IntN(30)))
	}
	out, stderr := &output{word: when.word, reached: make(chan struct{})}, &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = out, stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-out.reached:
	case <-time.After(30 * time.Second):
		t.Errorf("it does not print %q: %s", when.word, out.text())
	}
	<-time.After(time.Duration(rand.Int64N(int64(when.delay))))
	if err := cmd.Process.Kill(); err != nil {
		t.Errorf("it ended by itself: %v", err)
	}
	cmd.Wait() // "killed", as intended
	if stderr.Len() > 0 {
		t.Errorf("on stderr: %s", stderr)
	}
	return out.text()
}

// command returns the command line of a child, with the words of wrapper before
// it.
func command(t *testing.T, path string, ask []repeated, wrapper ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	words := append(wrapper, self)
	cmd := exec.CommandContext(t.Context(), words[0], words[1:]...)
	cmd.Env = append(os.Environ(), childFile+"="+path)
	var questions bytes.Buffer
	for _, a := range ask {
		line, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		questions.Write(append(line, '\n'))
	}
	cmd.Stdin = io.Reader(&questions)
	return cmd
}

// ask returns commands for clients to repeat: some with an answer, some
// without.
func (s *transcript) ask(f *file) {
	for _, p := range f.notes {
		if p.command != "" {
			s.repeatable = append(s.repeatable, repeated{p.stream, p.Cmd})
		}
	}
}

// questions draws some commands to repeat. The last ones are those that a
// process had no time to answer.
func (s *transcript) questions() []repeated {
	var some []repeated
	for i, a := range s.repeatable {
		if i >= len(s.repeatable)-10 || rand.IntN(len(s.repeatable)) < 10 {
			some = append(some, a)
		}
	}
	for cmd, stream := range s.unanswered {
		some = append(some, repeated{stream, cmd})
	}
	s.repeatable = nil
	return some
}

// output collects a process's output and signals when it has printed a word.
type output struct {
	mu      sync.Mutex
	all     bytes.Buffer
	word    string
	reached chan struct{} // closed at the first line that begins with word or with "cannot"
	printed bool
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.all.Write(p)
	if text := "\n" + o.all.String(); !o.printed && (strings.Contains(text, "\n"+o.word) || strings.Contains(text, "\ncannot")) {
		o.printed = true
		close(o.reached)
	}
	return len(p), nil
}

func (o *output) text() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all.String()
}
