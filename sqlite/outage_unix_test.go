//go:build unix

package sqlite_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"ironstar.dev/sqlite"
)

// fillDisk runs in a child. It opens a store, on a disk that may be full from
// the start, appends until the disk is full and some time longer, makes room,
// and appends until the recovery is logged.
func fillDisk(file string, fromTheStart bool) {
	lines := &watched{line: make(chan struct{}), until: "again"}
	o := sqlite.Options{Logger: slog.New(slog.NewTextHandler(lines, nil))}
	room := uint64(400_000)
	if fromTheStart {
		room = 10_000
	}
	var limit syscall.Rlimit
	must(syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit))
	was := limit.Cur
	limit.Cur = room
	must(syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit))
	store, err := sqlite.Open(context.Background(), file, o)
	if err != nil {
		printLine("open %v", err)
		return
	}
	full, lifted := 0, time.Time{}
	for n := 0; !strings.Contains(lines.String(), "written again"); n++ {
		err := store.Append(context.Background(), childAppend("full", 0, n))[0].Err
		if err != nil {
			full++
		}
		if full == 30 && lifted.IsZero() {
			lifted = time.Now()
			limit.Cur = was
			must(syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit))
		}
		if !lifted.IsZero() && time.Since(lifted) > 10*time.Second {
			printLine("it is not told that it works again")
			break
		}
	}
	must(store.Close())
	printLine("%s", lines)
}

func must(err error) {
	if err != nil {
		printLine("%v", err)
		os.Exit(1)
	}
}

func TestFullDiskIsLogged(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "log.db")
	out, err := childCommand(t, "full", file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{"level=ERROR", "appends are refused", "refused=1 ", "free space", "level=INFO", "refused=30 "} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is not told: %s", want, out)
		}
	}
	for level, most := range map[string]int{"ERROR": 1, "INFO": 1, "WARN": 1} {
		if n := strings.Count(string(out), "level="+level); n > most {
			t.Errorf("told %d times at %s: %s", n, level, out)
		}
	}
	opensAgain(t, file)
}

func TestDiskFullAtFirstStart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	out, err := childCommand(t, "full from the start", file).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "free space") {
		t.Errorf("%v: %s", err, out)
	}
	if found := existingFiles(file); found != "" {
		t.Errorf("left behind: %s", found)
	}
	opensAgain(t, file)
}
