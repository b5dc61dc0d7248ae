//go:build linux && faults

package sqlite_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// strace returns the command line that traces its arguments.
func strace(t *testing.T, args ...string) []string {
	t.Helper()
	path, err := exec.LookPath("strace")
	if err != nil {
		t.Fatal("this test sees syncs with strace, which is not installed: apt-get install strace")
	}
	return append([]string{path, "-f", "-q"}, args...)
}

// TestG1_SyncBeforeAnswer sees with strace that between the last write to the
// write-ahead log and each answer there is a sync of that log. Killing a
// process cannot show it: the page cache survives the process.
func TestG1_SyncBeforeAnswer(t *testing.T) {
	dir := t.TempDir()
	trace := filepath.Join(dir, "trace")
	cmd := childCommand(t, "one by one", filepath.Join(dir, "log.db"),
		strace(t, "-y", "-o", trace, "-e", "trace=write,pwrite64,fsync,fdatasync")...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	lines, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	answers := 0
	written, synced := false, false // since the last answer
	for call := range completed(string(lines)) {
		onLog := strings.Contains(call, "log.db-wal>")
		switch {
		case onLog && strings.HasPrefix(call, "pwrite64("):
			written, synced = true, false
		case onLog && (strings.HasPrefix(call, "fsync(") || strings.HasPrefix(call, "fdatasync(")):
			synced = strings.HasSuffix(call, "= 0")
		case strings.HasPrefix(call, "write(1<") && strings.Contains(call, `"stored`):
			answers++
			if !written || !synced {
				t.Errorf("answer %d: log written %t, then synced %t", answers, written, synced)
			}
			written, synced = false, false
		}
	}
	if answers != 20 {
		t.Errorf("saw %d answers in the trace, want 20: %s", answers, out)
	}
}

// completed yields the system calls of a trace when they returned, and joins
// those that calls of another thread interrupted.
func completed(trace string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		begun := map[string]string{} // by thread
		for line := range strings.Lines(trace) {
			thread, call, _ := strings.Cut(strings.TrimSpace(line), " ")
			call = strings.TrimSpace(call)
			if start, ok := strings.CutSuffix(call, "<unfinished ...>"); ok {
				// A write counts from its beginning: its data may be read from
				// then on.
				begun[thread] = start
				if strings.HasPrefix(call, "write(") && !yield(start) {
					return
				}
				continue
			}
			if strings.HasPrefix(call, "<... ") {
				_, end, _ := strings.Cut(call, "resumed>")
				if strings.HasPrefix(begun[thread], "write(") {
					continue
				}
				call = begun[thread] + end
			}
			if !yield(call) {
				return
			}
		}
	}
}

// TestG1_InjectedErrors makes syncs and writes fail at different times (the
// numbers count the calls of each thread), and compares the printed outcomes
// with what is stored when the process is killed right after.
func TestG1_InjectedErrors(t *testing.T) {
	t.Parallel()
	sync, write := "fsync,fdatasync:error=EIO:when=", "pwrite64:error=ENOSPC:when="
	tests := []struct {
		mode, inject string
	}{
		{"some", sync + "3+4"},
		{"some", sync + "6+2"},
		{"some", sync + "9"},
		{"some", sync + "12+"}, // for good
		{"not", sync + "7"},
		{"not", sync + "8"},
		{"not", sync + "11"},
		{"not", sync + "15"},
		{"some", write + "25+7"},
		{"some", write + "40+"},
		{"not", write + "30"},
		{"not", write + "31"},
		{"not", write + "37"},
	}
	met := 0
	for _, test := range tests {
		t.Run(test.mode+" "+test.inject, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "log.db")
			// A healthy start, so that errors hit appends and not the making.
			openStore(t, file).Close()
			said := runInjected(t, test.mode, file, test.inject)
			said.check(t, file, 0)
			t.Logf("%d stored, %d not, %q", len(said.stored), len(said.not), said.other)
			met += len(said.not) + len(said.other)
		})
	}
	if met == 0 {
		t.Error("no append met an error: the test tests nothing")
	}
}

// runInjected runs a child with injected errors until it is done, and kills it.
func runInjected(t *testing.T, mode, file, inject string) *answers {
	t.Helper()
	calls, _, _ := strings.Cut(inject, ":")
	cmd := childCommand(t, mode, file, strace(t, "-o", file+".trace", "-e", "trace="+calls, "-e", "inject="+inject)...)
	out := &watched{line: make(chan struct{}), until: "done"}
	cmd.Stdout, cmd.Stderr = out, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{}) // closed when strace has ended
	go func() {
		defer close(ended)
		cmd.Wait()
	}()
	said := newAnswers()
	select {
	case <-out.line:
		said.read(t, out.String())
		if said.pid <= 0 { // which would be this test and its family
			t.Fatalf("child did not say its pid: %s", out)
		}
		// The child, not strace: it ends with the child.
		if err := syscall.Kill(said.pid, syscall.SIGKILL); err != nil {
			t.Error(err)
		}
		<-ended
	case <-ended: // it could not open the file
		said.read(t, out.String())
	case <-time.After(60 * time.Second):
		t.Errorf("child hangs: %s", out)
		cmd.Process.Kill()
		<-ended
		said.read(t, out.String())
	}
	return said
}
