//go:build linux && faults

package soak

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// fullDisk is a script that runs its arguments on a new file system of SIZE kB,
// makes room after a while, and copies the files at the end.
const fullDisk = `mount -t tmpfs -o size="$SIZE" none "$DISK" || exit 90
("$@") & child=$!
sleep 0.7
mount -o remount,size=100m none "$DISK"
wait $child
cp -a "$DISK"/. "$LEFT"`

// TestG1_FullDisk: servers whose disk is full at some moment, from the first
// start on, and then has room again. Some are killed before that.
//
// Room comes back at a fixed time. On a slow machine no server may have met a
// full disk by then, so the test goes on until enough was denied.
func TestG1_FullDisk(t *testing.T) {
	t.Parallel()
	denied, stored := 0, 0
	for round := 0; round == 0 || round < 10 && (denied < 100 || stored < 100); round++ {
		d, s := fillDisks(t)
		denied, stored = denied+d, stored+s
	}
	t.Logf("%d commands were stored, %d denied", stored, denied)
	if denied < 100 || stored < 100 {
		t.Error("the disk was never full: the test is not effective")
	}
}

// fillDisks runs servers on disks of several sizes. It returns how many commands
// were denied and how many were stored.
func fillDisks(t *testing.T) (denied, stored int) {
	for _, kB := range []int{40, 150, 400, 1000, 2500} {
		for _, killed := range []time.Duration{0, time.Duration(rand.Int64N(int64(time.Second)))} {
			t.Run(fmt.Sprint(kB, " kB, killed after ", killed), func(t *testing.T) {
				disk, left := t.TempDir(), t.TempDir()
				cmd := command(t, filepath.Join(disk, "log.db"), nil, "unshare", "-rm", "sh", "-c", fullDisk, "sh")
				cmd.Env = append(cmd.Env, "DISK="+disk, "LEFT="+left, fmt.Sprintf("SIZE=%dk", kB), childWork+"=400", childEnds+"=1")
				var out, stderr bytes.Buffer
				cmd.Stdout, cmd.Stderr = &out, &stderr
				if killed > 0 {
					cmd.Env = append(cmd.Env, fmt.Sprint(childDies, "=", killed))
				}
				if err := cmd.Run(); err != nil && cmd.ProcessState.ExitCode() == 90 {
					t.Fatalf("this test mounts a file system of its own, with unshare -rm: %s", &stderr)
				}
				printed := newTranscript()
				printed.full = true
				printed.read(out.String())
				printed.compare(t, filepath.Join(left, "log.db"))
				denied, stored = denied+printed.retry, stored+len(printed.stored)
				if killed == 0 && !strings.HasSuffix(out.String(), "closed\n") && !strings.Contains(out.String(), "cannot open") {
					t.Errorf("it did not end: %.300s", &out)
				}
			})
		}
	}
	return denied, stored
}

// readOnlyDisk is a script that runs its arguments with a file on a read-only
// file system, and again when the file system is writable. A write-ahead log is there
// or not, because another process may have the file open at its end.
const readOnlyDisk = `mount -t tmpfs none "$DISK" && cp "$FROM" "$DISK" && { ! test -e "$FROM-wal" || cp "$FROM-wal" "$DISK"; } && mount -o remount,ro "$DISK" || exit 90
"$@"
mount -o remount,rw "$DISK"
"$@"
cp -a "$DISK"/. "$LEFT"`

// TestReadOnlyDisk: a server that starts on a read-only disk prints an error,
// and starts when the disk is writable.
func TestReadOnlyDisk(t *testing.T) {
	disk, left := t.TempDir(), t.TempDir()
	path := filepath.Join(t.TempDir(), "log.db")
	whole := newTranscript()
	output, _ := runInjected(t, path, path, "")
	whole.read(output)
	cmd := command(t, filepath.Join(disk, "log.db"), nil, "unshare", "-rm", "sh", "-c", readOnlyDisk, "sh")
	cmd.Env = append(cmd.Env, "DISK="+disk, "LEFT="+left, "FROM="+path, childWork+"=3", childEnds+"=1")
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		t.Fatalf("%v: %s", err, exit.Stderr)
	}
	if err != nil {
		t.Fatal(err)
	}
	first, second, twice := strings.Cut(strings.TrimPrefix(string(out), "begin\n"), "begin\n")
	if !twice || !strings.HasPrefix(first, "cannot open") || !strings.Contains(first, "check the permissions") || strings.Count(first, "\n") != 1 {
		t.Errorf("on a read-only disk it printed %.500s", first)
	}
	whole.read(second)
	whole.compare(t, filepath.Join(left, "log.db"))
	if !strings.HasSuffix(second, "closed\n") {
		t.Errorf("afterwards it printed %.500s", second)
	}
}

