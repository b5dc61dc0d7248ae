//go:build linux && faults

package soak

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/sqlite"
)

var crashes = flag.Int("crashes", 20, "how often the power fails, per recording")

// TestG1_PowerLoss records with strace what servers write and sync, draws what
// a disk may hold of it after a power failure at any moment, and starts a
// server on that. Everything that was acknowledged before is there, what was
// refused is not, and nothing is stored partly. Killing a process cannot show
// this, because the page cache survives the process.
func TestG1_PowerLoss(t *testing.T) {
	t.Parallel()
	sync := "fsync,fdatasync:error=EIO:when="
	for _, test := range []struct{ name, inject string }{
		{"healthy disk", ""},
		{"a sync fails", sync + "7"},
		{"each third sync fails", sync + "5+3"},
		{"syncs fail from some time on", sync + "15+"},
		{"full now and then", "pwrite64:error=ENOSPC:when=90+31"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			trace := record(t, filepath.Join(dir, "log.db"), test.inject)
			powerFails(t, dir, trace, max(*crashes/2, 1), test.inject != "")
		})
	}
}

// record runs a server under strace until it has done its work, and then
// another one.
func record(t *testing.T, path, inject string) []string {
	t.Helper()
	var all []string
	for range 2 {
		trace := filepath.Join(filepath.Dir(path), "trace")
		args := []string{"strace", "-f", "-q", "-y", "-xx", "-s", "1000000", "-o", trace, "-e", traced}
		if inject != "" && len(all) > 0 { // not while the file is made
			args = append(args, "-e", "inject="+inject)
		}
		cmd := command(t, path, nil, args...)
		if inject != "" {
			// The kernel reports an error of a file to all descriptors, strace
			// to one. So only the writer may sync.
			cmd.Env = append(cmd.Env, childCalm+"=1")
		}
		cmd.Env = append(cmd.Env, childWork+"=12")
		out := &output{word: "done", reached: make(chan struct{})}
		cmd.Stdout, cmd.Stderr = out, os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal("this test records with strace: apt-get install strace: ", err)
		}
		select {
		case <-out.reached:
		case <-time.After(60 * time.Second):
			t.Errorf("it does not finish: %s", out.text())
		}
		stop(t, cmd, out)
		text, err := os.ReadFile(trace)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, strings.SplitAfter(string(text), "\n")...)
	}
	return all
}

// stop kills the child of strace, which ends with it.
func stop(t *testing.T, cmd *exec.Cmd, out *output) {
	t.Helper()
	var pid int
	_, ready, _ := strings.Cut("\n"+out.text(), "\nready ")
	if fmt.Sscan(ready, &pid); pid > 0 { // otherwise it ended by itself
		child, err := os.FindProcess(pid)
		if err == nil {
			err = child.Kill()
		}
		if err != nil {
			t.Error(err)
		}
	}
	cmd.Wait()
}

// tryAgain finds in a trace that a client got a retryable error.
var tryAgain = regexp.MustCompile(`write\(1<.*"\\x6e\\x6f\\x74\\x20.*` + strings.ReplaceAll(fmt.Sprintf("% x", " try again"), " ", `\\x`))

// powerFails simulates n power failures while a recording is replayed. errors
// means that the disk had errors too.
func powerFails(t *testing.T, dir string, trace []string, n int, errors bool) {
	t.Helper()
	r := rand.New(rand.NewPCG(rand.Uint64(), 0))
	at := map[int]bool{}
	var denials []int // moments right after a refusal, which must not become visible
	for i, line := range trace {
		if len(line) < 10_000 && tryAgain.MatchString(line) {
			denials = append(denials, i)
		}
	}
	for i := range n {
		at[r.IntN(len(trace))] = true
		if i%2 == 0 && len(denials) > 0 {
			at[denials[r.IntN(len(denials))]] = true
		}
	}
	at[len(trace)-1] = true
	played := newReplay(dir)
	torn, answers := 0, 0
	for i, line := range trace {
		if strings.TrimSpace(line) != "" {
			if err := played.line(line); err != nil {
				t.Fatal(err)
			}
		}
		if !at[i] {
			continue
		}
		whole := played.disk.crash(r)
		images := []map[string][]byte{whole, played.disk.crash(r)}
		if fmt.Sprint(whole) != fmt.Sprint(images[1]) {
			torn++
		}
		for _, image := range images {
			answers += startOn(t, image, played.output.String(), errors)
			if t.Failed() {
				t.Fatalf("the power failed after line %d of %d: %.150s; files %v", i, len(trace), line, sizes(image))
			}
		}
	}
	t.Logf("the power failed %d times, %d times with something not synced; %d answers were held against what was left, of %d denials in all; calls: %v", 2*len(at), torn, answers, len(denials), played.calls)
	if torn < len(at)/6 || answers < len(at) {
		t.Error("too little was lost: the test is not effective")
	}
}

// startOn starts a server on a disk image and compares the result with the
// output. It returns the number of answers.
func startOn(t *testing.T, image map[string][]byte, output string, errors bool) int {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log.db")
	for name, content := range image {
		if err := os.WriteFile(filepath.Join(filepath.Dir(path), name), content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	printed := newTranscript()
	printed.full = errors
	printed.read(output)
	ctx := context.Background()
	store, err := sqlite.Open(ctx, path, sqlite.Options{})
	if err != nil {
		t.Errorf("what is left cannot be opened: %v", err)
		return 0
	}
	e := engine.New(store, engine.Options{SnapshotEvery: 60, SnapshotStream: 20})
	accounts := engine.Run(e, accounts())
	all := engine.Follow(e, view("all", 1))
	if err := e.Start(ctx); err != nil {
		t.Error(err)
	}
	if _, err := accounts.Do(ctx, "afterwards", note{cmd: "afterwards", of: 1}); err != nil {
		t.Errorf("a command on what is left: %v", err)
	}
	if err := e.Wait(ctx, e.Head()); err != nil {
		t.Error(err)
	}
	err = all.Read(ironstar.GlobalKey, func(s folded, changed, asOf ironstar.Position) error {
		printed.viewStates = append(printed.viewStates, viewState{1, "all", ironstar.GlobalKey, int64(changed), int64(asOf), s.String()})
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	e.Close()
	if err := store.Close(); err != nil {
		t.Error(err)
	}
	printed.check(t, readFile(t, path))
	os.RemoveAll(filepath.Dir(path))
	return len(printed.stored)
}

func sizes(image map[string][]byte) string {
	var b bytes.Buffer
	for name, content := range image {
		fmt.Fprintf(&b, "%s %d ", name, len(content))
	}
	return b.String()
}
