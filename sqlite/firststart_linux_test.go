//go:build linux && faults

package sqlite_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// steps are the system calls that change files.
const steps = "pwrite64,write,fsync,fdatasync,rename,renameat,renameat2,ftruncate,unlink,unlinkat"

// TestG1_KilledAtEachStep kills a process before each system call with which it
// makes a file, or takes over one that a backup tool made.
func TestG1_KilledAtEachStep(t *testing.T) {
	t.Parallel()
	original := madeStore(t)
	for _, start := range []string{"new", "copy"} {
		t.Run(start, func(t *testing.T) {
			seen := map[string]int{}
			killed := 0
			for ended := false; !ended; {
				file := filepath.Join(t.TempDir(), "log.db")
				if start == "copy" {
					vacuumed(t, original, file)
				}
				ended = killedAt(t, file, killed+1)
				was := existingFiles(file)
				seen[names(was)]++
				if !t.Run(fmt.Sprint(killed+1), func(t *testing.T) { opensAgain(t, file) }) {
					t.Errorf("killed before call %d, left %s", killed+1, was)
				}
				killed++
			}
			t.Logf("killed before each of %d calls, left %v", killed-1, seen)
			if killed < 15 {
				t.Errorf("saw only %d calls: the test tests nothing", killed-1)
			}
		})
	}
}

// killedAt runs a first start that is killed before call n, and reports whether
// it ended before that.
func killedAt(t *testing.T, file string, n int) (ended bool) {
	t.Helper()
	cmd := childCommand(t, "first", file, strace(t, "-o", file+".trace", "-e", "trace="+steps,
		"-e", fmt.Sprintf("inject=%s:signal=KILL:when=%d", steps, n))...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	cmd.Run() // "killed", as intended
	return bytes.Contains(out.Bytes(), []byte("ended"))
}
