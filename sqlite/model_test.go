package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ironstar.dev"
	"ironstar.dev/sqlite"
)

// breakAll makes a file fail as disks and SQLite do, at events of certain types:
// at the statement, with the transaction rolled back by SQLite itself, and at
// the COMMIT.
var breakAll = []string{
	`CREATE TRIGGER bad BEFORE INSERT ON events WHEN NEW.event_type = 'Bad' BEGIN SELECT RAISE(ABORT, 'bad event'); END`,
	`CREATE TRIGGER back BEFORE INSERT ON events WHEN NEW.event_type = 'RollsBack' BEGIN SELECT RAISE(ROLLBACK, 'bad event'); END`,
	`CREATE TRIGGER broken BEFORE INSERT ON commands WHEN NEW.command_id = 'broken' BEGIN SELECT RAISE(ABORT, 'bad event'); END`,
	`CREATE TABLE none (id INTEGER PRIMARY KEY) STRICT`,
	`CREATE TABLE refers (id INTEGER REFERENCES none DEFERRABLE INITIALLY DEFERRED) STRICT`,
	`CREATE TRIGGER uncommitted AFTER INSERT ON events WHEN NEW.event_type = 'Uncommitted' BEGIN INSERT INTO refers VALUES (1); END`,
}

// simpleStore is a store as simple as can be, with the faults of breakAll.
type simpleStore struct {
	log      []simpleRecord
	receipts map[string]simpleReceipt // by stream and command id
}

type simpleRecord struct {
	stream ironstar.Stream
	ironstar.Proposed
}

type simpleReceipt struct {
	request [32]byte
	ironstar.Receipt
}

func (m *simpleStore) end(s ironstar.Stream) (end ironstar.Receipt, final bool) {
	for i, r := range m.log {
		if r.stream == s {
			end.Version++
			end.Last, final = ironstar.Position(i+1), r.Final
		}
	}
	return end, final
}

// mark is where a transaction begins.
func (m *simpleStore) mark() (rollback func()) {
	log, receipts := m.log, map[string]simpleReceipt{}
	for k, v := range m.receipts {
		receipts[k] = v
	}
	return func() { m.log, m.receipts = log, receipts }
}

var errBad = errors.New("bad event")

// append decides one append. The error of a statement is errBad.
func (m *simpleStore) append(a ironstar.Append, lostPredecessor bool) ironstar.Outcome {
	key := fmt.Sprint(a.Stream, " ", a.Metadata.CommandID)
	if known, ok := m.receipts[key]; ok {
		if known.request != a.Request {
			return ironstar.Outcome{Err: ironstar.ErrCommandReused}
		}
		return ironstar.Outcome{Receipt: known.Receipt}
	}
	end, final := m.end(a.Stream)
	switch {
	case a.Expected != end.Version || lostPredecessor:
		return ironstar.Outcome{Err: ironstar.ErrConflict}
	case len(a.Events) == 0:
		return ironstar.Outcome{Receipt: end}
	case final:
		return ironstar.Outcome{Err: ironstar.ErrFinal}
	case a.Metadata.CommandID == "broken":
		return ironstar.Outcome{Err: errBad}
	}
	r := ironstar.Receipt{First: ironstar.Position(len(m.log) + 1)}
	for _, e := range a.Events {
		if e.Type == "Bad" || e.Type == "RollsBack" {
			return ironstar.Outcome{Err: errBad}
		}
		m.log = append(m.log, simpleRecord{a.Stream, e})
	}
	r.Last, r.Version = ironstar.Position(len(m.log)), end.Version+ironstar.Version(len(a.Events))
	if a.Metadata.CommandID != "" {
		m.receipts[key] = simpleReceipt{a.Request, r}
	}
	return ironstar.Outcome{Receipt: r}
}

// batch decides one call: together, or one by one if a statement fails.
func (m *simpleStore) batch(batch []ironstar.Append) []ironstar.Outcome {
	if outcomes, ok := m.transaction(batch, nil); ok {
		return outcomes
	}
	var outcomes []ironstar.Outcome
	for i := range batch {
		one, ok := m.transaction(batch[:i+1], outcomes)
		if !ok {
			one = append(outcomes, ironstar.Outcome{Err: errBad})
		}
		outcomes = one
	}
	return outcomes
}

