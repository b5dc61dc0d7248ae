package ironstartest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"ironstar.dev"
	"ironstar.dev/ironstartest"
	"ironstar.dev/wire"
)

// A shelf has room for two books. A closed shelf stays closed.
type (
	shelf   struct{ Books []string }
	command struct{ Put, Take, Close, Odd string }
	event   struct{ Put, Taken, Closed string }
	full    struct{ Max int }
)

func (f full) Error() string              { return fmt.Sprintf("there is room for %d books", f.Max) }
func (full) Code() string                 { return "Full" }
func (f full) AppendJSON(b []byte) []byte { return fmt.Appendf(b, `{"max":%d}`, f.Max) }
func (s shelf) has(book string) bool      { return slices.Contains(s.Books, book) }

func newShelf() ironstar.Aggregate[shelf, command, event] {
	var a ironstar.Aggregate[shelf, command, event]
	a.Kind = "library.Shelf"
	a.Initial = func() shelf { return shelf{} }
	a.Decide = func(s shelf, c command, _ ironstar.States) ([]event, error) {
		switch {
		case c.Close != "":
			return []event{{Closed: c.Close}}, nil
		case c.Odd == "error":
			return nil, errors.New("disk on fire")
		case c.Odd == "changes":
			s.Books[0] = "another"
			return nil, nil
		case c.Take != "" && !s.has(c.Take), c.Put != "" && s.has(c.Put):
			return nil, nil
		case c.Take != "":
			return []event{{Taken: c.Take}}, nil
		case len(s.Books) == 2:
			return nil, full{2}
		}
		return []event{{Put: c.Put}}, nil
	}
	a.Evolve = func(s shelf, e event) shelf {
		switch {
		case e.Put != "":
			s.Books = append(s.Books, e.Put)
		case e.Taken != "":
			s.Books = strings.Fields(strings.Replace(strings.Join(s.Books, " "), e.Taken, "", 1))
		}
		return s
	}
	a.Codec.Encode = func(e event) (ironstar.Proposed, error) {
		if e.Put == "unstorable" {
			return ironstar.Proposed{}, ironstar.Invalid{{Path: "put", Message: "is unstorable"}}
		}
		b, err := json.Marshal(e)
		return ironstar.Proposed{Type: "Event", SchemaVersion: 1, Shape: "1", Payload: b, Final: e.Closed != ""}, err
	}
	a.Codec.Decode = func(r *ironstar.Record) ([]event, error) {
		var e event
		err := json.Unmarshal(r.Payload, &e)
		if e.Put == "garbled" {
			e.Put = "other"
		}
		return []event{e}, err
	}
	return a
}

// withSnapshots adds a codec of the state, as generated code would have.
func withSnapshots(a ironstar.Aggregate[shelf, command, event]) ironstar.Aggregate[shelf, command, event] {
	a.State.Append = func(b []byte, s shelf) []byte { return wire.AppendList(b, s.Books, wire.AppendString) }
	a.State.Decode = func(b []byte) (shelf, error) {
		books, err := wire.Decode(b, func(d *wire.Decoder) []string { return wire.List(d, (*wire.Decoder).String) })
		return shelf{books}, err
	}
	return a
}

func TestSpecHolds(t *testing.T) {
	a := newShelf()
	two := ironstartest.For(t, a).Given(event{Put: "x"}, event{Put: "y"})
	two.When(command{Put: "z"}).Refused(full{2})
	two.When(command{Put: "x"}).Nothing()
	two.When(command{Take: "x"}).Then(event{Taken: "x"}).When(command{Put: "z"}).Then(event{Put: "z"})
	two.When(command{Close: "!"}).Repeatable("closing is checked by the store").Then(event{Closed: "!"})
	if got := ironstartest.Fold(a, event{Put: "x"}, event{Put: "y"}, event{Taken: "x"}); len(got.Books) != 1 {
		t.Errorf("folded to %v", got)
	}
}

