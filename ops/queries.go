package ops

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"ironstar.dev/engine"
	"ironstar.dev/query"
	"ironstar.dev/query/sqlitetables"
)

// tablesDir returns the folder with the tables of a database's queries.
func tablesDir(db string) string { return db + ".queries" }

// queryEngines lists the engines that queries can be asked in.
func (app App) queryEngines() []query.Engine {
	return append([]query.Engine{sqlitetables.Engine{}}, app.QueryEngines...)
}

// checkQueries returns what is wrong with the SQL of the application's queries.
func (app App) checkQueries(ctx context.Context, parts *engine.Engine) error {
	if len(parts.Queries()) == 0 {
		return nil
	}
	return query.Check(ctx, parts, app.queryEngines())
}

// queries makes what answers the queries of a server. It returns nil if there are none.
func (app App) queries(r Running, out io.Writer) *query.Runner {
	if len(r.Engine.Queries()) == 0 {
		return nil
	}
	return query.New(query.Options{
		Store: r.Store, Engine: r.Engine, Dir: tablesDir(r.Flags.DB), Engines: app.queryEngines(), Progress: tablesProgress(out),
	})
}

// runQueries answers queries until ctx ends.
func runQueries(ctx context.Context, r Running) error {
	r.Queries.Run(ctx)
	return nil
}

// tablesProgress shows how far tables are that are made again. Several may be at once.
func tablesProgress(out io.Writer) func(query.Progress) {
	var mu sync.Mutex
	meters := map[string]*meter{}
	return func(p query.Progress) {
		mu.Lock()
		defer mu.Unlock()
		show := meters[p.Tables]
		if show == nil {
			show = newMeter(out, "making the tables "+p.Tables)
			meters[p.Tables] = show
		}
		if !p.Done {
			show.show(func() string {
				return fmt.Sprintf("%s: %d of %d events, %.0f/s, %v left", show.what, p.At, p.Head, p.PerSecond, p.Left.Round(time.Second))
			})
			return
		}
		show.clear()
		delete(meters, p.Tables)
		if show.reported {
			fmt.Fprintf(out, "the tables %s are made: %d events, %.0f/s\n", p.Tables, p.Head, p.PerSecond)
		}
	}
}
