//go:build unix

package sqlite_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"ironstar.dev"
	"ironstar.dev/sqlite"
)

// TestG1_RemovedFiles removes and replaces files of a running server:
// it acknowledges no append that would be lost, and continues when the files
// are back.
func TestG1_RemovedFiles(t *testing.T) {
	for _, end := range []string{"", "-wal", "-shm", ".lock"} {
		for _, replaced := range []bool{false, true} {
			t.Run(fmt.Sprint("log.db", end, " replaced ", replaced), func(t *testing.T) {
				file := filepath.Join(t.TempDir(), "log.db")
				s := openStore(t, file)
				mustBe(t, s.Append(t.Context(), childAppend("before", 0, 1))[0].Err)
				mustBe(t, os.Rename(file+end, file+".away"))
				if replaced {
					write(t, file+end, read(t, file+".away"))
				}
				<-time.After(150 * time.Millisecond)
				o := s.Append(t.Context(), childAppend("during", 0, 1))[0]
				if !errors.Is(o.Err, ironstar.ErrRetryable) {
					t.Errorf("acknowledged without its file: %+v", o)
				}
				wantError(t, "append without its file", o.Err, "put it back")
				mustBe(t, os.Rename(file+".away", file+end))
				mustBe(t, s.Append(t.Context(), childAppend("after", 0, 1))[0].Err)
				opensAgainAfter(t, s, file)
			})
		}
	}
}

// TestG1_JustRemovedFiles: an append before the next check of the
// files is not acknowledged either.
func TestG1_JustRemovedFiles(t *testing.T) {
	for _, end := range []string{"", "-wal"} {
		t.Run("log.db"+end, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "log.db")
			s := openStore(t, file)
			for n := range 100 {
				mustBe(t, s.Append(t.Context(), childAppend("before", 0, 1+4*n))[0].Err)
				mustBe(t, os.Rename(file+end, file+".away"))
				o := s.Append(t.Context(), childAppend("during", 0, 1+4*n))[0]
				if !errors.Is(o.Err, ironstar.ErrUnknown) && !errors.Is(o.Err, ironstar.ErrRetryable) {
					t.Fatalf("acknowledged without its file: %+v", o)
				}
				mustBe(t, os.Rename(file+".away", file+end))
				if errors.Is(o.Err, ironstar.ErrUnknown) {
					opensAgainAfter(t, s, file)
					return
				}
			}
			t.Error("no append came between two looks at the files")
		})
	}
}

// TestG1_StopAfterFilesWereRemoved: a server whose write-ahead log was
// removed writes everything into the database when it stops.
func TestG1_StopAfterFilesWereRemoved(t *testing.T) {
	for _, gone := range [][]string{{"-wal"}, {"-shm"}, {".lock"}, {"-wal", "-shm", ".lock"}} {
		t.Run(fmt.Sprint(gone), func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "log.db")
			s := openStore(t, file)
			o := s.Append(t.Context(), childAppend("before", 0, 1))[0]
			mustBe(t, o.Err)
			for _, end := range gone {
				mustBe(t, os.Remove(file+end))
			}
			mustBe(t, s.Close())
			head, err := openStore(t, file).Head(t.Context())
			if err != nil || head != o.Receipt.Last {
				t.Errorf("the head is %d, %v; want %d", head, err, o.Receipt.Last)
			}
		})
	}
}

// A copy of a database has a copy of its lock file: that locks nothing.
func TestCopiedLockFile(t *testing.T) {
	file, copied := filepath.Join(t.TempDir(), "log.db"), filepath.Join(t.TempDir(), "log.db")
	s := openStore(t, file)
	mustBe(t, s.Append(t.Context(), childAppend("a", 0, 1))[0].Err)
	for _, end := range []string{"", "-wal", ".lock"} {
		write(t, copied+end, read(t, file+end))
	}
	opensAgain(t, copied)
	mustBe(t, s.Append(t.Context(), childAppend("b", 0, 1))[0].Err)
}

// TestG4_ClockJumpsBack appends in the year 2000 to a log of today.
func TestG4_ClockJumpsBack(t *testing.T) {
	file := madeStore(t)
	synctest.Test(t, func(t *testing.T) { // the clock of synctest begins in 2000
		s, err := sqlite.Open(t.Context(), file, sqlite.Options{})
		mustBe(t, err)
		o := s.Append(t.Context(), childAppend("back", 0, 3))[0]
		if want := (ironstar.Receipt{First: 251, Last: 254, Version: 4}); o.Err != nil || o.Receipt != want {
			t.Errorf("got %+v, want %+v", o, want)
		}
		at := ironstar.Position(0)
		for r, err := range s.Log(t.Context(), 0) {
			mustBe(t, err)
			if at++; r.Position != at || (r.RecordedAt.Year() == 2000) != (at > 250) {
				t.Errorf("record %d is at %d, of %s", at, r.Position, r.RecordedAt)
			}
		}
		mustBe(t, s.Close())
	})
	newAnswers().check(t, file, 0)
}
