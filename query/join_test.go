package query_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"ironstar.dev"
	"ironstar.dev/live"
	"ironstar.dev/query"
)

// told is a question whose answer a test says.
type told struct {
	rows          []int
	changed, asOf ironstar.Position
	revision      uint64
	fails         error
	watchers      []func()
}

func (t *told) Read(_ string, f func(ironstar.Answer[int], ironstar.Position, ironstar.Position) error) error {
	if t.fails != nil {
		return t.fails
	}
	return f(ironstar.Answer[int]{Rows: t.rows}, t.changed, t.asOf)
}

func (t *told) Notify(_ string, changed func()) (func(), error) {
	if t.fails != nil {
		return nil, t.fails
	}
	t.watchers = append(t.watchers, changed)
	return func() { t.watchers = slices.Delete(t.watchers, 0, 1) }, nil
}

func (t *told) Revision() uint64 { return t.revision }

type shown struct{ A, B ironstar.Answer[int] }

func joined(a, b *told) *query.Joined[shown] {
	return query.Join(
		query.Part(a, func(s *shown, got ironstar.Answer[int]) { s.A = got }),
		query.Part(b, func(s *shown, got ironstar.Answer[int]) { s.B = got }),
	)
}

var (
	_ live.Reader[shown]    = (*query.Joined[shown])(nil)
	_ live.Revised          = (*query.Joined[shown])(nil)
	_ query.Asking[float64] = (*query.Asked[float64])(nil)
)

func TestJoinReadsAllAnswers(t *testing.T) {
	a, b := &told{rows: []int{1}, changed: 5, asOf: 9, revision: 3}, &told{rows: []int{2, 3}, changed: 7, asOf: 8, revision: 4}
	j := joined(a, b)
	err := j.Read("global", func(s shown, changed, asOf ironstar.Position) error {
		if !reflect.DeepEqual(s, shown{ironstar.Answer[int]{Rows: []int{1}}, ironstar.Answer[int]{Rows: []int{2, 3}}}) || changed != 7 || asOf != 8 {
			t.Errorf("got %+v, changed at %d, as of %d", s, changed, asOf)
		}
		return errors.New("of f")
	})
	if err == nil || err.Error() != "of f" || j.Revision() != 7 {
		t.Errorf("error %v, revision %d", err, j.Revision())
	}
	if err := query.Join[shown]().Read("global", func(s shown, changed, asOf ironstar.Position) error { return nil }); err != nil {
		t.Error(err)
	}
}

// TestJoinHearsOfEachAnswer: every part reports changes until stop, and a part that
// cannot be watched leaves nobody watching the others.
func TestJoinHearsOfEachAnswer(t *testing.T) {
	a, b := &told{}, &told{}
	j, heard := joined(a, b), 0
	stop, err := j.Notify("global", func() { heard++ })
	if err != nil || len(a.watchers) != 1 || len(b.watchers) != 1 {
		t.Fatalf("%v, %d and %d watchers", err, len(a.watchers), len(b.watchers))
	}
	a.watchers[0]()
	b.watchers[0]()
	stop()
	if heard != 2 || len(a.watchers)+len(b.watchers) != 0 {
		t.Errorf("heard %d, %d watchers are left", heard, len(a.watchers)+len(b.watchers))
	}
	b.fails = errors.New("store closed")
	if _, err := j.Notify("global", func() {}); !errors.Is(err, b.fails) || len(a.watchers) != 0 {
		t.Errorf("%v, %d watchers are left", err, len(a.watchers))
	}
	if err := j.Read("global", func(shown, ironstar.Position, ironstar.Position) error { return nil }); !errors.Is(err, b.fails) {
		t.Errorf("got %v", err)
	}
}
