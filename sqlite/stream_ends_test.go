package sqlite

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"
	zs "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"ironstar.dev"
)

// This test is inside the package because it causes errors and limits the
// number of cached stream ends.

// modelled is a writer with a simple model of what it has stored.
type modelled struct {
	w     *writer
	reads *pool
	log   []string // each event: its stream, version, type
	ends  map[ironstar.Stream]modelEnd
	done  map[modelCommand]modelReceipt
}

type modelEnd struct {
	last    ironstar.Position
	version ironstar.Version
	final   bool
}

type modelCommand struct {
	stream ironstar.Stream
	id     string
}

type modelReceipt struct {
	request [32]byte
	ironstar.Receipt
}

// errBad simulates the error of a statement.
var errBad = errors.New("bad event")

// answer returns the right outcome of an append and applies it.
func (m *modelled) answer(a ironstar.Append) (ironstar.Receipt, error) {
	end, command := m.ends[a.Stream], modelCommand{a.Stream, a.Metadata.CommandID}
	if r, ok := m.done[command]; ok && command.id != "" {
		if r.request != a.Request {
			return ironstar.Receipt{}, ironstar.ErrCommandReused
		}
		return r.Receipt, nil
	}
	n := ironstar.Version(len(a.Events))
	switch {
	case a.Expected != end.version:
		return ironstar.Receipt{}, ironstar.ErrConflict
	case n == 0:
		return ironstar.Receipt{Last: end.last, Version: end.version}, nil
	case end.final:
		return ironstar.Receipt{}, ironstar.ErrFinal
	case slices.ContainsFunc(a.Events, func(e ironstar.Proposed) bool { return e.Type == "Bad" }):
		return ironstar.Receipt{}, errBad
	}
	r := ironstar.Receipt{First: ironstar.Position(len(m.log) + 1), Version: end.version + n}
	for i, e := range a.Events {
		m.log = append(m.log, fmt.Sprint(a.Stream, " ", end.version+ironstar.Version(i)+1, " ", e.Type))
	}
	r.Last = ironstar.Position(len(m.log))
	m.ends[a.Stream] = modelEnd{r.Last, r.Version, a.Events[n-1].Final}
	if command.id != "" {
		m.done[command] = modelReceipt{a.Request, r}
	}
	return r, nil
}

