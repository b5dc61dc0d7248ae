package engine_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"ironstar.dev/engine"
)

// childFile names, in the environment of a process to be killed, the file that
// it works on.
const childFile = "IRONSTAR_TEST_FILE"

// TestG8_KilledWhileSnapshotsAreWritten kills a real process (with -9) that
// mainly saves snapshots, many times. After each kill a start shows the fold of
// all events and logs no error.
func TestG8_KilledWhileSnapshotsAreWritten(t *testing.T) {
	t.Parallel()
	const kills = 25
	file := filepath.Join(t.TempDir(), "log.db")
	b := &build{fingerprint: "1", times: 1}
	used, head, round := 0, 0, 0
	// On a slow machine a process may save nothing before it is killed.
	for ; round < kills || used < kills/2 && round < 20*kills; round++ {
		killChild(t, file, time.Duration(rand.Int64N(int64(60*time.Millisecond))))
		b.folds.Store(0)
		a := b.start(t, file, engine.Options{SnapshotStream: 5})
		head = int(a.Head())
		if int(b.folds.Load()) < head { // two views fold each event
			used++
		}
		a.mustBeSame(t)
		if round%2 == 0 {
			a.crash(t)
		} else {
			a.stop(t)
		}
		if t.Failed() {
			t.Fatalf("in round %d, at %d", round, head)
		}
	}
	if used < kills/2 {
		t.Errorf("snapshots were used in %d of %d starts: the test tests nothing", used, round)
	}
	t.Logf("%d processes killed, %d events, snapshots used in %d starts", round, head, used)
}

// killChild lets a process work for a while after its first output.
func killChild(t *testing.T, file string, after time.Duration) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestChild$")
	cmd.Env = append(os.Environ(), childFile+"="+file)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "ready") {
	}
	<-time.After(after)
	if err := cmd.Process.Kill(); err != nil {
		t.Errorf("child ended by itself: %v", err)
	}
	cmd.Wait() // "killed", as intended
}

// TestChild is the process that is killed. It is a test only when another test
// starts it.
func TestChild(t *testing.T) {
	file := os.Getenv(childFile)
	if file == "" {
		return
	}
	b := &build{fingerprint: "1", times: 1}
	a := b.start(t, file, engine.Options{SnapshotEvery: 3, SnapshotStream: 2})
	fmt.Printf("ready\n")
	var writers sync.WaitGroup
	for w := range 3 {
		writers.Go(func() {
			for n := 0; ; n++ {
				e := entry{ID: fmt.Sprint(os.Getpid(), ".", w, ".", n), Region: fmt.Sprint("region ", n%40), N: n}
				if _, err := a.ledgers.Do(t.Context(), fmt.Sprint("ledger-", n%20), e); err != nil {
					panic(err)
				}
			}
		})
	}
	writers.Wait()
}
