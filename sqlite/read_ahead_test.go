package sqlite_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	zs "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"ironstar.dev"
	"ironstar.dev/sqlite"
)

// longLog returns a file with n events in two alternating streams. The payload
// of event p has size(p) bytes.
func longLog(t *testing.T, n int, size func(p int) int) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "log.db")
	s, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	mustBe(t, err)
	var batch []ironstar.Append
	for p := 1; p <= n; p++ {
		batch = append(batch, ironstar.Append{
			Stream: ironstar.Stream{Kind: "test.Long", ID: fmt.Sprint(p % 2)}, Expected: ironstar.Version((p - 1) / 2),
			Events: []ironstar.Proposed{{Type: "Written", SchemaVersion: 1, Shape: "s", Payload: longPayload(p, size(p))}},
		})
	}
	for _, o := range s.Append(t.Context(), batch...) {
		mustBe(t, o.Err)
	}
	mustBe(t, s.Close())
	return file
}

func longPayload(p, size int) []byte {
	return fmt.Appendf(nil, `{"p":%d,"pad":%q}`, p, strings.Repeat("x", size))
}

// processors runs a test with n processors.
func processors(t *testing.T, n int) {
	before := runtime.GOMAXPROCS(n)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
}

// noneLeft fails if there are more goroutines than before.
func noneLeft(t *testing.T, before int) {
	t.Helper()
	for end := time.Now().Add(time.Minute); runtime.NumGoroutine() > before; runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
	}
}

// TestG4_LogReadAhead reads a log on one processor and on several, also with
// events so large that few fit into a part. It gets all of it, in order, and
// each record was prepared once before it was yielded.
func TestG4_LogReadAhead(t *testing.T) {
	for name, size := range map[string]func(int) int{
		"small": func(int) int { return 20 },
		"mixed": func(p int) int { return p * 7919 % 8_000 },
		"large": func(p int) int { return p % 100 / 99 * 600_000 },
	} {
		n := map[string]int{"small": 5000, "mixed": 1500, "large": 1500}[name]
		file := longLog(t, n, size)
		for _, cpus := range []int{1, 2, 8} {
			t.Run(fmt.Sprint(name, cpus), func(t *testing.T) {
				processors(t, cpus)
				s := openStore(t, file)
				r, err := sqlite.OpenReader(t.Context(), file)
				mustBe(t, err)
				defer r.Close()
				for _, after := range []int{0, 1, 511, n - 1, n} {
					readLog(t, s, after, n, size)
				}
				readLog(t, r, 3, n, size)
			})
		}
	}
}

// logReader is a store or a reader.
type logReader interface {
	Log(context.Context, ironstar.Position, ...func(*ironstar.Record)) iter.Seq2[*ironstar.Record, error]
}

func readLog(t *testing.T, log logReader, after, n int, size func(int) int) {
	t.Helper()
	prepared := make([]atomic.Int32, n+1)
	prepare := func(r *ironstar.Record) { prepared[r.Position].Add(1) }
	p := after
	for r, err := range log.Log(t.Context(), ironstar.Position(after), prepare) {
		mustBe(t, err)
		p++
		if int(r.Position) != p || int(r.Sequence) != (p-1)/2+1 || r.Stream.ID != fmt.Sprint(p%2) || !bytes.Equal(r.Payload, longPayload(p, size(p))) {
			t.Fatalf("after %d: event %d of %s is at %d, want %d", p-1, r.Sequence, r.Stream, r.Position, p)
		}
		if got := prepared[p].Load(); got != 1 {
			t.Fatalf("event %d was prepared %d times before it came", p, got)
		}
	}
	if p != n {
		t.Errorf("the log ended at %d, want %d", p, n)
	}
}

