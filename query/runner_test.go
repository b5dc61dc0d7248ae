package query_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/query"
)

var day = span{Length: 24 * time.Hour}

// inPlace runs a test on a fake clock, in an application that does not run yet.
func inPlace(t *testing.T, f func(t *testing.T, p *place)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t)
		p.stop = func() {}
		defer p.close()
		f(t, p)
	})
}

// shown is what a page shows now.
func (p *place) shown(s span) (a ironstar.Answer[sum]) {
	p.tb.Helper()
	err := p.reader.At(s).Read("", func(at ironstar.Answer[sum], _, _ ironstar.Position) error {
		a = at
		return nil
	})
	if err != nil {
		p.tb.Fatal(err)
	}
	if !a.Loading && a.At.IsZero() && a.Err == nil {
		p.tb.Fatalf("an answer without an error was not computed: %+v", a)
	}
	return a
}

func TestAnswerIsThatOfTheLog(t *testing.T) {
	inPlace(t, func(t *testing.T, p *place) {
		p.append(true, "Sold", "Sold", "Other", "Returned", "Sold")
		p.start()
		if a := p.ask(day, 5); len(a.Rows) != 2 || a.Position != 5 || a.Loading || a.More || a.Late != 0 {
			t.Errorf("got %+v", a)
		}
		p.ask(span{Length: time.Hour, Item: "tea"}, p.append(true, "Sold"))
		p.ask(day, 6)
	})
}

func TestBeforeTheTablesAreOpen(t *testing.T) {
	inPlace(t, func(t *testing.T, p *place) {
		p.append(true, "Sold")
		e := engine.New(p.gate, engine.Options{})
		alone := query.Register(e, sums())
		if a, err := alone.Ask(t.Context(), day, 0); err == nil || !a.Loading {
			t.Errorf("without a runner: %+v, %v", a, err)
		}
		if _, err := alone.At(day).Notify("", nil); err == nil {
			t.Error("without a runner, a watcher would wait for ever")
		}
		opening := make(chan struct{})
		p.engine.open = func() error { <-opening; return nil }
		p.start()
		began := time.Now()
		if a := p.shown(day); !a.Loading || a.Err != nil || time.Since(began) != 300*time.Millisecond {
			t.Errorf("while the tables are opened: %+v after %v", a, time.Since(began))
		}
		close(opening)
		p.ask(day, 1)
		if a := p.shown(day); a.Loading || len(a.Rows) != 1 {
			t.Errorf("when they are open: %+v", a)
		}
	})
}

// TestAnotherProcessHasTheFile: opening is tried again until the file is free, without an
// error.
func TestAnotherProcessHasTheFile(t *testing.T) {
	inPlace(t, func(t *testing.T, p *place) {
		p.append(true, "Sold")
		tries := 0
		p.engine.open = func() error {
			if tries++; tries < 5 {
				return query.ErrLocked
			}
			return nil
		}
		p.start()
		if a := p.shown(day); !a.Loading || a.Err != nil {
			t.Errorf("got %+v", a)
		}
		p.ask(day, 1)
		if lines := p.logs.all(); tries != 5 || len(lines) > 0 {
			t.Errorf("opened %d times; logged %q", tries, lines)
		}
	})
}

func TestFindsQueries(t *testing.T) {
	e := engine.New(nil, engine.Options{})
	made := query.Register(e, sums())
	var found *query.Reader[sum, span]
	if err := query.Find(e, "shop.Sums", &found); err != nil || found != made || found.Query().Name != "shop.Sums" {
		t.Errorf("got %v, %v", found, err)
	}
	var other *query.Reader[string, span]
	if err := query.Find(e, "shop.Sums", &other); err == nil || !strings.Contains(err.Error(), "shop.Sums is a") {
		t.Errorf("another type: %v", err)
	}
	if err := query.Find(e, "shop.None", &found); err == nil || !strings.Contains(err.Error(), "no query shop.None") {
		t.Errorf("another name: %v", err)
	}
}

// askOther runs the application with a changed query, and asks it.
func (p *place) askOther(t *testing.T, q ironstar.Query[sum, span], f func(ironstar.Answer[sum]) error) error {
	e := engine.New(p.gate, engine.Options{})
	reader := query.Register(e, q)
	p.start(func(o *query.Options) { o.Engine = e })
	a, err := reader.Ask(t.Context(), day, 0)
	if err != nil {
		return err
	}
	return f(a)
}

