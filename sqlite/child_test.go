package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/internal/leak"
	"ironstar.dev/sqlite"
)

// The tests of G1 need a process to kill. It is this test binary, started
// again with the following in its environment.
const (
	childMode = "IRONSTAR_TEST_CHILD"
	childFile = "IRONSTAR_TEST_FILE"
)

// childWriters is how many goroutines append in a child.
const childWriters = 4

func TestMain(m *testing.M) {
	if mode := os.Getenv(childMode); mode != "" {
		runChild(mode, os.Getenv(childFile))
		return
	}
	os.Exit(leak.Run(m))
}

// childCommand is the command of a child, after the words of wrapper.
func childCommand(t *testing.T, mode, file string, wrapper ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	words := append(wrapper, self)
	cmd := exec.CommandContext(t.Context(), words[0], words[1:]...)
	cmd.Env = append(os.Environ(), childMode+"="+mode, childFile+"="+file)
	return cmd
}

// runChild appends and prints each outcome to stdout, one on a line:
//
//	ready <pid>
//	stored <append> <first> <last> <version>
//	not <append>            nothing was stored
//	unknown <append>
func runChild(mode, file string) {
	if mode == "first" {
		runtime.LockOSThread() // strace counts the calls of each thread
		printLine("begins")
	}
	began := time.Now()
	if strings.HasPrefix(mode, "full") {
		fillDisk(file, mode != "full")
		return
	}
	store, err := sqlite.Open(context.Background(), file, sqlite.Options{})
	if err != nil {
		printLine("open %v", err)
		os.Exit(1)
	}
	printLine("ready %d", os.Getpid())
	switch mode {
	case "load": // until killed
		childLoad(store, func(int, error) bool { return true })
	case "some": // a fixed number, then wait to be killed
		childLoad(store, func(n int, _ error) bool { return n < 60 })
		printLine("done")
		select {}
	case "not": // until one is not stored, then wait to be killed
		childLoad(store, func(n int, err error) bool { return n < 60 && err == nil })
		printLine("done")
		select {}
	case "one by one":
		for n := range 20 {
			o := store.Append(context.Background(), childAppend("w", 0, n))[0]
			answer(fmt.Sprint("w.", n), o)
		}
	case "first": // a polite first start
		answer("first", store.Append(context.Background(), childAppend("first", 0, 1))[0])
		if err := store.Close(); err != nil {
			printLine("close %v", err)
			os.Exit(1)
		}
		printLine("ended after %d", time.Since(began))
	case "hold": // the lock, until killed
		select {}
	}
}

// printLine writes a whole line at once.
func printLine(format string, args ...any) {
	os.Stdout.WriteString(fmt.Sprintf(format, args...) + "\n")
}

// answer prints an outcome.
func answer(id string, o ironstar.Outcome) {
	switch {
	case o.Err == nil:
		printLine("stored %s %d %d %d", id, o.Receipt.First, o.Receipt.Last, o.Receipt.Version)
	case errors.Is(o.Err, ironstar.ErrUnknown):
		printLine("unknown %s %v", id, o.Err)
	default:
		printLine("not %s %v", id, o.Err)
	}
}

// childAppend is append n of a writer: one to four events on its own stream.
// Each event contains the append's size, so that a reader can see whether the
// append is complete. Every other append has a command id.
func childAppend(writer string, version ironstar.Version, n int) ironstar.Append {
	id := fmt.Sprint(writer, ".", n)
	a := ironstar.Append{Stream: ironstar.Stream{Kind: "crash.Test", ID: id}}
	a.Expected = version
	count := 1 + n%4
	for i := range count {
		a.Events = append(a.Events, ironstar.Proposed{
			Type:          "Written",
			SchemaVersion: 1,
			Shape:         "written",
			Payload:       fmt.Appendf(nil, `{"append":%q,"i":%d,"of":%d,"pad":%q}`, id, i, count, strings.Repeat("x", n*37%500)),
		})
	}
	if n%2 == 0 {
		a.Metadata.CommandID = "command " + id
	}
	return a
}

// childLoad appends from several goroutines, with refused appends in the
// batches, while more(n, err) returns true.
func childLoad(store *sqlite.Store, more func(n int, err error) bool) {
	var writers sync.WaitGroup
	for w := range childWriters {
		writers.Go(func() {
			name := strconv.Itoa(os.Getpid()) + "-" + strconv.Itoa(w)
			for n := 0; ; n++ {
				a := childAppend(name, 0, n)
				refused := childAppend(name+"x", 7, n)
				outcomes := store.Append(context.Background(), refused, a)
				answer(name+"."+strconv.Itoa(n), outcomes[1])
				if outcomes[0].Err == nil {
					printLine("open an append at a wrong version was stored")
				}
				if !more(n, outcomes[1].Err) {
					return
				}
			}
		})
	}
	writers.Wait()
}
