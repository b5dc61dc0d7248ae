package engine

import (
	"slices"
	"sync"

	"ironstar.dev"
)

// watchedPage is a page that somebody watches. The lock of the list guards it.
type watchedPage[R any] struct {
	reading  sync.Mutex // held while it is read again; taken before the lock of the list
	key      string     // of the selection
	index    int        // in listRows.watched
	a        *asked
	watchers []*watch

	shown[R]                   // when it was read last
	count    int               // of the rows that match, now
	withheld int               // when it was read last
	total    int               // the same
	dirty    bool              // it may show something else now, and has to be found again
	replaced bool              // its rows are other ones now, and nothing else about it changed
	hit      ironstar.Position // of the event because of which
	isRead   bool              // it is being read, without the lock
	missed   []rowChange[R]    // since that began
	page     *ironstar.Page[R] // when it was read last
	stamp    ironstar.Position // another one: the page shows something else
}

// rowChange is a row that took the place of another one. Without both, all pages may show
// something else.
type rowChange[R any] struct {
	old, row *listRow[R]
	at       ironstar.Position
}

// watch returns the page for a selection, which it adds if nobody watches it. l.mu is
// held.
func (l *listRows[R]) watch(key string, a *asked) *watchedPage[R] {
	w := l.byKey[key]
	if w == nil {
		w = &watchedPage[R]{key: key, index: len(l.watched), a: a, dirty: true, hit: l.changed}
		l.watched, l.byKey[key] = append(l.watched, w), w
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

// refresh reads a page again if it may show something else, and returns what it shows.
// Rows may change meanwhile; then the page may show something else again.
func (l *listRows[R]) refresh(w *watchedPage[R]) (*ironstar.Page[R], ironstar.Position) {
	w.reading.Lock()
	defer w.reading.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case w.dirty:
	case w.replaced:
		l.renew(w)
		fallthrough
	default:
		return w.page, w.stamp
	}
	f := l.beginReading(w)
	if w.a.isAll() {
		l.endReading(w, f, f.page())
		return w.page, w.stamp
	}
	l.mu.Unlock()
	now := f.page()
	l.mu.Lock()
	l.endReading(w, f, now)
	return w.page, w.stamp
}

// beginReading takes what reading a page needs. l.mu is held.
func (l *listRows[R]) beginReading(w *watchedPage[R]) *found[R] {
	w.dirty, w.isRead = false, true
	return l.find(w.a)
}

// endReading says what a page shows as of beginReading, and then tells it what has
// changed since. l.mu is held.
func (l *listRows[R]) endReading(w *watchedPage[R], f *found[R], now shown[R]) {
	same := w.page != nil && !w.replaced && slices.Equal(now.rows, w.rows) && (now.prev == nil) == (w.prev == nil) && (now.next == nil) == (w.next == nil) &&
		w.withheld == f.withheld && shownTotal(f.total) == w.total
	w.shown, w.withheld, w.count, w.total = now, f.withheld, f.total, shownTotal(f.total)
	if !same {
		w.page, w.stamp = f.made(now), w.hit
	}
	missed := w.missed
	w.missed, w.isRead, w.replaced = nil, false, false
	for _, c := range missed {
		l.tellPage(w, c)
	}
}

// renew says what a page shows after some of its rows were replaced. l.mu is held.
func (l *listRows[R]) renew(w *watchedPage[R]) {
	w.replaced = false
	page := *w.page
	page.Rows = make([]R, len(w.rows))
	for i, row := range w.rows {
		page.Rows[i] = row.row
	}
	w.page, w.stamp = &page, w.hit
}

// replaceIn puts a row in the place of another one at the same place of a page's order, and
// reports whether that is all that changes. l.mu is held.
func (l *listRows[R]) replaceIn(w *watchedPage[R], c rowChange[R]) bool {
	if w.dirty || l.compare(w.a.Sort, c.old, c.row) != 0 {
		return false
	}
	i := slices.Index(w.rows, c.old)
	if i >= 0 {
		w.rows[i] = c.row
		w.replaced = true
		w.wake(c.at)
	}
	return true
}

// shownTotal is what a page shows of a number of rows: all above the bound are alike.
func shownTotal(n int) int { return min(n, ironstar.MaxTotal+1) }

// made returns what a page shows.
func (f *found[R]) made(p shown[R]) *ironstar.Page[R] {
	page := &ironstar.Page[R]{
		Rows: make([]R, len(p.rows)), Withheld: f.withheld,
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

// tell marks the pages that may show something else because a row took the place of
// another one, and wakes who watches them. l.mu is held.
func (l *listRows[R]) tell(old, row *listRow[R], at ironstar.Position) {
	l.changed = at
	for _, w := range l.watched {
		l.tellPage(w, rowChange[R]{old, row, at})
	}
}

// tellAll marks all pages, because a stream is withheld. l.mu is held.
func (l *listRows[R]) tellAll(at ironstar.Position) {
	l.changed = at
	for _, w := range l.watched {
		l.tellPage(w, rowChange[R]{at: at})
	}
}

// tellPage marks a page if it may show something else. A page that is being read is told
// afterwards. l.mu is held.
func (l *listRows[R]) tellPage(w *watchedPage[R], c rowChange[R]) {
	was, is := c.old != nil && c.old.matches(w.a), c.row != nil && c.row.matches(w.a)
	all := c.old == nil && c.row == nil
	switch {
	case !was && !is && !all:
		return
	case w.isRead:
		w.missed = append(w.missed, c)
		return
	}
	if was && is && l.replaceIn(w, c) {
		return
	}
	total := shownTotal(w.count)
	switch {
	case is && !was:
		w.count++
	case was && !is:
		w.count--
	}
	if all || shownTotal(w.count) != total || was && l.touches(w, c.old) || is && l.touches(w, c.row) {
		w.mark(c.at)
	}
}

// mark says that a page has to be found again.
func (w *watchedPage[R]) mark(at ironstar.Position) {
	w.dirty = true
	w.wake(at)
}

// wake wakes the watchers of a page.
func (w *watchedPage[R]) wake(at ironstar.Position) {
	w.hit = at
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
