package query_test

import (
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/query"
)

// total is the state of a global view.
type total struct{ units map[string]int64 }

func totals() ironstar.View[*total] {
	return ironstar.View[*total]{
		Name: "shop.Total", By: ironstar.Global, Kinds: []string{"shop.Sale"},
		Initial: func(string) *total { return &total{map[string]int64{}} },
		Evolve: func(_ string, t *total, r *ironstar.Record) (*total, bool, error) {
			var s sale
			if r.Type != "Sold" {
				return t, false, nil
			}
			err := json.Unmarshal(r.Payload, &s)
			t.units[s.Item] += s.Units
			return t, true, err
		},
	}
}

// TestView: a query that asks a view needs no tables, and its answers change with the view.
func TestView(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlace(t)
		head := p.append(true, "Sold", "Sold", "Other")
		e := engine.New(p.store, engine.Options{})
		engine.Follow(e, totals())
		q := sums()
		q.Ways, q.Tables, q.View, q.Rows = []ironstar.QueryWay{{Engine: "view"}}, nil, "shop.Total", 2
		q.FromView = func(state any, s span, _ ironstar.Window) (rows []sum) {
			for item, units := range state.(*total).units {
				if s.Item == "" || s.Item == item {
					rows = append(rows, sum{Item: item, Units: units})
				}
			}
			return rows
		}
		p.reader = query.Register(e, q)
		p.runner = query.New(query.Options{Store: p.store, Engine: e, Dir: p.folder()})
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { p.runner.Run(ctx) })
		defer func() { cancel(); running.Wait(); _ = e.Close(); _ = p.store.Close() }()
		if a := p.shown(day); !a.Loading {
			t.Errorf("before the engine has started: %+v", a)
		}
		if err := e.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		is := func(s span, position ironstar.Position, rows int, units int64, more bool) {
			t.Helper()
			a, err := p.reader.Ask(t.Context(), s, position)
			if err != nil || a.Position < position || len(a.Rows) != rows || a.Rows[0].Units != units || a.More != more {
				t.Errorf("got %+v, %v", a, err)
			}
		}
		tea := span{Length: time.Hour, Item: "tea"}
		is(tea, head, 1, 1, false)
		var woken atomic.Int32
		stop, err := p.reader.At(tea).Notify("", func() { woken.Add(1) })
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
		time.Sleep(fresh)
		head = p.append(true, "Sold", "Sold", "Sold")
		synctest.Wait()
		if a := p.shown(tea); a.Rows[0].Units != 2 || woken.Load() == 0 {
			t.Errorf("watched: %+v, woken %d times", a, woken.Load())
		}
		is(tea, head, 1, 2, false)
		if a, err := p.reader.Ask(t.Context(), day, 0); err != nil || len(a.Rows) != 2 || !a.More {
			t.Errorf("more than two rows: %+v, %v", a, err)
		}
	})
}