// refusedBy runs a changed query and returns the error that its answers have.
func refusedBy(t *testing.T, p *place, change func(*ironstar.Query[sum, span])) error {
	t.Helper()
	q := sums()
	change(&q)
	e := engine.New(p.gate, engine.Options{})
	reader := query.Register(e, q)
	p.start(func(o *query.Options) { o.Engine = e })
	p.reader = reader
	a, err := reader.Ask(t.Context(), day, 0)
	shown := p.shown(day)
	if err == nil || shown.Err == nil || a.Err == nil || shown.Err.Error() != err.Error() {
		t.Errorf("Ask returned %v, and a page shows %v", err, shown.Err)
	}
	return err
}

func TestQueriesThatCannotBeAsked(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*ironstar.Query[sum, span])
		is     error
		says   string
	}{
		"no engine": {func(q *ironstar.Query[sum, span]) { q.Ways = []ironstar.QueryWay{{Engine: "duckdb"}} }, ironstar.ErrNoEngine, "query shop.Sums needs an engine duckdb"},
		"no way":    {func(q *ironstar.Query[sum, span]) { q.Ways = nil }, ironstar.ErrNoEngine, ""},
		"no view": {func(q *ironstar.Query[sum, span]) {
			q.Ways, q.View = []ironstar.QueryWay{{Engine: "view"}}, "shop.House"
		}, nil, "no global view shop.House"},
		"wrong SQL": {func(q *ironstar.Query[sum, span]) { q.Ways[1].SQL = "SELEC" }, query.ErrSQL, "shop/sums.sql"},
		"a table that it does not name": {func(q *ironstar.Query[sum, span]) {
			q.Ways[1].SQL = strings.ReplaceAll(sumsSQL, "sale_sold", "sale_returned")
		}, query.ErrSQL, "sale_returned"},
		"a row that cannot be read": {func(q *ironstar.Query[sum, span]) {
			q.Scan = func([]any) (sum, error) { return sum{}, errors.New("no such sum") }
		}, nil, "no such sum"},
		"a panic": {func(q *ironstar.Query[sum, span]) {
			q.Scan = func([]any) (sum, error) { panic("scanned") }
		}, nil, "scanned"},
		"a panic in the parameters": {func(q *ironstar.Query[sum, span]) {
			q.Args = func(span) []ironstar.QueryArg { panic("no parameters") }
		}, nil, "no parameters"},
	} {
		t.Run(name, func(t *testing.T) {
			inPlace(t, func(t *testing.T, p *place) {
				p.append(true, "Sold")
				err := refusedBy(t, p, test.change)
				if test.is != nil && !errors.Is(err, test.is) || err == nil || !strings.Contains(err.Error(), test.says) {
					t.Errorf("got %v, want %q", err, test.says)
				}
			})
		})
	}
}

// TestBrokenEventStopsTheTables: nobody may believe that events behind it are missing by
// chance.
func TestBrokenEventStopsTheTables(t *testing.T) {
	for _, broken := range []string{"Broken", "Panics"} {
		inPlace(t, func(t *testing.T, p *place) {
			p.append(true, "Sold", "Sold", broken, "Sold")
			p.start()
			for range 3 {
				a, err := p.reader.Ask(t.Context(), day, 4)
				if err == nil || a.Err == nil || !strings.Contains(err.Error(), "position 3") {
					t.Fatalf("got %+v, %v", a, err)
				}
				time.Sleep(10 * time.Second)
			}
			a := p.shown(day)
			if a.Position != 2 || len(a.Rows) != 2 || a.Err == nil || a.Late == 0 {
				t.Errorf("a page shows %+v", a)
			}
			p.append(true, "Sold")
			var stops []string
			for _, line := range p.logs.all() {
				if strings.Contains(line, "are not fed") {
					stops = append(stops, line)
				}
			}
			if len(stops) != 1 {
				t.Errorf("logged %q", stops)
			}
			if all := p.runner.Tables(); len(all) != 1 || all[0].Name != "shop.sqlite" || all[0].Position != 2 || all[0].Err == nil {
				t.Errorf("tables: %+v", all)
			}
		})
	}
}

// TestStoreFails: reading is tried again, and meanwhile the answers say what they lack.
func TestStoreFails(t *testing.T) {
	inPlace(t, func(t *testing.T, p *place) {
		head := p.append(true, "Sold")
		p.start()
		p.ask(day, head)
		stop, err := p.reader.At(day).Notify("", func() {})
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
		p.gate.set(head, errors.New("the disk is gone"))
		head = p.append(false, "Sold")
		time.Sleep(time.Minute)
		if a := p.shown(day); a.Err == nil || !strings.Contains(a.Err.Error(), "disk is gone") || a.Late < 50*time.Second || len(a.Rows) != 1 || a.Position != 1 {
			t.Errorf("got %+v", a)
		}
		p.gate.set(head, nil)
		time.Sleep(time.Minute)
		synctest.Wait()
		if a := p.shown(day); a.Err != nil || a.Late != 0 || a.Position != head {
			t.Errorf("later: %+v", a)
		}
	})
}