// TestSpecFails: a specification that does not hold fails with a reason.
func TestSpecFails(t *testing.T) {
	type spec = ironstartest.Spec[shelf, command, event]
	twice := newShelf()
	twice.Decide = func(shelf, command, ironstar.States) ([]event, error) { return []event{{Put: "again"}}, nil }
	faulty, calls := newShelf(), 0
	faulty.Decide = func(shelf, command, ironstar.States) ([]event, error) {
		if calls++; calls%2 == 1 {
			return nil, full{2}
		}
		return nil, nil
	}
	tellsNil, tellsKept := withSnapshots(newShelf()), withSnapshots(newShelf())
	tellsNil.Decide = func(s shelf, _ command, _ ironstar.States) ([]event, error) {
		if s.Books == nil {
			return nil, nil
		}
		return nil, full{2}
	}
	tellsKept.Evolve = func(s shelf, e event) shelf {
		if s.Books == nil {
			return shelf{Books: []string{}}
		}
		return shelf{Books: append(s.Books, e.Put)}
	}
	reads := withSnapshots(newShelf()) // takes what another shelf has
	reads.Reads = func(c command) []ironstar.Reading {
		return []ironstar.Reading{{Field: "take", Stream: ironstar.Stream{Kind: reads.Kind, ID: c.Take}}}
	}
	reads.Decide = func(_ shelf, c command, others ironstar.States) ([]event, error) {
		other := others[0].(shelf)
		switch {
		case c.Odd == "changes":
			other.Books[0] = "another"
		case c.Odd == "nil" && other.Books != nil:
			return nil, full{2}
		case len(other.Books) > 0:
			return []event{{Put: other.Books[0]}}, nil
		}
		return nil, nil
	}
	picky := newShelf() // an empty shelf has nothing to take
	picky.Applies = func(s shelf, e event) bool { return e.Taken == "" || len(s.Books) > 0 }
	picky.Decide = func(shelf, command, ironstar.States) ([]event, error) { return []event{{Taken: "x"}}, nil }
	other := ironstartest.For(t, withSnapshots(newShelf()))
	for name, test := range map[string]struct {
		aggregate ironstar.Aggregate[shelf, command, event]
		run       func(spec)
		want      string
	}{
		"nothing to read": {reads, func(s spec) { s.When(command{Take: "o"}).Nothing() }, `reads library.Shelf/o by its field take: say what that is, with Reading(`},
		"read, by an id":  {reads, func(s spec) { s.Reading(other.As("p")).When(command{Take: "o"}).Nothing() }, `.As("o"))`},
		"changes what it reads": {reads, func(s spec) {
			s.Reading(other.Given(event{Put: "x"}).As("o")).When(command{Take: "o", Odd: "changes"}).Nothing()
		}, "decide changed a state that it reads"},
		"nil in what it reads": {reads, func(s spec) {
			s.Reading(other.As("o")).When(command{Take: "o", Odd: "nil"}).Nothing()
		}, "when the state comes from a snapshot"},
		"other event":       {newShelf(), func(s spec) { s.When(command{Put: "x"}).Then(event{Put: "y"}) }, "other events"},
		"one event more":    {newShelf(), func(s spec) { s.When(command{Put: "x"}).Then(event{Put: "x"}, event{Put: "y"}) }, "other events"},
		"nothing, wanted":   {newShelf(), func(s spec) { s.When(command{Take: "x"}).Then(event{Taken: "x"}) }, "other events"},
		"events, not none":  {newShelf(), func(s spec) { s.When(command{Put: "x"}).Nothing() }, "want nothing, got events"},
		"refused, not none": {newShelf(), func(s spec) { s.Given(event{Put: "x"}, event{Put: "y"}).When(command{Put: "z"}).Nothing() }, "refusal Full"},
		"refused":           {newShelf(), func(s spec) { s.Given(event{Put: "x"}, event{Put: "y"}).When(command{Put: "z"}).Then(event{Put: "z"}) }, "refusal Full"},
		"events, not no":    {newShelf(), func(s spec) { s.When(command{Put: "x"}).Refused(full{2}) }, "want refusal Full, got events"},
		"nothing, not no":   {newShelf(), func(s spec) { s.When(command{Take: "x"}).Refused(full{2}) }, "want refusal Full, got nothing"},
		"other details":     {newShelf(), func(s spec) { s.Given(event{Put: "x"}, event{Put: "y"}).When(command{Put: "z"}).Refused(full{3}) }, "refused for another reason"},
		"an error":          {newShelf(), func(s spec) { s.When(command{Odd: "error"}).Refused(full{2}) }, "disk on fire"},
		"decide changes":    {newShelf(), func(s spec) { s.Given(event{Put: "x"}).When(command{Odd: "changes"}).Nothing() }, "decide changed its state"},
		"effect twice":      {twice, func(s spec) { s.When(command{}).Then(event{Put: "again"}) }, "takes effect again"},
		"not a function":    {faulty, func(s spec) { s.When(command{}).Refused(full{2}) }, "has another answer"},
		"after the end":     {newShelf(), func(s spec) { s.Given(event{Closed: "!"}).When(command{Put: "x"}).Then(event{Put: "x"}) }, "is final"},
		"does not apply":    {picky, func(s spec) { s.When(command{}).Then(event{Taken: "x"}) }, "does not apply to the state"},
		"given elsewhere":   {picky, func(s spec) { s.Given(event{Put: "x"}, event{Taken: "x"}, event{Taken: "x"}) }, "does not apply to the state"},
		"given after end":   {newShelf(), func(s spec) { s.Given(event{Closed: "!"}, event{Put: "x"}) }, "is final"},
		"unstorable":        {newShelf(), func(s spec) { s.When(command{Put: "unstorable"}).Then(event{Put: "unstorable"}) }, "cannot be stored"},
		"stored as another": {newShelf(), func(s spec) { s.When(command{Put: "garbled"}).Then(event{Put: "garbled"}) }, "decodes to something else"},
		"no reason":         {newShelf(), func(s spec) { s.When(command{Put: "x"}).Repeatable("").Then(event{Put: "x"}) }, "needs a reason"},
		"then nothing":      {newShelf(), func(s spec) { s.When(command{Take: "x"}).Then() }, "use Nothing"},
		"nil in decide":     {tellsNil, func(s spec) { s.When(command{}).Nothing() }, "when the state comes from a snapshot"},
		"nil in evolve":     {tellsKept, func(s spec) { s.Given(event{Put: "x"}).When(command{Put: "x"}).Nothing() }, "returns another state from a snapshot"},
		"nothing said":      {newShelf(), func(s spec) { s.When(command{Put: "x"}) }, "has no expectation"},
	} {
		t.Run(name, func(t *testing.T) {
			got := failureOf(t, func(tb testing.TB) { test.run(ironstartest.For(tb, test.aggregate)) })
			if !strings.Contains(got, test.want) {
				t.Errorf("want a failure that says %q, got %q", test.want, got)
			}
		})
	}
}

