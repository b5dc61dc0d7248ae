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

// lives is how many processes have one file, before there is a new one.
const lives = 12

// TestG1_KilledAtAnyTime kills servers with all that they do at a time, -9,
// and compares after each what its clients know with the file that is left.
func TestG1_KilledAtAnyTime(t *testing.T) {
	n := *kills
	if testing.Short() {
		n = min(n, 8)
	}
	var killed, lines, commands, events, retried, kept int
	for killed < n {
		path := filepath.Join(t.TempDir(), "log.db")
		told := newSaid()
		for life := 0; life < lives && killed < n; life++ {
			when := moments[rand.IntN(len(moments))]
			ask := told.questions()
			output := killChild(t, path, when, ask)
			killed++
			retried += len(ask)
			told.read(output)
			if _, err := os.Stat(path); err != nil {
				if len(told.stored)+len(told.seen) > 0 {
					t.Fatalf("there is no file: %v", err)
				}
				continue // killed before it was made
			}
			f := readFile(t, path)
			told.check(t, f)
			if t.Failed() {
				t.Fatalf("kill %d, life %d, %+v", killed, life, when)
			}
			told.ask(f)
			kept += f.kept
			if life == lives-1 || killed == n {
				commands += len(told.stored)
				events += len(f.notes)
			}
		}
		lines += told.lines
	}
	t.Logf("%d processes killed; %d commands were stored, with %d events; %d were given again; %d lines were said; starts met %d snapshots", killed, commands, events, retried, lines, kept)
	if commands < 2*n || retried < n || kept < n {
		t.Error("so little was done that this tests nothing")
	}
}

// moment is when a process is killed: a while after it has said a word.
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

// TestG1_KilledWhileAnotherTakesOver starts a server beside the one that has the
// file, kills that one while it works, and the other some time after it has
// taken over, or before.
func TestG1_KilledWhileAnotherTakesOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	told := newSaid()
	n := max(*kills/4, 2)
	was, wasSays := start(t, path, "ready", false)
	for range n {
		next, nextSays := start(t, path, "beside", true)
		<-time.After(time.Duration(rand.Int64N(int64(50 * time.Millisecond))))
		kill(t, was)
		told.read(wasSays.text())
		<-time.After(time.Duration(rand.Int64N(int64(150 * time.Millisecond))))
		was, wasSays = next, nextSays
	}
	kill(t, was)
	told.read(wasSays.text())
	told.check(t, readFile(t, path))
	t.Logf("%d servers were taken over from; %d commands were stored", n, len(told.stored))
	if len(told.stored) < n {
		t.Error("so little was done that this tests nothing")
	}
}

// start starts a server and returns when it has said a word.
func start(t *testing.T, path, word string, next bool) (*exec.Cmd, *output) {
	t.Helper()
	cmd := command(t, path, nil)
	if next {
		cmd.Env = append(cmd.Env, childNext+"=1")
	}
	out := &output{word: word, said: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = out, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-out.said:
	case <-time.After(30 * time.Second):
		t.Errorf("it does not come to %q: %s", word, out.text())
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

// killChild runs a server, kills it and returns what it said.
func killChild(t *testing.T, path string, when moment, ask []asked) string {
	t.Helper()
	cmd := command(t, path, ask)
	cmd.Env = append(cmd.Env, fmt.Sprint(childCode, "=", 1+rand.IntN(generations)))
	if when.word == "done" {
		cmd.Env = append(cmd.Env, fmt.Sprint(childWork, "=", 1+rand.IntN(30)))
	}
	out, stderr := &output{word: when.word, said: make(chan struct{})}, &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = out, stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-out.said:
	case <-time.After(30 * time.Second):
		t.Errorf("it does not come to %q: %s", when.word, out.text())
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

// command is the command line of a child, after the words of wrapper.
func command(t *testing.T, path string, ask []asked, wrapper ...string) *exec.Cmd {
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

// ask makes questions of what is in a file: clients ask again after what they
// have an answer to, and after what they have none to.
func (s *said) ask(f *file) {
	for _, p := range f.notes {
		if p.command != "" {
			s.asked = append(s.asked, asked{p.stream, p.Cmd})
		}
	}
}

// questions draws some of what can be asked again. The last ones are those that
// a process had no time to answer.
func (s *said) questions() []asked {
	var some []asked
	for i, a := range s.asked {
		if i >= len(s.asked)-10 || rand.IntN(len(s.asked)) < 10 {
			some = append(some, a)
		}
	}
	for cmd, stream := range s.given {
		some = append(some, asked{stream, cmd})
	}
	s.asked = nil
	return some
}

// output collects what a process says and tells when it has said a word.
type output struct {
	mu   sync.Mutex
	all  bytes.Buffer
	word string
	said chan struct{} // closed at the first line that begins with word, or at any beginning with "cannot"
	told bool
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.all.Write(p)
	if text := "\n" + o.all.String(); !o.told && (strings.Contains(text, "\n"+o.word) || strings.Contains(text, "\ncannot")) {
		o.told = true
		close(o.said)
	}
	return len(p), nil
}

func (o *output) text() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all.String()
}
