package query_test

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/internal/leak"
	"ironstar.dev/query"
	"ironstar.dev/query/sqlitetables"
	"ironstar.dev/sqlite"
)

func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "30"); err != nil { // each opens several files; the command line can ask for more
		panic(err)
	}
	os.Exit(leak.Run(m))
}

// sale is the event of the tests: Sold or Returned.
type sale struct {
	Item  string `json:"item"`
	Units int64  `json:"units"`
}

// shop is the layout of the tests' tables, one for each of the two events. An event of
// another type has no table; one named Broken cannot be laid out.
func shop() *ironstar.TableSet {
	columns := append(slices.Clone(ironstar.EventColumns),
		ironstar.Column{Name: "item", Type: ironstar.ColumnType{Kind: ironstar.TextColumn}},
		ironstar.Column{Name: "units", Type: ironstar.ColumnType{Kind: ironstar.IntColumn}})
	return &ironstar.TableSet{Context: "shop", Fingerprint: "shop 1", Aggregates: []ironstar.EventTables{{
		Kind:   "shop.Sale",
		Tables: []ironstar.EventTable{{Name: "sale_sold", Columns: columns}, {Name: "sale_returned", Columns: columns}},
		Rows: func(r *ironstar.Record, add func(int, []any)) error {
			table := slices.Index([]string{"Sold", "Returned"}, r.Type)
			switch {
			case r.Type == "Broken":
				return fmt.Errorf("it is broken")
			case r.Type == "Panics":
				panic("it panics")
			case table < 0:
				return nil
			}
			var s sale
			if err := json.Unmarshal(r.Payload, &s); err != nil {
				return err
			}
			add(table, []any{int64(r.Position), r.Stream.ID, int64(r.Sequence), r.RecordedAt, s.Item, s.Units})
			return nil
		},
	}}}
}

// span is the parameter of the tests' query: how long its window is, and when it ends.
type span struct {
	Length time.Duration // 0: there is no window
	Until  time.Time     // the zero time: now
	Item   string        // "": all
}

// sum is a row of the answer.
type sum struct {
	Item     string
	N, Units int64
}

const sumsSQL = `SELECT item, count(*) AS n, sum(units) AS units FROM sale_sold
WHERE ($item = '' OR item = $item) AND _at >= $from AND _at < $until GROUP BY item ORDER BY item`

// Of the tests' query.
const (
	round = time.Minute
	fresh = 2 * time.Second
)

// sums sums up what was sold in a window of time.
func sums() ironstar.Query[sum, span] {
	text, whole := ironstar.ColumnType{Kind: ironstar.TextColumn}, ironstar.ColumnType{Kind: ironstar.IntColumn}
	return ironstar.Query[sum, span]{
		Name: "shop.Sums", Fingerprint: "1",
		Ways:   []ironstar.QueryWay{{Engine: "none"}, {Engine: "sqlite", SQL: sumsSQL, File: "shop/sums.sql"}},
		Tables: shop(), Reads: []string{"sale_sold"},
		Columns: []ironstar.Column{{Name: "item", Type: text}, {Name: "n", Type: whole}, {Name: "units", Type: whole}},
		Rows:    1000, Fresh: fresh, Within: time.Minute, Round: round,
		Window: func(s span) *ironstar.Window { return &ironstar.Window{Span: s.Length, Until: s.Until} },
		Args: func(s span) []ironstar.QueryArg {
			return []ironstar.QueryArg{{Name: "item", Type: text, Value: s.Item}}
		},
		Key:  func(s span) string { return fmt.Sprint(s.Length, s.Until.UnixMicro(), s.Item) },
		Scan: func(v []any) (sum, error) { return sum{v[0].(string), v[1].(int64), v[2].(int64)}, nil },
	}
}