// failures is a test that collects failures, and does not fail.
type failures struct {
	testing.TB
	messages strings.Builder
	cleanups []func()
}

func (f *failures) Helper()                   {}
func (f *failures) Failed() bool              { return f.messages.Len() > 0 }
func (f *failures) Cleanup(c func())          { f.cleanups = append(f.cleanups, c) }
func (f *failures) Errorf(s string, a ...any) { fmt.Fprintf(&f.messages, s+"\n", a...) }
func (f *failures) Fatalf(s string, a ...any) {
	f.Errorf(s, a...)
	runtime.Goexit()
}

// failureOf runs a test, and returns the messages with which it fails.
func failureOf(t testing.TB, run func(testing.TB)) string {
	f := &failures{TB: t}
	done := make(chan struct{}) // closed when the test has ended
	go func() {
		defer close(done)
		defer func() {
			for _, c := range f.cleanups {
				c()
			}
		}()
		run(f)
	}()
	<-done
	return f.messages.String()
}

func ExampleFor() {
	// In a test, t is the *testing.T.
	said := failureOf(nil, func(t testing.TB) {
		shelf := ironstartest.For(t, newShelf())
		shelf.When(command{Put: "Dune"}).Then(event{Put: "Dune"})
		shelf.Given(event{Put: "Dune"}).When(command{Put: "Dune"}).Nothing()
		shelf.Given(event{Put: "Dune"}, event{Put: "Emma"}).When(command{Put: "Ulysses"}).Refused(full{Max: 2})

		shelf.When(command{Put: "Dune"}).Nothing() // which is wrong
	})
	fmt.Println(strings.SplitN(said, "\n", 2)[0])
	// Output: ironstartest_test.command: want nothing, got events:
}
