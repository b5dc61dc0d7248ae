package engine

import (
	"slices"
	"strings"
	"sync"

	"github.com/tidwall/btree"

	"ironstar.dev"
)

// listRows are the rows of a list, in all its orders, and the pages that somebody
// watches.
type listRows[R any] struct {
	sorts, sets []int // of ironstar.List

	mu      sync.Mutex // guards what follows
	rows    map[string]*listRow[R]
	orders  []*btree.BTreeG[*listRow[R]]          // one for each of sorts; one by stream if there are none
	equal   []map[string]map[*listRow[R]]struct{} // for each of sets, by value
	failed  map[string]*ViewError                 // streams that are withheld
	changed ironstar.Position                     // of the last event that changed a row
	watched []*watchedPage[R]                     // without order
	byKey   map[string]*watchedPage[R]            // the same, by watchedPage.key
}

// listRow is a row. It is immutable.
type listRow[R any] struct {
	id     string
	row    R
	values []string // what is compared
}

func newListRows[R any](sorts, sets []int) *listRows[R] {
	l := &listRows[R]{sorts: sorts, sets: sets, rows: map[string]*listRow[R]{}, failed: map[string]*ViewError{}, byKey: map[string]*watchedPage[R]{}}
	for range sets {
		l.equal = append(l.equal, map[string]map[*listRow[R]]struct{}{})
	}
	for i := range max(1, len(sorts)) {
		l.orders = append(l.orders, btree.NewBTreeGOptions(func(a, b *listRow[R]) bool { return l.compare(i, a, b) < 0 }, btree.Options{NoLocks: true}))
	}
	return l
}

// compare compares two rows by one of sorts, and then by their streams.
func (l *listRows[R]) compare(sort int, a, b *listRow[R]) int {
	if sort < len(l.sorts) {
		v := l.sorts[sort]
		if c := strings.Compare(a.values[v], b.values[v]); c != 0 {
			return c
		}
	}
	return strings.Compare(a.id, b.id)
}

// replace puts a row in the place of another one; either may be nil. l.mu is held.
func (l *listRows[R]) replace(old, row *listRow[R]) {
	for i, tree := range l.orders {
		if old != nil && (row == nil || l.compare(i, old, row) != 0) {
			tree.Delete(old)
		}
		if row != nil {
			tree.Set(row)
		}
	}
	for i, v := range l.sets {
		if old != nil {
			set := l.equal[i][old.values[v]]
			if delete(set, old); len(set) == 0 {
				delete(l.equal[i], old.values[v])
			}
		}
		if row != nil {
			set := l.equal[i][row.values[v]]
			if set == nil {
				set = map[*listRow[R]]struct{}{}
				l.equal[i][row.values[v]] = set
			}
			set[row] = struct{}{}
		}
	}
	if row != nil {
		l.rows[row.id] = row
	} else {
		delete(l.rows, old.id)
	}
}

// matches reports whether a row is one of those that somebody asks for.
func (r *listRow[R]) matches(s *ironstar.Selection) bool {
	for i := range s.Equal {
		if r.values[s.Equal[i].Value] != s.Equal[i].Text {
			return false
		}
	}
	for i := range s.Ranges {
		v, b := r.values[s.Ranges[i].Value], &s.Ranges[i]
		if v == "" || v < b.From || b.To != "" && v > b.To {
			return false
		}
	}
	for i := range s.Words {
		text, words := r.values[s.Words[i].Value], s.Words[i].Words
		for n, word := range words {
			at := " " + word
			if n < len(words)-1 {
				at += " "
			}
			if !strings.Contains(text, at) {
				return false
			}
		}
	}
	return true
}

// isAll reports whether every row is one of those that somebody asks for.
func isAll(s *ironstar.Selection) bool {
	return len(s.Equal) == 0 && len(s.Ranges) == 0 && len(s.Words) == 0
}

// found are the rows that somebody asks for, in the order that he asks for.
type found[R any] struct {
	list *listRows[R]
	s    *ironstar.Selection
	tree *btree.BTreeG[*listRow[R]] // all rows, in its order; nil: these are in some
	some []*listRow[R]              // those that match, in order
}

// fewRows is the greatest part of all rows that is sorted instead of walking through
// all of them.
const fewRows = 16

// find prepares for reading. If rows that must be equal to a value are few, only
// these are looked at. l.mu is held.
func (l *listRows[R]) find(s *ironstar.Selection) *found[R] {
	f := &found[R]{list: l, s: s, tree: l.orders[s.Sort]}
	var fewest map[*listRow[R]]struct{}
	n := len(l.rows)/fewRows + 1
	for _, e := range s.Equal {
		if i := slices.Index(l.sets, e.Value); i >= 0 {
			if set := l.equal[i][e.Text]; len(set) < n {
				fewest, n, f.tree = set, len(set), nil
			}
		}
	}
	if f.tree != nil {
		return f
	}
	for row := range fewest {
		if row.matches(s) {
			f.some = append(f.some, row)
		}
	}
	slices.SortFunc(f.some, f.compare)
	return f
}

