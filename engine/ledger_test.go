package engine_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/sqlite"
)

// A ledger takes entries, each id once. Its state is changed in place, as
// ironstar.Decider allows.
type (
	ledger struct {
		Order []string
		Sum   map[string]int
	}
	entry struct {
		ID, Region string
		N          int
		during     func()   // runs in decide
		reads      []string // ids of other ledgers
	}
	entered struct {
		ID, Region string
		N          int
		Close      bool `json:",omitempty"`
	}
	refused string
)

func (r refused) Error() string              { return string(r) }
func (refused) Code() string                 { return "Refused" }
func (r refused) AppendJSON(b []byte) []byte { return fmt.Appendf(b, `{}`) }

const ledgerKind = "test.Ledger"

func newLedger() ledger { return ledger{Sum: map[string]int{}} }

func (s ledger) enter(e entered) ledger {
	s.Order = append(s.Order, e.ID)
	s.Sum[e.Region] += e.N
	return s
}

// ledgerCodec is as strict as generated ones.
var ledgerCodec = ironstar.StateCodec[ledger]{
	Append: func(b []byte, s ledger) []byte {
		text, err := json.Marshal(s)
		if err != nil {
			panic(err)
		}
		return append(b, text...)
	},
	Decode: func(b []byte) (ledger, error) {
		s := newLedger()
		d := json.NewDecoder(bytes.NewReader(b))
		d.DisallowUnknownFields()
		if err := d.Decode(&s); err != nil {
			return s, err
		}
		if s.Sum == nil || d.More() {
			return s, errors.New("not a ledger")
		}
		return s, nil
	},
}

// aggregate makes ledgers. The ids "panic" and "evolve" make decide and evolve
// panic; "close" is a final entry, and n < 0 is refused.
func aggregate() ironstar.Aggregate[ledger, entry, entered] {
	a := ironstar.Aggregate[ledger, entry, entered]{Kind: ledgerKind, Fingerprint: "1", State: ledgerCodec}
	a.Initial = newLedger
	a.Decide = func(s ledger, c entry, _ ironstar.States) ([]entered, error) {
		if c.during != nil {
			c.during()
		}
		for _, id := range s.Order {
			if id == c.ID {
				return nil, nil
			}
		}
		switch {
		case s.Sum["damage"] != 0:
			return nil, refused("this state was left behind by a panic")
		case c.ID == "panic":
			s.Sum["damage"] = 1
			panic("decide panics")
		case c.N < 0:
			return nil, refused(fmt.Sprintf("%d is below zero, after %d entries", c.N, len(s.Order)))
		}
		return []entered{{ID: c.ID, Region: c.Region, N: c.N, Close: c.ID == "close"}}, nil
	}
	a.Evolve = func(s ledger, e entered) ledger {
		if e.ID == "evolve" {
			s.Sum["damage"] = 1
			panic("evolve panics")
		}
		return s.enter(e)
	}
	a.Codec.Encode = func(e entered) (ironstar.Proposed, error) {
		b, err := json.Marshal(e)
		return ironstar.Proposed{Type: "Entered", SchemaVersion: 1, Shape: "entered", Payload: b, Final: e.Close}, err
	}
	a.Codec.Decode = decode
	return a
}

func decode(r *ironstar.Record) ([]entered, error) {
	if r.Type != "Entered" {
		return nil, &ironstar.UnknownEvent{Stream: r.Stream, Position: r.Position, Type: r.Type, SchemaVersion: r.SchemaVersion}
	}
	var e entered
	if err := json.Unmarshal(r.Payload, &e); err != nil {
		return nil, err
	}
	return []entered{e}, nil
}

// views of ledgers: what an entry is folded into depends on the order. The ids
// "poison" and "boom" make evolve fail and panic.
func view(name string, by ironstar.Keying) ironstar.View[ledger] {
	v := ironstar.View[ledger]{Name: name, Fingerprint: "1", State: ledgerCodec, By: by, Kinds: []string{ledgerKind}}
	v.Initial = func(string) ledger { return newLedger() }
	v.Evolve = func(_ string, s ledger, r *ironstar.Record) (ledger, bool, error) {
		events, err := ironstar.Decoded(r, decode)
		if err != nil {
			return s, false, err
		}
		for _, e := range events {
			switch s = s.enter(e); e.ID {
			case "poison":
				return s, true, errors.New("cannot fold poison")
			case "boom":
				panic("boom")
			}
		}
		return s, len(events) > 0, nil
	}
	if by == ironstar.ByField {
		v.Keys = func(r *ironstar.Record) ([]string, error) {
			events, err := ironstar.Decoded(r, decode)
			if err != nil {
				return nil, err
			}
			return []string{events[0].Region}, nil
		}
	}
	return v
}

// openStore opens a new store that is closed when the test ends.
func openStore(t testing.TB) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "log.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// start starts an engine that is closed when the test ends.
func start(t testing.TB, e *engine.Engine) {
	t.Helper()
	t.Cleanup(func() { e.Close() })
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// startLedgers runs ledgers without views.
func startLedgers(t testing.TB, store ironstar.Store, o engine.Options) engine.Handler[entry] {
	t.Helper()
	e := engine.New(store, o)
	h := engine.Run(e, aggregate())
	start(t, e)
	return h
}

// write appends an entry as another writer would.
func write(t testing.TB, store ironstar.Store, id string, after ironstar.Version, entries ...entered) {
	t.Helper()
	a := ironstar.Append{Stream: ironstar.Stream{Kind: ledgerKind, ID: id}, Expected: after}
	for _, e := range entries {
		p, err := aggregate().Codec.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		a.Events = append(a.Events, p)
	}
	if out := store.Append(t.Context(), a); out[0].Err != nil {
		t.Fatal(out[0].Err)
	}
}

// stored reads the ids of a ledger's entries.
func stored(t testing.TB, store ironstar.Store, id string) []string {
	t.Helper()
	var ids []string
	for r, err := range store.Stream(t.Context(), ironstar.Stream{Kind: ledgerKind, ID: id}, 0) {
		if err != nil {
			t.Fatal(err)
		}
		events, err := decode(r)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, events[0].ID)
	}
	return ids
}