// transaction decides the appends of a batch without an outcome. ok is false if
// a statement failed.
func (m *simpleStore) transaction(batch []ironstar.Append, known []ironstar.Outcome) (outcomes []ironstar.Outcome, ok bool) {
	rollback, before := m.mark(), ironstar.Position(len(m.log))
	outcomes = slices.Clone(known)
	for i := len(known); i < len(batch); i++ {
		o := m.append(batch[i], lostPredecessor(batch[:i+1], outcomes))
		if o.Err == errBad {
			rollback()
			return nil, false
		}
		outcomes = append(outcomes, o)
	}
	if slices.ContainsFunc(m.log[before:], func(r simpleRecord) bool { return r.Type == "Uncommitted" }) {
		rollback()
		for i, o := range outcomes {
			if i >= len(known) && (o.Err != nil || o.Receipt.Last > before) { // others stand on earlier transactions
				outcomes[i] = ironstar.Outcome{Err: ironstar.ErrRetryable}
			}
		}
	}
	return outcomes, true
}

// lostPredecessor reports whether the last append of a batch builds on events
// that were not stored.
func lostPredecessor(batch []ironstar.Append, outcomes []ironstar.Outcome) bool {
	a := batch[len(batch)-1]
	for i := len(batch) - 2; i >= 0; i-- {
		if b := batch[i]; b.Stream == a.Stream && len(b.Events) > 0 {
			leadsTo := b.Expected + ironstar.Version(len(b.Events))
			return leadsTo == a.Expected && (outcomes[i].Err != nil || outcomes[i].Receipt.Version != leadsTo)
		}
	}
	return false
}

// modelled is a store with its model.
type modelled struct {
	*sqlite.Store
	simple   simpleStore
	file     string
	t        *testing.T
	followed []*ironstar.Record // by a follower from the beginning
	unfollow func()
}

// TestG1_G6_ModelWithFaults throws random appends, reads, restarts and crashes
// at a store on a file that fails in the middle, and at a model.
func TestG1_G6_ModelWithFaults(t *testing.T) {
	dir := t.TempDir()
	files, enough, failed := 0, 50, false
	if testing.Short() {
		enough = 8
	}
	rapid.Check(t, func(rt *rapid.T) {
		if files++; files > enough && !failed {
			return // each is a file, with all that is synced
		}
		defer func() { failed = failed || rt.Failed() }() // then more are needed, to make it small
		m := &modelled{t: t, file: filepath.Join(dir, fmt.Sprint(files), "log.db"), simple: simpleStore{receipts: map[string]simpleReceipt{}}}
		mustBe(t, os.Mkdir(filepath.Dir(m.file), 0o777))
		m.open(rt)
		mustBe(t, m.Close())
		alter(t, m.file, breakAll...)
		m.open(rt)
		defer func() { m.unfollow(); m.Close() }() // rapid may give up at any draw
		rt.Repeat(map[string]func(*rapid.T){
			"append": m.append, "append again": m.append, "read": m.read, "context": m.ended, "invalid": m.invalid,
			"reopen": func(rt *rapid.T) { m.close(rt); m.open(rt) },
			"crash":  m.crash,
		})
		m.compare(rt, m.Store)
		m.close(rt)
		mustBe(t, os.RemoveAll(filepath.Dir(m.file)))
	})
}

func (m *modelled) open(rt *rapid.T) {
	s, err := sqlite.Open(rt.Context(), m.file, sqlite.Options{MaxBatch: rapid.SampledFrom([]int{1, 2, 0}).Draw(rt, "max batch"), Readers: rapid.IntRange(1, 3).Draw(rt, "readers"), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		rt.Fatal(err)
	}
	m.Store, m.followed = s, nil
	ended := make(chan struct{}) // closed when the follower has ended
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer close(ended)
		for r, err := range s.Follow(ctx, 0) {
			if err != nil {
				return // closed
			}
			m.followed = append(m.followed, r)
		}
	}()
	m.unfollow = func() { cancel(); <-ended }
}