// compare reads a file, if there is one, and checks the output.
func (s *transcript) compare(t *testing.T, path string) {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		if len(s.stored)+len(s.seen) > 0 {
			t.Errorf("there is no file: %v", err)
		}
		return
	}
	s.check(t, readFile(t, path))
}

// TestG1_RandomErrors makes system calls fail, on files and on SQLite's shared
// memory: some once, some repeatedly, some forever. The server is killed when
// its clients have finished, or ends because of an error. The first errors are
// always the same and make commands fail.
func TestG1_RandomErrors(t *testing.T) {
	t.Parallel()
	failing := []string{
		"fsync,fdatasync:error=EIO", "fsync,fdatasync:error=EIO", "fsync,fdatasync:error=ENOSPC", "pwrite64:error=ENOSPC", "pwrite64:error=EIO", "pwrite64:error=EROFS",
		"ftruncate:error=EIO", "pread64:error=EIO", "unlink,unlinkat:error=EIO", "openat,open:error=EMFILE", "mmap:error=ENOMEM",
	}
	denied, stored, met, all := 0, 0, map[string]int{}, 0
	for n := range max(*crashes/3, 1) {
		call := failing[(n+rand.IntN(2))%len(failing)]
		when := fmt.Sprint(1+rand.IntN(7), []string{"", "+", fmt.Sprint("+", 1+rand.IntN(5))}[rand.IntN(3)])
		of := []string{"log.db", "log.db-wal", "log.db-wal", "log.db-shm"}[rand.IntN(4)]
		if n == 0 {
			call, when, of = "pwrite64:error=EIO", "20+", "log.db-wal"
		}
		t.Run(fmt.Sprint(call, ":when=", when, " of ", of), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "log.db")
			printed := newTranscript()
			for life, inject := range []string{"", call + ":when=" + when, ""} {
				output, errors := runInjected(t, path, filepath.Join(filepath.Dir(path), of), inject)
				printed.full = inject != ""
				printed.read(output)
				printed.compare(t, path)
				if life == 1 {
					met[call] += errors
					all += errors
				}
				if !strings.Contains(output, "\ndone\n") && inject == "" {
					t.Errorf("life %d was not whole: %.300s", life, output)
				}
			}
			denied, stored = denied+printed.retry+len(printed.unknown), stored+len(printed.stored)
		})
	}
	t.Logf("%d commands were stored, %d denied; errors were met: %v", stored, denied, met)
	if all == 0 || denied == 0 {
		t.Error("no error was met, or none denied a command: the test is not effective")
	}
}

// runInjected runs a server to its end, with errors in calls on one file.
func runInjected(t *testing.T, path, of, inject string) (output string, injected int) {
	t.Helper()
	var wrapper []string
	if inject != "" {
		calls, _, _ := strings.Cut(inject, ":")
		wrapper = []string{"strace", "-f", "-q", "-o", path + ".trace", "-P", of, "-e", "trace=" + calls, "-e", "inject=" + inject}
	}
	cmd := command(t, path, nil, wrapper...)
	dies := 2 * time.Minute // on a busy machine
	if inject != "" {
		dies = 20 * time.Second // an error may keep it from ending
	}
	cmd.Env = append(cmd.Env, childWork+"=12", childEnds+"=1", fmt.Sprint(childDies, "=", dies))
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	trace, _ := os.ReadFile(path + ".trace") // there is no trace without errors
	return out.String(), bytes.Count(trace, []byte("(INJECTED)"))
}