// TestLogLeavesNoGoroutine: the consumer stops, panics, or its context ends in
// the middle.
func TestLogLeavesNoGoroutine(t *testing.T) {
	processors(t, 4)
	s := openStore(t, longLog(t, 5000, func(int) int { return 100 }))
	before := runtime.NumGoroutine()
	var preparing atomic.Int32
	slowly := func(*ironstar.Record) {
		preparing.Add(1)
		runtime.Gosched()
		preparing.Add(-1)
	}
	for _, at := range []ironstar.Position{1, 700, 4999} {
		for r, err := range s.Log(t.Context(), 0, slowly) {
			mustBe(t, err)
			if r.Position == at {
				break
			}
		}
		if n := preparing.Load(); n != 0 {
			t.Errorf("stopped at %d: %d goroutines still prepare records", at, n)
		}
		noneLeft(t, before)
		func() {
			defer func() {
				if p := recover(); p != at {
					t.Errorf("recovered %v, want %d", p, at)
				}
			}()
			for r := range s.Log(t.Context(), 0) {
				if r.Position == at {
					panic(at)
				}
			}
		}()
		noneLeft(t, before)
		ctx, cancel := context.WithCancel(t.Context())
		var last error
		for r, err := range s.Log(ctx, 0) {
			if last = err; err == nil && r.Position == at {
				cancel()
			}
		}
		cancel()
		if at < 4000 && !errors.Is(last, context.Canceled) {
			t.Errorf("cancelled at %d: ended with %v", at, last)
		}
		noneLeft(t, before)
	}
	for range 10 { // and all connections are back
		readLog(t, s, 0, 5000, func(int) int { return 100 })
	}
}

// TestG4_AMissingEventIsReported takes one out of the file, as only damage can.
func TestG4_AMissingEventIsReported(t *testing.T) {
	for _, missing := range []int{1, 600, 1999, 2000} {
		file := longLog(t, 2000, func(int) int { return 10 })
		c, err := zs.OpenConn(file, zs.OpenReadWrite)
		mustBe(t, err)
		mustBe(t, sqlitex.ExecuteScript(c, fmt.Sprintf(`DROP TRIGGER events_no_delete; DELETE FROM events WHERE position = %d;
			CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'stored events are never deleted'); END;`, missing), nil))
		mustBe(t, c.Close())
		if missing == 2000 { // then it is the end of the log that moves
			readLog(t, openStore(t, file), 0, 1999, func(int) int { return 10 })
			continue
		}
		s := openStore(t, file)
		var last ironstar.Position
		var failed error
		for r, err := range s.Log(t.Context(), 0) {
			if failed = err; err == nil {
				last = r.Position
			}
		}
		if !errors.Is(failed, ironstar.ErrDamaged) || !strings.Contains(failed.Error(), fmt.Sprintf("no event at %d", missing)) || int(last) >= missing {
			t.Errorf("log without %d: gave records up to %d and ended with %v", missing, last, failed)
		}
		version := ironstar.Version(0)
		for r, err := range s.Stream(t.Context(), ironstar.Stream{Kind: "test.Long", ID: fmt.Sprint(missing % 2)}, 0) {
			if failed = err; err == nil {
				version = r.Sequence
			}
		}
		if want := ironstar.Version((missing - 1) / 2); missing < 1999 && (!errors.Is(failed, ironstar.ErrDamaged) || !strings.Contains(failed.Error(), "comes next") || version != want) {
			t.Errorf("stream without %d: gave records up to %d, want %d, and ended with %v", missing, version, want, failed)
		}
	}
}

// TestStreamEnds reads streams of as many events as fit into a chunk, one less
// and one more, while they grow: up to where they ended when reading began.
func TestStreamEnds(t *testing.T) {
	for _, n := range []int{0, 1, 1024, 1025, 2500} {
		s := openStore(t, longLog(t, 2*n, func(int) int { return 1 }))
		stream, got := ironstar.Stream{Kind: "test.Long", ID: "1"}, ironstar.Version(0)
		for r, err := range s.Stream(t.Context(), stream, 0) {
			mustBe(t, err)
			got++
			if r.Sequence != got || r.Stream != stream || !bytes.Equal(r.Payload, longPayload(int(got)*2-1, 1)) {
				t.Fatalf("of %d: event %d of %s came as number %d", n, r.Sequence, r.Stream, got)
			}
			if got == 1 || got == 1024 {
				a := ironstar.Append{Stream: stream, Expected: ironstar.Version(n) + got/1024, Events: []ironstar.Proposed{{Type: "Written", SchemaVersion: 1, Shape: "s", Payload: []byte(`{}`)}}}
				mustBe(t, s.Append(t.Context(), a)[0].Err)
			}
		}
		if int(got) != n {
			t.Errorf("stream of %d events gave %d", n, got)
		}
	}
}
