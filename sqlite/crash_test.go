package sqlite_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// kills is how often TestG1_AcknowledgedSurvivesKill kills a process.
const kills = 50

func TestG1_AcknowledgedSurvivesKill(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "log.db")
	said := newAnswers()
	last, round := int64(0), 0
	// On a slow machine a process may store nothing before it is killed.
	for ; round < kills || len(said.stored) < kills && round < 20*kills; round++ {
		// Sometimes while the file is made or opened, mostly under load.
		onReady := round%4 != 0
		delay := time.Duration(rand.Int64N(int64(100 * time.Millisecond)))
		output := killChild(t, file, onReady, delay)
		said.read(t, output)
		if len(said.other) > 0 {
			t.Fatalf("round %d: child said %q", round, said.other)
		}
		last = said.check(t, file, last)
		if t.Failed() {
			t.Fatalf("round %d, killed after %s", round, delay)
		}
	}
	said.check(t, file, 0)
	if len(said.stored) < kills {
		t.Errorf("only %d appends were acknowledged in %d rounds: the test tests nothing", len(said.stored), round)
	}
	t.Logf("%d processes killed, %d appends acknowledged, %d events stored", round, len(said.stored), last)
	// The file is good for a server, too.
	if head, err := openStore(t, file).Head(t.Context()); err != nil || int64(head) != last {
		t.Errorf("head is %d, %v, want %d", head, err, last)
	}
}

// killChild starts a child under load, kills it (with -9) a while after its
// start or its first line, and returns its output.
func killChild(t *testing.T, file string, onReady bool, delay time.Duration) string {
	t.Helper()
	cmd := childCommand(t, "load", file)
	out := &watched{line: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = out, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if onReady {
		select {
		case <-out.line:
		case <-time.After(2 * time.Minute):
			t.Error("child does not get ready")
		}
	}
	<-time.After(delay)
	if err := cmd.Process.Kill(); err != nil {
		t.Errorf("child ended by itself: %v", err)
	}
	cmd.Wait() // "killed", as intended
	return out.String()
}

// watched collects a process's output and signals its first line.
type watched struct {
	mu        sync.Mutex
	text      bytes.Buffer
	line      chan struct{} // closed at the first line, never sent to
	until     string        // if set, closed when the output contains it instead
	signalled bool
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text.Write(p)
	if !w.signalled && bytes.Contains(w.text.Bytes(), []byte(w.until+"\n")) {
		w.signalled = true
		close(w.line)
	}
	return len(p), nil
}

func (w *watched) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}