// compare is the order in which a page shows two rows.
func (f *found[R]) compare(a, b *listRow[R]) int {
	if f.s.Down {
		return f.list.compare(f.s.Sort, b, a)
	}
	return f.list.compare(f.s.Sort, a, b)
}

// walk calls yield with the rows that match, behind a row, or back from it to the
// first one, until yield returns false. from need not be in the list; nil is where
// the walk can begin first.
func (f *found[R]) walk(from *listRow[R], back bool, yield func(*listRow[R]) bool) {
	if f.tree == nil {
		f.walkSome(from, back, yield)
		return
	}
	step := func(row *listRow[R]) bool {
		if from != nil && f.compare(row, from) == 0 || !row.matches(f.s) {
			return true
		}
		return yield(row)
	}
	switch up := back == f.s.Down; {
	case up && from == nil:
		f.tree.Scan(step)
	case up:
		f.tree.Ascend(from, step)
	case from == nil:
		f.tree.Reverse(step)
	default:
		f.tree.Descend(from, step)
	}
}

func (f *found[R]) walkSome(from *listRow[R], back bool, yield func(*listRow[R]) bool) {
	at, here := 0, false
	if back {
		at = len(f.some)
	}
	if from != nil {
		at, here = slices.BinarySearchFunc(f.some, from, f.compare)
	}
	rest := f.some[:at]
	if !back {
		if here {
			at++
		}
		rest = f.some[at:]
	}
	for i := range rest {
		if back {
			i = len(rest) - 1 - i
		}
		if !yield(rest[i]) {
			return
		}
	}
}

// count counts the rows that match, up to a bound.
func (f *found[R]) count(most int) (n int) {
	switch {
	case f.tree == nil:
		return min(len(f.some), most)
	case isAll(f.s):
		return min(len(f.list.rows), most)
	}
	f.tree.Scan(func(row *listRow[R]) bool {
		if row.matches(f.s) {
			n++
		}
		return n < most
	})
	return n
}

// take returns up to n rows of a walk.
func (f *found[R]) take(n int, from *listRow[R], back bool) (rows []*listRow[R]) {
	f.walk(from, back, func(row *listRow[R]) bool {
		rows = append(rows, row)
		return len(rows) < n
	})
	return rows
}

// shown are the rows of a page, and those around it.
type shown[R any] struct {
	rows       []*listRow[R]
	prev, next *listRow[R] // nil if there is none
}

// page returns the rows of a page. l.mu is held.
func (f *found[R]) page() (p shown[R]) {
	n := max(1, f.s.Size)
	after, before := f.at(f.s.After), f.at(f.s.Before)
	switch {
	case after != nil:
		p.rows = f.take(n+1, after, false)
		if len(p.rows) == 0 { // the list ends before: its last page
			p.rows = f.take(n, nil, true)
			slices.Reverse(p.rows)
		}
	case before != nil:
		p.rows = f.take(n, before, true)
		slices.Reverse(p.rows)
		if len(p.rows) == n {
			p.next = first(f.take(1, p.rows[n-1], false))
			break
		}
		fallthrough // a page has the rows of the first one, if there are so few in front of it
	default:
		p.rows = f.take(n+1, nil, false)
	}
	if len(p.rows) > n {
		p.next, p.rows = p.rows[n], p.rows[:n]
	}
	if len(p.rows) > 0 && (after != nil || before != nil) {
		p.prev = first(f.take(1, p.rows[0], true))
	}
	return p
}

// at returns the place that a cursor names, nil if it is none.
func (f *found[R]) at(cursor string) *listRow[R] {
	value, id, ok := ironstar.ParseCursor(cursor)
	if !ok {
		return nil
	}
	at := &listRow[R]{id: id}
	if f.s.Sort < len(f.list.sorts) {
		at.values = make([]string, f.list.sorts[f.s.Sort]+1)
		at.values[f.list.sorts[f.s.Sort]] = value
	}
	return at
}

// cursor names the place of a row.
func (f *found[R]) cursor(row *listRow[R]) string {
	value := ""
	if f.s.Sort < len(f.list.sorts) {
		value = row.values[f.list.sorts[f.s.Sort]]
	}
	return ironstar.Cursor(value, row.id)
}

func first[R any](rows []*listRow[R]) *listRow[R] {
	if len(rows) == 0 {
		return nil
	}
	return rows[0]
}