// close closes the store; the follower has seen a beginning of the log by then.
func (m *modelled) close(rt *rapid.T) {
	m.unfollow()
	m.records(rt, "followed", m.followed, 0, min(len(m.followed), len(m.simple.log)))
	if err := m.Close(); err != nil {
		rt.Fatal(err)
	}
}

func (m *modelled) append(rt *rapid.T) {
	ahead := map[ironstar.Stream]ironstar.Version{}
	var batch []ironstar.Append
	for range rapid.IntRange(1, 6).Draw(rt, "appends") {
		s := ironstar.Stream{Kind: "k", ID: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "stream")}
		end, _ := m.simple.end(s)
		a := ironstar.Append{
			Stream: s, Expected: end.Version + ahead[s] + ironstar.Version(rapid.SampledFrom([]int{0, 0, 0, 0, 0, 1, -1}).Draw(rt, "off by")),
			Metadata: ironstar.Metadata{CommandID: rapid.SampledFrom([]string{"", "", "1", "2", "3", "4", "5", "broken"}).Draw(rt, "command")},
			Request:  [32]byte{rapid.SampledFrom([]byte{0, 0, 0, 1}).Draw(rt, "request")},
		}
		for range rapid.IntRange(0, 3).Draw(rt, "events") {
			a.Events = append(a.Events, anyEvent(rt))
		}
		if n := len(a.Events); n > 0 {
			a.Events[n-1].Final = rapid.IntRange(0, 39).Draw(rt, "final") == 0
		}
		ahead[s] += ironstar.Version(len(a.Events))
		batch = append(batch, a)
	}
	want := m.simple.batch(batch)
	for i, got := range m.Store.Append(rt.Context(), batch...) {
		w := want[i]
		same := got.Receipt == w.Receipt && (w.Err == nil) == (got.Err == nil)
		switch {
		case w.Err == errBad:
			same = same && strings.Contains(fmt.Sprint(got.Err), "bad event") && !errors.Is(got.Err, ironstar.ErrRetryable)
		case w.Err != nil:
			same = same && errors.Is(got.Err, w.Err)
		}
		if !same {
			rt.Fatalf("append %d, %+v:\ngot  %+v\nwant %+v", i, batch[i], got, w)
		}
	}
}

func anyEvent(rt *rapid.T) ironstar.Proposed {
	big := rapid.SampledFrom([]int{0, 0, 0, 0, 0, 100, 20_000, 600_000}).Draw(rt, "size")
	types := append(slices.Repeat([]string{"Good"}, 30), "Bad", "RollsBack", "Uncommitted")
	return ironstar.Proposed{
		Type: rapid.SampledFrom(types).Draw(rt, "type"), SchemaVersion: 1, Shape: "s",
		Payload: fmt.Appendf(nil, `{"n":%d,"pad":%q}`, rapid.IntRange(0, 1000).Draw(rt, "n"), strings.Repeat("p", big)),
	}
}

// ended appends with a context that has ended.
func (m *modelled) ended(rt *rapid.T) {
	ctx, cancel := context.WithCancel(rt.Context())
	cancel()
	end, final := m.simple.end(ironstar.Stream{Kind: "k", ID: "a"})
	a := ironstar.Append{Stream: ironstar.Stream{Kind: "k", ID: "a"}, Expected: end.Version, Events: []ironstar.Proposed{anyEvent(rt)}}
	if o := m.Store.Append(ctx, a)[0]; !errors.Is(o.Err, ironstar.ErrRetryable) && !final {
		rt.Fatalf("an append whose context has ended: %+v", o)
	}
}

