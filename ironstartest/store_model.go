package ironstartest

import (
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"ironstar.dev"
)

// storeModel is the simplest store: a slice of records.
type storeModel struct {
	log      []modelRecord
	commands map[string]modelCommand // by stream and id
	held     map[ironstar.Stream]string
}

type modelRecord struct {
	stream  ironstar.Stream
	payload string
	final   bool
}

type modelCommand struct {
	request [32]byte
	receipt ironstar.Receipt
}

// stream returns the version, the last position and whether the stream is
// final.
func (m *storeModel) stream(s ironstar.Stream) (v ironstar.Version, last ironstar.Position, final bool) {
	for i, r := range m.log {
		if r.stream == s {
			v, last, final = v+1, ironstar.Position(i+1), r.final
		}
	}
	return v, last, final
}

// batch decides on the appends of one call, and stores those that it accepts. Its
// errors are those of the contract, not wrapped.
func (m *storeModel) batch(batch []ironstar.Append) []ironstar.Outcome {
	type end struct {
		of     ironstar.Version
		stored bool
	}
	ends := map[ironstar.Stream]end{} // end after the last append with events
	outcomes := make([]ironstar.Outcome, len(batch))
	for i, a := range batch {
		last, ok := ends[a.Stream]
		r, err := m.append(a, ok && last.of == a.Expected && !last.stored)
		outcomes[i] = ironstar.Outcome{Receipt: r, Err: err}
		if n := ironstar.Version(len(a.Events)); n > 0 {
			ends[a.Stream] = end{a.Expected + n, err == nil && r.Version == a.Expected+n}
		}
	}
	return outcomes
}

// append decides on one append, and stores it. baseless means that it builds on an
// append of the same call that was refused.
func (m *storeModel) append(a ironstar.Append, baseless bool) (ironstar.Receipt, error) {
	key := fmt.Sprint(a.Stream, "\n", a.Metadata.CommandID)
	if c, ok := m.commands[key]; ok {
		if c.request != a.Request {
			return ironstar.Receipt{}, ironstar.ErrCommandReused
		}
		return c.receipt, nil
	}
	version, last, final := m.stream(a.Stream)
	switch {
	case a.Expected != version || baseless || !m.meets(a.Requires):
		return ironstar.Receipt{}, ironstar.ErrConflict
	case len(a.Events) == 0:
		return ironstar.Receipt{Last: last, Version: version}, nil
	case final:
		return ironstar.Receipt{}, ironstar.ErrFinal
	case m.isTaken(a):
		return ironstar.Receipt{}, ironstar.ErrTaken
	}
	for _, e := range a.Events {
		for _, c := range e.Claims {
			m.held[a.Stream] = c.Value
		}
	}
	first := ironstar.Position(len(m.log) + 1)
	for _, e := range a.Events {
		m.log = append(m.log, modelRecord{a.Stream, string(e.Payload), e.Final})
	}
	r := ironstar.Receipt{First: first, Last: ironstar.Position(len(m.log)), Version: version + ironstar.Version(len(a.Events))}
	if a.Metadata.CommandID != "" {
		m.commands[key] = modelCommand{a.Request, r}
	}
	return r, nil
}

// meets reports whether all streams have the versions that an append requires.
func (m *storeModel) meets(required []ironstar.Required) bool {
	for _, r := range required {
		if version, _, _ := m.stream(r.Stream); version != r.Version {
			return false
		}
	}
	return true
}

// isTaken reports whether another stream holds a value that an append claims.
func (m *storeModel) isTaken(a ironstar.Append) bool {
	own := m.held[a.Stream]
	for _, e := range a.Events {
		for _, c := range e.Claims {
			for s, value := range m.held {
				if c.Value != "" && value == c.Value && s != a.Stream && own != c.Value {
					return true
				}
			}
			own = c.Value
		}
	}
	return false
}

// testModel applies random appends and reads to a store and to the model.
func testModel(t *testing.T, open func(t *testing.T) ironstar.Store) {
	rapid.Check(t, func(rt *rapid.T) {
		store := open(t)
		defer store.Close()
		if _, err := store.DeclareClaims(rt.Context(), handles); err != nil {
			rt.Fatal(err)
		}
		model := &storeModel{commands: map[string]modelCommand{}, held: map[ironstar.Stream]string{}}
		rt.Repeat(map[string]func(*rapid.T){
			"append": func(rt *rapid.T) { compareAppend(rt, store, model) },
			"read":   func(rt *rapid.T) { compareRead(rt, store, model) },
		})
		compareLog(rt, store, model, 0)
	})
}

