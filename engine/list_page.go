package engine

import (
	"slices"

	"ironstar.dev"
)

// watchedPage is a page that somebody watches. The lock of the list guards it.
type watchedPage[R any] struct {
	key      string // of the selection
	index    int    // in listRows.watched
	a        *asked
	watchers []*watch

	shown[R]                   // when it was read last
	count    int               // of the rows that match, now
	withheld int               // when it was read last
	total    int               // the same
	dirty    bool              // it may show something else now
	hit      ironstar.Position // of the event because of which
	page     *ironstar.Page[R] // when it was read last
	stamp    ironstar.Position // another one: the page shows something else
}

// watch returns the page for a selection, which it adds if nobody watches it. l.mu is
// held.
func (l *listRows[R]) watch(key string, a *asked) *watchedPage[R] {
	w := l.byKey[key]
	if w == nil {
		w = &watchedPage[R]{key: key, index: len(l.watched), a: a, dirty: true, hit: l.changed}
		l.watched, l.byKey[key] = append(l.watched, w), w
		l.refresh(w)
	}
	return w
}

// leave removes a watcher of a page. l.mu is held.
func (l *listRows[R]) leave(w *watchedPage[R], by *watch) {
	w.watchers = slices.DeleteFunc(w.watchers, func(other *watch) bool { return other == by })
	if len(w.watchers) > 0 {
		return
	}
	end := len(l.watched) - 1
	last := l.watched[end]
	l.watched[w.index], last.index = last, w.index
	l.watched[end] = nil
	l.watched = l.watched[:end]
	delete(l.byKey, w.key)
}

// refresh reads a page again if it may show something else. l.mu is held.
func (l *listRows[R]) refresh(w *watchedPage[R]) {
	if !w.dirty {
		return
	}
	w.dirty = false
	f := l.find(w.a)
	w.count = f.total
	now := f.page()
	same := w.page != nil && slices.Equal(now.rows, w.rows) && (now.prev == nil) == (w.prev == nil) && (now.next == nil) == (w.next == nil) &&
		w.withheld == len(l.failed) && shownTotal(w.count) == w.total
	w.shown, w.withheld, w.total = now, len(l.failed), shownTotal(w.count)
	if !same {
		w.page, w.stamp = f.made(now), w.hit
	}
}

// shownTotal is what a page shows of a number of rows: all above the bound are alike.
func shownTotal(n int) int { return min(n, ironstar.MaxTotal+1) }

// made returns what a page shows.
func (f *found[R]) made(p shown[R]) *ironstar.Page[R] {
	page := &ironstar.Page[R]{
		Rows: make([]R, len(p.rows)), Withheld: len(f.list.failed),
		Total: min(f.total, ironstar.MaxTotal), MoreThan: f.total > ironstar.MaxTotal,
	}
	for i, row := range p.rows {
		page.Rows[i] = row.row
	}
	if p.next != nil {
		page.Next = f.cursor(p.rows[len(p.rows)-1])
	}
	if p.prev != nil {
		page.Previous = f.cursor(p.rows[0])
	}
	return page
}

// read returns a page that nobody watches. l.mu is held.
func (l *listRows[R]) read(a *asked) *ironstar.Page[R] {
	f := l.find(a)
	return f.made(f.page())
}

// tell marks the pages that may show something else because a row took the place of
// another one, and wakes who watches them. l.mu is held.
func (l *listRows[R]) tell(old, row *listRow[R], at ironstar.Position) {
	l.changed = at
	for _, w := range l.watched {
		was, is := old != nil && old.matches(w.a), row != nil && row.matches(w.a)
		total := shownTotal(w.count)
		switch {
		case is && !was:
			w.count++
		case was && !is:
			w.count--
		}
		if shownTotal(w.count) != total || was && l.touches(w, old) || is && l.touches(w, row) {
			w.mark(at)
		}
	}
}

// tellAll marks all pages, because a stream is withheld. l.mu is held.
func (l *listRows[R]) tellAll(at ironstar.Position) {
	l.changed = at
	for _, w := range l.watched {
		w.mark(at)
	}
}

func (w *watchedPage[R]) mark(at ironstar.Position) {
	w.dirty, w.hit = true, at
	for _, by := range w.watchers {
		by.wake()
	}
}

// touches reports whether a row that matches lies on a page, or between it and the
// rows next to it. Other rows do not change what the page shows.
func (l *listRows[R]) touches(w *watchedPage[R], row *listRow[R]) bool {
	low, high := w.prev, w.next
	if w.a.Down {
		low, high = high, low
	}
	return (low == nil || l.compare(w.a.Sort, row, low) >= 0) && (high == nil || l.compare(w.a.Sort, row, high) <= 0)
}
