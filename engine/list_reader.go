package engine

import "ironstar.dev"

// ListPage is a page of a list, for a package that shows it: package live.
type ListPage[R any] struct {
	rows   *listRows[R]
	engine *Engine
	a      *asked
	key    string
}

// At returns a page. actor is the user of the request, "" in a list that is the same for
// everybody.
func (r *ListReader[R, Q]) At(q Q, actor string) *ListPage[R] {
	return &ListPage[R]{r.rows, r.engine, newAsked(r.query(q, actor)), q.Query() + "\x00" + actor}
}

// Read calls f with what the page shows, a position that is another one whenever the
// page may show something else, and the position up to which all events are in the
// list. f runs outside of all locks. The error is that of f.
func (p *ListPage[R]) Read(_ string, f func(page ironstar.Page[R], stamp, asOf ironstar.Position) error) error {
	applied := p.engine.Applied() // before the rows are read, so that it is not too new
	page, stamp := p.rows.pageOf(p.a, p.key)
	return f(*page, stamp, max(applied, stamp))
}

// pageOf returns a page. If somebody watches it, it is not read again without need.
func (l *listRows[R]) pageOf(a *asked, key string) (*ironstar.Page[R], ironstar.Position) {
	l.mu.Lock()
	if w := l.byKey[key]; w != nil {
		l.mu.Unlock()
		return l.refresh(w)
	}
	f := l.find(a)
	if a.isAll() {
		defer l.mu.Unlock()
		return f.made(f.page()), f.changed
	}
	l.mu.Unlock()
	return f.made(f.page()), f.changed
}

// Notify calls changed whenever the page may show something else, until stop is
// called, which is required. changed runs under the lock of the list: it must return at
// once and must not read. There is never an error.
func (p *ListPage[R]) Notify(_ string, changed func()) (stop func(), err error) {
	by := &watch{changed}
	p.rows.mu.Lock()
	defer p.rows.mu.Unlock()
	w := p.rows.watch(p.key, p.a)
	w.watchers = append(w.watchers, by)
	return func() {
		p.rows.mu.Lock()
		defer p.rows.mu.Unlock()
		p.rows.leave(w, by)
	}, nil
}