// invalid appends events that no reader could decode, together with valid ones.
func (m *modelled) invalid(rt *rapid.T) {
	end, final := m.simple.end(ironstar.Stream{Kind: "k", ID: "b"})
	good := ironstar.Proposed{Type: "Good", SchemaVersion: 1, Shape: "s", Payload: []byte(`{}`)}
	bad := good
	rapid.SampledFrom([]func(){
		func() { bad.Payload = []byte(`{"a":`) }, func() { bad.Payload = nil }, func() { bad.Payload = []byte("\"\xff\"") },
		func() { bad.Type = "" }, func() { bad.SchemaVersion = 0 }, func() { bad.Final = true },
	}).Draw(rt, "what")()
	s := ironstar.Stream{Kind: "k", ID: "b"}
	batch := []ironstar.Append{
		{Stream: s, Expected: end.Version, Events: []ironstar.Proposed{good, bad, good}},
		{Stream: ironstar.Stream{Kind: "k", ID: "white space"}, Events: []ironstar.Proposed{good}},
		{Stream: s, Expected: end.Version, Events: []ironstar.Proposed{good}},
	}
	o := m.Store.Append(rt.Context(), batch...)
	want := m.simple.append(batch[2], false)
	if o[0].Err == nil || o[1].Err == nil || o[2].Receipt != want.Receipt || (o[2].Err != nil) != final {
		rt.Fatalf("%+v beside what is invalid: %+v, want %+v", bad, o, want)
	}
}

func (m *modelled) read(rt *rapid.T) {
	m.compare(rt, m.Store)
	s := ironstar.Stream{Kind: "k", ID: rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(rt, "stream")}
	end, _ := m.simple.end(s)
	after := rapid.IntRange(0, int(end.Version)+1).Draw(rt, "after version")
	var want []simpleRecord
	for _, r := range m.simple.log {
		if r.stream == s {
			want = append(want, r)
		}
	}
	n := after
	for r, err := range m.Stream(rt.Context(), s, ironstar.Version(after)) {
		if err != nil || n >= len(want) || string(r.Payload) != string(want[n].Payload) || int(r.Sequence) != n+1 {
			rt.Fatalf("%s after %d: %+v, %v", s, n, r, err)
		}
		n++
	}
	if n != max(after, len(want)) {
		rt.Fatalf("%s ends at %d, want %d", s, n, len(want))
	}
}

// compare compares a log, read in two parts, with the model.
func (m *modelled) compare(rt *rapid.T, s *sqlite.Store) {
	head, err := s.Head(rt.Context())
	if err != nil || int(head) != len(m.simple.log) {
		rt.Fatalf("head is %d, %v, want %d", head, err, len(m.simple.log))
	}
	after := rapid.IntRange(0, len(m.simple.log)).Draw(rt, "after")
	stop := rapid.IntRange(after, len(m.simple.log)).Draw(rt, "stop")
	var got []*ironstar.Record
	for i, from := range []int{after, stop} {
		for r, err := range s.Log(rt.Context(), ironstar.Position(from)) {
			if err != nil {
				rt.Fatal(err)
			}
			if i == 0 && int(r.Position) > stop {
				break
			}
			got = append(got, r)
		}
	}
	m.records(rt, "log", got, after, len(m.simple.log))
}

// records compares records with those of the model in (after, end].
func (m *modelled) records(rt *rapid.T, what string, got []*ironstar.Record, after, end int) {
	if len(got) != end-after {
		rt.Fatalf("%s has %d records in (%d, %d]", what, len(got), after, end)
	}
	for i, r := range got {
		want := m.simple.log[after+i]
		if int(r.Position) != after+i+1 || r.Stream != want.stream || r.Type != want.Type || string(r.Payload) != string(want.Payload) {
			rt.Fatalf("%s: record after %d is %d, %s of %s", what, after+i, r.Position, r.Type, r.Stream)
		}
	}
}

// crash opens what the process would leave if it were killed now.
func (m *modelled) crash(rt *rapid.T) {
	left := filepath.Join(filepath.Dir(m.file), "left.db")
	for _, end := range []string{"", "-wal"} {
		write(m.t, left+end, read(m.t, m.file+end))
	}
	s, err := sqlite.Open(rt.Context(), left, sqlite.Options{})
	if err != nil {
		rt.Fatal(err)
	}
	defer s.Close()
	m.compare(rt, s)
	for key, want := range m.simple.receipts {
		var id string
		_, id, _ = strings.Cut(key, " ")
		stream := ironstar.Stream{Kind: "k", ID: key[strings.Index(key, "/")+1 : strings.Index(key, " ")]}
		if got, found, err := s.Command(rt.Context(), stream, id, want.request); got != want.Receipt || !found || err != nil {
			rt.Fatalf("command %s has receipt %+v, %t, %v, want %+v", key, got, found, err, want)
		}
	}
}