// drawAppend draws an append that is often valid.
func (m *modelled) drawAppend(t *rapid.T, good bool) ironstar.Append {
	a := ironstar.Append{Stream: ironstar.Stream{Kind: "k", ID: rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f"}).Draw(t, "stream")}}
	a.Expected = m.ends[a.Stream].version
	if d := rapid.IntRange(-1, 6).Draw(t, "off"); d < 2 {
		a.Expected = max(a.Expected+ironstar.Version(d), 0)
	}
	types := []string{"Added", "Changed", "Bad"}
	if good {
		types = types[:2]
	}
	for range rapid.IntRange(0, 10).Draw(t, "events") {
		a.Events = append(a.Events, ironstar.Proposed{Type: rapid.SampledFrom(types).Draw(t, "type"), SchemaVersion: 1, Shape: "s", Payload: []byte(`{}`)})
	}
	if n := len(a.Events); n > 0 {
		a.Events[n-1].Final = rapid.IntRange(0, 30).Draw(t, "final") == 0
	}
	a.Metadata.CommandID = rapid.SampledFrom([]string{"", "1", "2", "3", "4", "5", "6", "7", "8"}).Draw(t, "command")
	a.Request[0] = byte(rapid.IntRange(0, 5).Draw(t, "request") / 5)
	return a
}

// drawBatch proposes several, and what should become of each. Later ones may
// build on earlier ones.
func (m *modelled) drawBatch(t *rapid.T, good bool) (batch []*pending, receipts []ironstar.Receipt, errs []error) {
	for range rapid.IntRange(1, 12).Draw(t, "appends") {
		p := &pending{Append: m.drawAppend(t, good)}
		if err := p.encode(); err != nil {
			t.Fatal(err)
		}
		r, err := m.answer(p.Append)
		batch, receipts, errs = append(batch, p), append(receipts, r), append(errs, err)
	}
	return batch, receipts, errs
}

// stored runs a batch as usual.
func (m *modelled) stored(t *rapid.T) {
	batch, receipts, errs := m.drawBatch(t, false)
	m.w.storeBatch(batch)
	for i, p := range batch {
		if errs[i] == errBad {
			if p.out.Err == nil || errors.Is(p.out.Err, ironstar.ErrRetryable) {
				t.Errorf("append %d of a bad event: %+v", i, p.out)
			}
		} else if !errors.Is(p.out.Err, errs[i]) || (p.out.Err == nil) != (errs[i] == nil) || errs[i] == nil && p.out.Receipt != receipts[i] {
			t.Errorf("append %d, %+v: %+v, want %+v, %v", i, p.Append, p.out, receipts[i], errs[i])
		}
	}
}

// lost lets the COMMIT of a batch fail, so that nothing is stored.
func (m *modelled) lost(t *rapid.T) {
	before := m.clone()
	base := ironstar.Position(len(m.log))
	batch, receipts, errs := m.drawBatch(t, true)
	m.log, m.ends, m.done = before.log, before.ends, before.done
	m.w.conn.commit = m.w.conn.Prep("SELECT json('no json')")
	m.w.storeBatch(batch)
	for i, p := range batch {
		old := errs[i] == nil && receipts[i].Last <= base // it depends on earlier events
		if old && p.out != (ironstar.Outcome{Receipt: receipts[i]}) || !old && !errors.Is(p.out.Err, ironstar.ErrRetryable) {
			t.Errorf("append %d, %+v: %+v though it was lost", i, p.Append, p.out)
		}
	}
}

// failAfterCommit makes the COMMIT of a batch fail after it took effect.
func (m *modelled) failAfterCommit(t *rapid.T) {
	batch, receipts, errs := m.drawBatch(t, true)
	c := m.w.conn
	if err := cmp.Or(c.beginBatch(), c.decideBatch(batch), exec(c.commit)); err != nil {
		t.Fatal(err)
	}
	m.w.resolveCommit(batch, errCommit)
	for i, p := range batch {
		if errs[i] == nil && p.out != (ironstar.Outcome{Receipt: receipts[i]}) || errs[i] != nil && !errors.Is(p.out.Err, ironstar.ErrRetryable) {
			t.Errorf("append %d, %+v: %+v, want %+v, %v", i, p.Append, p.out, receipts[i], errs[i])
		}
	}
}

// foreign lets another program append, which it must not.
func (m *modelled) foreign(t *rapid.T) {
	a := m.drawAppend(t, true)
	a.Metadata.CommandID = ""
	if r, err := m.answer(a); err != nil || r.First == 0 {
		return
	}
	other, err := openConn(m.w.path, zs.OpenReadWrite, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	version, first := int(a.Expected), len(m.log)-len(a.Events)
	for i, e := range a.Events {
		sum := eventSum(&rowSum{}, &eventRow{
			position: ironstar.Position(first + i + 1), stream: a.Stream, sequence: ironstar.Version(version + i + 1),
			eventType: e.Type, schemaVersion: 1, final: e.Final,
		}, "{}", "{}")
		row := &sqlitex.ExecOptions{Args: []any{first + i + 1, a.Stream.Kind, a.Stream.ID, version + i + 1, e.Type, 1, "{}", "{}", 0, e.Final, sum}}
		if err := sqlitex.Execute(other, insertEvents(1), row); err != nil {
			t.Fatal(err)
		}
	}
}

func (m *modelled) clone() modelled {
	c := modelled{log: slices.Clone(m.log), ends: map[ironstar.Stream]modelEnd{}, done: map[modelCommand]modelReceipt{}}
	for k, v := range m.ends {
		c.ends[k] = v
	}
	for k, v := range m.done {
		c.done[k] = v
	}
	return c
}

// check compares the file with the model.
func (m *modelled) check(t *rapid.T) {
	if m.w.conn == nil {
		t.Fatal("no connection")
	}
	if n := len(m.w.conn.ends.old); n > 2*m.w.maxStreamEnds+12 {
		t.Errorf("%d ends of streams are kept", n)
	}
	reader, err := openReadConn(m.w.path)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	i := 0
	err = sqlitex.Execute(reader.Conn, "SELECT position, aggregate_type || '/' || aggregate_id || ' ' || sequence || ' ' || event_type FROM events ORDER BY position", &sqlitex.ExecOptions{
		ResultFunc: func(st *zs.Stmt) error {
			if i >= len(m.log) || st.ColumnInt(0) != i+1 || st.ColumnText(1) != m.log[i] {
				t.Errorf("event %d of %d is %d, %s", i+1, len(m.log), st.ColumnInt(0), st.ColumnText(1))
			}
			i++
			return nil
		},
	})
	if err != nil || i != len(m.log) {
		t.Fatalf("%d events, %v, want %d", i, err, len(m.log))
	}
}

func TestStreamEndsAgreeWithTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log.db")
	if err := createFile(path); err != nil {
		t.Fatal(err)
	}
	empty, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		if err := os.WriteFile(path, empty, 0o600); err != nil { // the other files were removed with the last connection
			t.Fatal(err)
		}
		w, err := newWriter(path, Options{}.withDefaults(), func(ironstar.Position, []row, int64) {})
		if err != nil {
			t.Fatal(err)
		}
		defer w.closeConn()
		reads, err := openPool(1, func() (*readConn, error) { return openReadConn(path) })
		if err != nil {
			t.Fatal(err)
		}
		defer reads.close()
		err = sqlitex.Execute(w.conn.Conn, "CREATE TRIGGER bad BEFORE INSERT ON events WHEN NEW.event_type = 'Bad' BEGIN SELECT RAISE(ABORT, 'bad event'); END", nil)
		if err != nil {
			t.Fatal(err)
		}
		w.maxStreamEnds = rapid.IntRange(1, 4).Draw(t, "streamEnds")
		w.conn.ends = newStreamEnds(w.maxStreamEnds)
		m := &modelled{w: w, reads: reads, ends: map[ironstar.Stream]modelEnd{}, done: map[modelCommand]modelReceipt{}}
		t.Repeat(map[string]func(*rapid.T){
			"stored": m.stored, "and stored": m.stored, "lost": m.lost, "kept": m.failAfterCommit, "foreign": m.foreign, "": m.check,
		})
	})
}