// sumsOf answers the query in Go.
func sumsOf(log []*ironstar.Record, s span, w ironstar.Window) []sum {
	by := map[string]*sum{}
	for _, r := range log {
		var is sale
		if r.Type != "Sold" || json.Unmarshal(r.Payload, &is) != nil || s.Item != "" && is.Item != s.Item {
			continue
		}
		if at := r.RecordedAt; at.Before(w.From) || !at.Before(w.Until) {
			continue
		}
		if by[is.Item] == nil {
			by[is.Item] = &sum{Item: is.Item}
		}
		by[is.Item].N++
		by[is.Item].Units += is.Units
	}
	all := []sum{}
	for _, one := range by {
		all = append(all, *one)
	}
	slices.SortFunc(all, func(a, b sum) int { return cmp.Compare(a.Item, b.Item) })
	return all
}

// gate is a store whose followers get records only up to a position.
type gate struct {
	ironstar.Store
	mu      sync.Mutex
	open    ironstar.Position
	changed chan struct{}
	err     error // reading returns it
}

func newGate(s ironstar.Store) *gate { return &gate{Store: s, changed: make(chan struct{})} }

// until lets records up to a position through.
func (g *gate) until(p ironstar.Position) { g.set(max(p, g.reached()), nil) }

func (g *gate) set(p ironstar.Position, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open, g.err = p, err
	close(g.changed)
	g.changed = make(chan struct{})
}

func (g *gate) reached() ironstar.Position {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.open
}

