package sqlite_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// firstStarts is how often TestG1_KilledDuringFirstStart kills a process.
const firstStarts = 60

// leftovers are the suffixes of the database and of files next to it.
var leftovers = []string{"", "-journal", "-wal", "-shm", ".new", ".new-journal", ".new-wal", ".new-shm"}

// existingFiles lists the files that exist.
func existingFiles(file string) string {
	var found []string
	for _, end := range leftovers {
		if info, err := os.Stat(file + end); err == nil {
			found = append(found, fmt.Sprintf("log.db%s(%d)", end, info.Size()))
		}
	}
	return strings.Join(found, " ")
}

// names is left without sizes.
func names(left string) string {
	var n []string
	for _, f := range strings.Fields(left) {
		name, _, _ := strings.Cut(f, "(")
		n = append(n, name)
	}
	return strings.Join(n, " ")
}

// vacuumed makes a copy as a backup tool does. It is not in WAL mode, so its
// first start has a step more.
func vacuumed(t *testing.T, from, file string) {
	t.Helper()
	alter(t, from, "VACUUM INTO '"+file+"'")
}

// opensAgain checks that a server, and after it an independent reader, can use
// the file that a killed process left.
func opensAgain(t *testing.T, file string) {
	t.Helper()
	was := existingFiles(file)
	s := openStore(t, file)
	defer s.Close()
	if o := s.Append(t.Context(), childAppend("again", 0, 1))[0]; o.Err != nil {
		t.Errorf("append to what was left, %s: %v", was, o.Err)
	}
	newAnswers().check(t, file, 0)
}

// TestG1_KilledDuringFirstStart kills processes while they make a file, or take
// over one that a backup tool made. The next start opens whatever they left and
// continues.
func TestG1_KilledDuringFirstStart(t *testing.T) {
	t.Parallel()
	original := madeStore(t)
	dir := t.TempDir()
	whole := time.Minute
	for n := range 3 {
		whole = min(whole, firstStart(t, filepath.Join(dir, fmt.Sprint("whole", n)), 0))
	}
	if whole <= 0 {
		t.Fatal("a child that is not killed does not end")
	}
	seen := map[string]int{}
	for round := range firstStarts {
		file := filepath.Join(dir, fmt.Sprint(round, ".db"))
		if round%2 == 1 {
			vacuumed(t, original, file)
		}
		delay := time.Duration(1 + rand.Int64N(int64(whole*5/4)))
		firstStart(t, file, delay)
		was := existingFiles(file)
		seen[names(was)]++
		if !t.Run(fmt.Sprint(round), func(t *testing.T) { opensAgain(t, file) }) {
			t.Fatalf("round %d, killed after %s, left %s", round, delay, was)
		}
		for _, end := range append(leftovers, ".lock") {
			os.Remove(file + end)
		}
	}
	t.Logf("a start takes %s; left behind: %v", whole, seen)
	if len(seen) < 3 {
		t.Errorf("always left the same, %v: the test tests nothing", seen)
	}
}

// firstStart starts a child that opens the file, appends once and ends. It
// kills it after a while, unless kill is 0. It returns how long the child took
// if it was not killed.
func firstStart(t *testing.T, file string, kill time.Duration) (took time.Duration) {
	t.Helper()
	cmd := childCommand(t, "first", file)
	out := &watched{line: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = out, os.Stderr
	mustBe(t, cmd.Start())
	select {
	case <-out.line:
	case <-time.After(2 * time.Minute):
		t.Error("child does not begin")
	}
	if kill > 0 {
		<-time.After(kill)
		cmd.Process.Kill() // or it has ended by itself
	}
	cmd.Wait()
	if _, after, ok := strings.Cut(out.String(), "ended after "); ok {
		fmt.Sscan(after, (*int64)(&took))
	}
	return took
}
