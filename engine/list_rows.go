package engine

import (
	"maps"
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
	columns listColumns[R]
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
	slot   int      // in listColumns; guarded by listRows.mu
}

func newListRows[R any](sorts, sets, words []int) *listRows[R] {
	l := &listRows[R]{sorts: sorts, sets: sets, columns: listColumns[R]{words: map[int]bool{}}, rows: map[string]*listRow[R]{}, failed: map[string]*ViewError{}, byKey: map[string]*watchedPage[R]{}}
	for _, v := range words {
		l.columns.words[v] = true
	}
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
	l.columns.put(old, row)
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

// found are the rows that are asked for, in the order that is asked for.
type found[R any] struct {
	list     *listRows[R]
	a        *asked
	changed  ironstar.Position // listRows.changed at that time
	withheld int               // at that time
	total    int
	tree     *btree.BTreeG[*listRow[R]] // all rows, in its order; nil: these are in some
	some     []*listRow[R]              // those that match, in order; before look they may not match
	few      int                        // how many rows are sorted instead of walking through an order
	columns  listSnapshot[R]            // where look searches
	within   *ironstar.Between          // a range that is looked at first; nil if there is none
	ranged   *btree.BTreeG[*listRow[R]] // all rows, in the order of that range
}

// fewRows is the part of all rows that is sorted instead of walking through an order.
const fewRows = 16

// find takes what reading needs, as of now. l.mu is held. If all rows are asked for, it
// has to be held while the page is read, too, which is soon done. Otherwise look and what
// follows do without: what they read does not change.
func (l *listRows[R]) find(a *asked) *found[R] {
	f := &found[R]{list: l, a: a, changed: l.changed, withheld: len(l.failed), tree: l.orders[a.Sort], total: len(l.rows), few: len(l.rows)/fewRows + 1}
	if a.isAll() {
		return f
	}
	set, n := l.fewest(a)
	switch {
	case n < f.few:
		f.tree, f.some = nil, slices.AppendSeq(make([]*listRow[R], 0, n), maps.Keys(set))
		return f
	case set != nil && len(a.Equal) == 1 && len(a.Ranges) == 0 && len(a.Words) == 0:
		f.total = n // nothing has to be counted
	default:
		f.columns = l.columns.snapshot()
		f.within, f.ranged = l.sortedRange(a)
	}
	f.tree = f.tree.Copy() // when its next change comes
	return f
}

// look finds the rows that match. If they are few, they are sorted; if they are many, a
// page of them is found soon on a walk through the order.
func (f *found[R]) look() {
	switch {
	case f.within != nil && f.lookWithin():
	case f.columns != nil:
		f.total, f.some = f.columns.matching(f.a, f.few)
	case f.tree == nil:
		f.some = slices.DeleteFunc(f.some, func(row *listRow[R]) bool { return !row.matches(f.a) })
		f.total = len(f.some)
	default:
		return // the total is known
	}
	if f.total <= f.few {
		f.tree = nil
		slices.SortFunc(f.some, f.compare)
	}
}

// sortedRange returns a range of a value that rows are sorted by, and all rows in that
// order. l.mu is held.
func (l *listRows[R]) sortedRange(a *asked) (*ironstar.Between, *btree.BTreeG[*listRow[R]]) {
	for i := range a.Ranges {
		if sort := slices.Index(l.sorts, a.Ranges[i].Value); sort >= 0 {
			return &a.Ranges[i], l.orders[sort].Copy()
		}
	}
	return nil, nil
}

// fewWithin is how many rows of a range are looked at one by one: as many as take a small
// part of the time for the numbers of all rows.
const fewWithin = 256

// lookWithin finds the rows that match among those in a range, unless these are many.
func (f *found[R]) lookWithin() bool {
	from := &listRow[R]{values: make([]string, f.within.Value+1)}
	from.values[f.within.Value] = f.within.From
	looked := 0
	f.ranged.Ascend(from, func(row *listRow[R]) bool {
		if isBeyond(f.within, row.values[f.within.Value], true) {
			return false
		}
		if row.matches(f.a) {
			f.some = append(f.some, row)
		}
		looked++
		return looked <= min(fewWithin, f.few)
	})
	if f.total = len(f.some); looked <= min(fewWithin, f.few) {
		return true
	}
	f.some = nil
	return false
}

// fewest returns the smallest set of rows that have a value that is asked for.
func (l *listRows[R]) fewest(a *asked) (fewest map[*listRow[R]]struct{}, n int) {
	n = len(l.rows)
	for _, e := range a.Equal {
		if i := slices.Index(l.sets, e.Value); i >= 0 {
			if set := l.equal[i][e.Text]; len(set) <= n {
				fewest, n = set, len(set)
			}
		}
	}
	return fewest, n
}

// compare is the order in which a page shows two rows.
func (f *found[R]) compare(a, b *listRow[R]) int {
	if f.a.Down {
		return f.list.compare(f.a.Sort, b, a)
	}
	return f.list.compare(f.a.Sort, a, b)
}

// walk calls yield with the rows that match, behind a row, or back from it to the
// first one, until yield returns false. from need not be in the list; nil is where
// the walk can begin first.
func (f *found[R]) walk(from *listRow[R], back bool, yield func(*listRow[R]) bool) {
	if f.tree == nil {
		f.walkSome(from, back, yield)
		return
	}
	up := back == f.a.Down
	within := f.a.sortedWithin(f.list.sorts)
	if from == nil && within != nil {
		from = f.end(within, up)
	}
	step := func(row *listRow[R]) bool {
		if within != nil && isBeyond(within, row.values[within.Value], up) {
			return false
		}
		if from != nil && f.compare(row, from) == 0 || !row.matches(f.a) {
			return true
		}
		return yield(row)
	}
	switch {
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

// isBeyond reports whether a walk has left a range.
func isBeyond(b *ironstar.Between, value string, up bool) bool {
	if up {
		return b.To != "" && value > b.To
	}
	return value < b.From
}

// end returns the place in front of the first row of a range, on a walk up or down.
func (f *found[R]) end(b *ironstar.Between, up bool) *listRow[R] {
	at := &listRow[R]{values: make([]string, b.Value+1)}
	at.values[b.Value] = b.From
	if !up {
		if b.To == "" {
			return nil
		}
		at.values[b.Value], at.id = b.To, "\xff" // behind all ids
	}
	return at
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

// page returns the rows of a page.
func (f *found[R]) page() (p shown[R]) {
	f.look()
	n := max(1, f.a.Size)
	after, before := f.at(f.a.After), f.at(f.a.Before)
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
	if f.a.Sort < len(f.list.sorts) {
		at.values = make([]string, f.list.sorts[f.a.Sort]+1)
		at.values[f.list.sorts[f.a.Sort]] = value
	}
	return at
}

// cursor names the place of a row.
func (f *found[R]) cursor(row *listRow[R]) string {
	value := ""
	if f.a.Sort < len(f.list.sorts) {
		value = row.values[f.list.sorts[f.a.Sort]]
	}
	return ironstar.Cursor(value, row.id)
}

func first[R any](rows []*listRow[R]) *listRow[R] {
	if len(rows) == 0 {
		return nil
	}
	return rows[0]
}