// pass waits until a position may pass.
func (g *gate) pass(ctx context.Context, p ironstar.Position) error {
	for {
		g.mu.Lock()
		open, changed, err := g.open, g.changed, g.err
		g.mu.Unlock()
		if err != nil || open >= p {
			return err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (g *gate) Log(ctx context.Context, after ironstar.Position, prepare ...func(*ironstar.Record)) iter.Seq2[*ironstar.Record, error] {
	return g.gated(ctx, g.Store.Log(ctx, after, prepare...))
}

func (g *gate) Follow(ctx context.Context, after ironstar.Position) iter.Seq2[*ironstar.Record, error] {
	return g.gated(ctx, g.Store.Follow(ctx, after))
}

func (g *gate) gated(ctx context.Context, log iter.Seq2[*ironstar.Record, error]) iter.Seq2[*ironstar.Record, error] {
	return func(yield func(*ironstar.Record, error) bool) {
		for r, err := range log {
			if err == nil {
				err = g.pass(ctx, r.Position)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

// computed is a question that tables were asked.
type computed struct {
	at   time.Time
	item any
	span time.Duration
	run  int // of the process
}

// counting is SQLite's engine, which notes what it is asked.
type counting struct {
	sqlitetables.Engine
	mu     sync.Mutex
	asked  []computed
	run    int
	before func(context.Context) error // called before each question; may be nil
	open   func() error                // called before tables are opened; may be nil
}

func (c *counting) Open(ctx context.Context, o query.OpenOptions) (query.Tables, error) {
	if c.open != nil {
		if err := c.open(); err != nil {
			return nil, err
		}
	}
	t, err := c.Engine.Open(ctx, o)
	return &countingTables{t, c}, err
}

type countingTables struct {
	query.Tables
	of *counting
}

func (t *countingTables) Ask(ctx context.Context, q *query.Question, args []ironstar.QueryArg, row func([]any) error) (ironstar.Position, error) {
	t.of.mu.Lock()
	length := args[2].Value.(time.Time).Sub(args[1].Value.(time.Time))
	t.of.asked = append(t.of.asked, computed{time.Now(), args[0].Value, length, t.of.run})
	before := t.of.before
	t.of.mu.Unlock()
	if before != nil {
		if err := before(ctx); err != nil {
			return 0, err
		}
	}
	return t.Tables.Ask(ctx, q, args, row)
}

func (c *counting) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.asked)
}

// place is an application with one query: a log, and tables beside it.
type place struct {
	tb     testing.TB
	dir    string
	store  *sqlite.Store
	gate   *gate
	engine *counting
	limits query.Limits
	logs   *logged

	reader *query.Reader[sum, span]
	runner *query.Runner
	stop   func()
}

// failing is what tests and askers have in common.
type failing interface{ Errorf(string, ...any) }

// newPlace makes an application that does not run yet.
func newPlace(tb testing.TB) *place {
	p := &place{tb: tb, dir: tb.TempDir(), engine: &counting{}, logs: &logged{}}
	p.openStore()
	return p
}

func (p *place) openStore() {
	store, err := sqlite.Open(context.Background(), filepath.Join(p.dir, "log.db"), sqlite.Options{})
	if err != nil {
		p.tb.Fatal(err)
	}
	p.store, p.gate = store, newGate(store)
}

// start runs the queries until stop is called.
func (p *place) start(more ...func(*query.Options)) {
	p.engine.run++
	e := engine.New(p.gate, engine.Options{})
	p.reader = query.Register(e, sums())
	o := query.Options{Store: p.gate, Engine: e, Dir: p.folder(), Engines: []query.Engine{p.engine}, Limits: p.limits, Logger: slog.New(p.logs)}
	for _, f := range more {
		f(&o)
	}
	p.runner = query.New(o)
	ctx, cancel := context.WithCancel(context.Background())
	var work sync.WaitGroup
	work.Go(func() { p.runner.Run(ctx) })
	p.stop = func() { cancel(); work.Wait() }
}

func (p *place) folder() string { return filepath.Join(p.dir, "log.queries") }

func (p *place) close() {
	p.stop()
	if err := p.store.Close(); err != nil {
		p.tb.Error(err)
	}
}

// append stores events and lets them pass the gate if they shall.
func (p *place) append(pass bool, types ...string) ironstar.Position {
	p.tb.Helper()
	var head ironstar.Position
	for i, name := range types {
		payload, _ := json.Marshal(sale{Item: []string{"tea", "rice", "salt"}[i%3], Units: int64(i + 1)})
		stream := ironstar.Stream{Kind: "shop.Sale", ID: ironstar.NewUUID().String()}
		o := p.store.Append(context.Background(), ironstar.Append{Stream: stream, Events: []ironstar.Proposed{{Type: name, SchemaVersion: 1, Shape: name, Payload: payload}}})
		if o[0].Err != nil {
			p.tb.Fatal(o[0].Err)
		}
		head = o[0].Receipt.Last
	}
	if pass {
		p.gate.until(head)
	}
	return head
}

// log is everything that is stored.
func (p *place) log(tb failing) (all []*ironstar.Record) {
	for r, err := range p.store.Log(context.Background(), 0) {
		if err != nil {
			tb.Errorf("%v", err)
			return all
		}
		all = append(all, r)
	}
	return all
}

// right checks that an answer is that of the log up to its position.
func (p *place) right(tb failing, s span, a ironstar.Answer[sum]) {
	log := p.log(tb)
	if int(a.Position) > len(log) || a.Position > p.gate.reached() {
		tb.Errorf("an answer is at %d; the log ends at %d, and the tables can be at most at %d", a.Position, len(log), p.gate.reached())
		return
	}
	if want := sumsOf(log[:a.Position], s, a.Window); !slices.Equal(a.Rows, want) {
		tb.Errorf("at %d, window %v: got %v, want %v", a.Position, a.Window, a.Rows, want)
	}
}

// ask waits for an answer that includes a position, and checks it.
func (p *place) ask(s span, at ironstar.Position) ironstar.Answer[sum] {
	p.tb.Helper()
	a, err := p.reader.Ask(context.Background(), s, at)
	if err != nil {
		p.tb.Fatalf("ask: %v", err)
	}
	if a.Position < at {
		p.tb.Fatalf("an answer at %d was waited for, and is at %d", at, a.Position)
	}
	p.right(p.tb, s, a)
	return a
}

// logged collects what is logged at level Error and Warn.
type logged struct {
	mu    sync.Mutex
	lines []string
}

func (l *logged) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }
func (l *logged) WithAttrs([]slog.Attr) slog.Handler               { return l }
func (l *logged) WithGroup(string) slog.Handler                    { return l }
func (l *logged) Handle(_ context.Context, r slog.Record) error {
	attrs := map[string]string{}
	r.Attrs(func(a slog.Attr) bool { attrs[a.Key] = a.Value.String(); return true })
	l.mu.Lock()
	defer l.mu.Unlock()
	line := r.Level.String() + " " + r.Message
	for _, key := range slices.Sorted(maps.Keys(attrs)) {
		line += " " + key + "=" + attrs[key]
	}
	l.lines = append(l.lines, line)
	return nil
}

func (l *logged) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.lines)
}