func TestStartedAgain(t *testing.T) {
	inPlace(t, func(t *testing.T, p *place) {
		for range 4 {
			head := p.append(true, "Sold", "Sold", "Other")
			p.start()
			p.ask(day, head)
			p.stop()
		}
		if lines := p.logs.all(); len(lines) > 0 {
			t.Errorf("logged %q", lines)
		}
	})
}

// TestBackupThatGrewAgain: a log that was restored has the same name, and perhaps as many
// events.
func TestBackupThatGrewAgain(t *testing.T) {
	inPlace(t, func(t *testing.T, p *place) {
		log := filepath.Join(p.dir, "log.db")
		p.append(true, "Sold", "Sold")
		if err := p.store.Close(); err != nil {
			t.Fatal(err)
		}
		backup, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		p.openStore()
		p.append(true, "Sold", "Sold", "Sold")
		p.start()
		p.ask(day, 5)
		p.close()
		for _, name := range []string{log + "-wal", log + "-shm", log + ".lock"} {
			_ = os.Remove(name)
		}
		if err := os.WriteFile(log, backup, 0o600); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		p.openStore()
		head := p.append(true, "Returned", "Other", "Sold", "Sold")
		p.start()
		p.ask(day, head)
		if lines := p.logs.all(); len(lines) != 1 || !strings.Contains(lines[0], "the log has another event at 5") {
			t.Errorf("logged %q", lines)
		}
	})
}

// TestTwoProcesses: both feed the same file, each as far as it knows the log.
func TestTwoProcesses(t *testing.T) {
	inPlace(t, func(t *testing.T, p *place) {
		p.start()
		second := &place{tb: t, dir: p.dir, store: p.store, gate: newGate(p.store), engine: &counting{}, logs: p.logs}
		second.start()
		defer second.stop()
		for range 5 {
			head := p.append(true, "Sold", "Sold", "Returned")
			p.ask(day, head)
			head = p.append(true, "Sold")
			second.gate.until(head)
			second.ask(day, head)
			p.ask(day, head)
			time.Sleep(fresh)
		}
		if lines := p.logs.all(); len(lines) > 0 {
			t.Errorf("logged %q", lines)
		}
	})
}

// TestDamagedWhileItIsUsed: the tables are made again from the log.
func TestDamagedWhileItIsUsed(t *testing.T) {
	inPlace(t, func(t *testing.T, p *place) {
		p.append(true, slices.Repeat([]string{"Sold"}, 300)...)
		p.start()
		p.ask(day, 300)
		path := filepath.Join(p.folder(), "shop.sqlite")
		for _, name := range []string{path, path + "-wal"} {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for i := 100; i < len(b); i++ {
				b[i] ^= 0x55
			}
			if err := os.WriteFile(name, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		head := p.append(true, "Sold", "Returned", "Sold")
		for range 60 {
			time.Sleep(time.Second)
			if a, err := p.reader.Ask(t.Context(), day, 0); err == nil && a.Position == head {
				break
			}
		}
		p.ask(day, head)
		p.ask(span{Length: time.Hour, Item: "tea"}, head)
	})
}

func TestProgress(t *testing.T) {
	inPlace(t, func(t *testing.T, p *place) {
		p.gate.until(p.append(false, slices.Repeat([]string{"Sold"}, 10)...) - 8)
		var told []query.Progress
		p.start(func(o *query.Options) { o.Progress = func(made query.Progress) { told = append(told, made) } })
		for range 4 {
			time.Sleep(time.Second)
			p.gate.until(p.gate.reached() + 2)
			synctest.Wait()
		}
		p.ask(day, 10)
		p.append(true, "Sold")
		p.ask(day, 11)
		p.stop()
		last := told[len(told)-1]
		if len(told) < 3 || !last.Done || last.At != 10 || last.Head != 10 || last.Tables != "shop.sqlite" || told[0].Done || told[0].Left <= 0 {
			t.Errorf("got %+v", told)
		}
	})
}

// TestPowerLoss: tables that lost their last batches are not asked before they have them
// again.
func TestPowerLoss(t *testing.T) {
	inPlace(t, func(t *testing.T, p *place) {
		head := p.append(true, "Sold", "Sold")
		p.start()
		p.ask(day, head)
		p.stop()
		if err := os.RemoveAll(p.folder()); err != nil {
			t.Fatal(err)
		}
		p.gate.set(1, nil)
		p.start()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if a, err := p.reader.Ask(ctx, day, 0); !errors.Is(err, context.DeadlineExceeded) || !a.Loading {
			t.Errorf("got %+v, %v", a, err)
		}
		p.gate.until(head)
		p.ask(day, 0)
	})
}