// anyStream draws one of few streams, so that appends affect each other.
func anyStream(rt *rapid.T) ironstar.Stream {
	return list(rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "stream"))
}

// anyAppend draws an append whose version is usually right.
func anyAppend(rt *rapid.T, version func(ironstar.Stream) ironstar.Version) ironstar.Append {
	s := anyStream(rt)
	a := ironstar.Append{
		Stream:   s,
		Expected: version(s) + ironstar.Version(rapid.SampledFrom([]int{0, 0, 0, 0, 1, -1}).Draw(rt, "off by")),
		Metadata: ironstar.Metadata{CommandID: rapid.SampledFrom([]string{"", "", "c1", "c2", "c3", "c4"}).Draw(rt, "command")},
		Request:  [32]byte{rapid.SampledFrom([]byte{0, 0, 0, 1}).Draw(rt, "request")},
	}
	for range rapid.IntRange(0, 3).Draw(rt, "events") {
		a.Events = append(a.Events, added(rapid.IntRange(0, 99).Draw(rt, "n")))
		if handle := rapid.SampledFrom([]string{"-", "-", "", "x", "y"}).Draw(rt, "handle"); handle != "-" {
			a = claiming(a, handle)
		}
	}
	for _, other := range rapid.SampledFrom([][]string{nil, nil, nil, {"a"}, {"b", "c"}}).Draw(rt, "requires") {
		if r := list(other); r != s {
			off := ironstar.Version(rapid.SampledFrom([]int{0, 0, 0, 0, 1, -1}).Draw(rt, "required off by"))
			a.Requires = append(a.Requires, ironstar.Required{Stream: r, Version: version(r) + off})
		}
	}
	if n := len(a.Events); n > 0 {
		a.Events[n-1].Final = rapid.IntRange(0, 29).Draw(rt, "final") == 0
	}
	return a
}

func compareAppend(rt *rapid.T, store ironstar.Store, model *storeModel) {
	// Within a batch, versions are drawn as if every earlier append succeeded.
	ahead := map[ironstar.Stream]ironstar.Version{}
	var batch []ironstar.Append
	for range rapid.IntRange(1, 5).Draw(rt, "appends") {
		a := anyAppend(rt, func(s ironstar.Stream) ironstar.Version {
			v, _, _ := model.stream(s)
			return v + ahead[s]
		})
		ahead[a.Stream] += ironstar.Version(len(a.Events))
		batch = append(batch, a)
	}
	wanted := model.batch(batch)
	for i, o := range store.Append(rt.Context(), batch...) {
		want, wantErr := wanted[i].Receipt, wanted[i].Err
		if o.Receipt != want || !errors.Is(o.Err, wantErr) {
			rt.Fatalf("append %d, %+v:\ngot  %+v, %v\nwant %+v, %v", i, batch[i], o.Receipt, o.Err, want, wantErr)
		}
	}
}

func compareRead(rt *rapid.T, store ironstar.Store, model *storeModel) {
	compareLog(rt, store, model, rapid.IntRange(0, len(model.log)+1).Draw(rt, "after"))
	s := anyStream(rt)
	var want []string
	for _, r := range model.log {
		if r.stream == s {
			want = append(want, r.payload)
		}
	}
	n := 0
	for r, err := range store.Stream(rt.Context(), s, 0) {
		if err != nil || n >= len(want) || string(r.Payload) != want[n] || r.Sequence != ironstar.Version(n+1) {
			rt.Fatalf("record %d of %s is %+v, %v; want payloads %q", n, s, r, err, want)
		}
		n++
	}
	if n != len(want) {
		rt.Fatalf("%s has %d records, want payloads %q", s, n, want)
	}
}

func compareLog(rt *rapid.T, store ironstar.Store, model *storeModel, after int) {
	head, err := store.Head(rt.Context())
	if err != nil || head != ironstar.Position(len(model.log)) {
		rt.Fatalf("head is %d, %v, want %d", head, err, len(model.log))
	}
	n := after
	for r, err := range store.Log(rt.Context(), ironstar.Position(after)) {
		if err != nil || n >= len(model.log) || r.Position != ironstar.Position(n+1) || r.Stream != model.log[n].stream || string(r.Payload) != model.log[n].payload {
			rt.Fatalf("record after %d is %+v, %v", n, r, err)
		}
		n++
	}
	if n != max(after, len(model.log)) {
		rt.Fatalf("log ends at %d, want %d", n, len(model.log))
	}
}
