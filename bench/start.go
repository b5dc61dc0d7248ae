package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
	gen "ironstar.dev/gen/todo"
	"ironstar.dev/sqlite"
)

// startFloor is the argument of a process that only opens a log.
const startFloor = "floor-of-start"

// startTail is the number of events after the snapshot in a start after a
// crash: half the number after which a server saves a snapshot.
const startTail = 5000

// measureStart starts the application as a new process, until it reports that
// it serves. The file is in the page cache.
func measureStart(ctx context.Context, b *bench) error {
	app, err := b.binary(ctx, "./cmd/app")
	if err != nil {
		return err
	}
	dir, err := b.folder("start")
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	events, clean, crashed := b.size(1_000_000, 100_000), filepath.Join(dir, "clean.db"), filepath.Join(dir, "crashed.db")
	b.progress("  writing %d events, twice", events)
	if err := errors.Join(fillLog(ctx, clean, events), fillLog(ctx, crashed, events)); err != nil {
		return err
	}
	for _, db := range []string{clean, crashed} {
		if _, err := startAndStop(ctx, app, db); err != nil { // saves a snapshot
			return err
		}
	}
	if err := appendTail(ctx, crashed); err != nil {
		return err
	}
	what := fmt.Sprintf("%dk events", events/1000)
	return b.compare(ctx, experiment{
		within: time.Minute,
		metrics: []metric{
			{"start with a snapshot, " + what, duration, atMost(duration, 0.150)},
			{fmt.Sprintf("start after a crash, %s, %dk after the snapshot", what, startTail/1000), duration, aim{}},
			{"start without a snapshot, " + what, duration, aim{}},
		},
		ours: func(ctx context.Context, _ int) ([]float64, error) {
			withTail, err := startAndKill(ctx, app, "-addr", "127.0.0.1:0", "-db", crashed)
			if err != nil {
				return nil, err
			}
			with, err := startAndKill(ctx, app, "-addr", "127.0.0.1:0", "-db", clean)
			if err != nil {
				return nil, err
			}
			if err := forgetSnapshots(ctx, clean); err != nil {
				return nil, err
			}
			without, err := startAndStop(ctx, app, clean)
			return []float64{with, withTail, without}, err
		},
		floor: func(ctx context.Context, _ int) ([]float64, error) {
			bare, err := startAndKill(ctx, self, startFloor, clean)
			return []float64{bare, bare, bare}, err
		},
	})
}

// startAndKill starts a process and kills it when it serves. It returns the
// seconds until then.
func startAndKill(ctx context.Context, name string, args ...string) (float64, error) {
	begun := time.Now()
	p, err := startProcess(ctx, nil, name, args...)
	took := time.Since(begun).Seconds()
	if err == nil {
		p.stop()
	}
	return took, err
}

// startAndStop starts the application and stops it as an operator does.
func startAndStop(ctx context.Context, app, db string) (float64, error) {
	begun := time.Now()
	p, err := startProcess(ctx, nil, app, "-addr", "127.0.0.1:0", "-db", db)
	if err != nil {
		return 0, err
	}
	defer p.stop()
	took := time.Since(begun).Seconds()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		return 0, err
	}
	<-p.drained
	return took, nil
}

// appendTail stores events that no snapshot has.
func appendTail(ctx context.Context, db string) (err error) {
	store, err := sqlite.Open(ctx, db, sqlite.Options{Shapes: gen.ListShapes})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	events, err := listEvents(startTail)
	if err != nil {
		return err
	}
	return store.Append(ctx, ironstar.Append{Stream: ironstar.Stream{Kind: gen.ListKind, ID: "tail"}, Events: events})[0].Err
}

func forgetSnapshots(ctx context.Context, db string) (err error) {
	store, err := sqlite.Open(ctx, db, sqlite.Options{Shapes: gen.ListShapes})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return store.ForgetSnapshots(ctx, func(string, string) bool { return false })
}

// serveStartFloor opens a log and reads its head with the bare driver, reports
// that it serves, as the application would, and waits to be killed.
func serveStartFloor(db string) error {
	conn, err := zs.OpenConn(db, zs.OpenReadWrite)
	if err != nil {
		return err
	}
	st, err := conn.Prepare("SELECT max(position) FROM events")
	if err != nil {
		return err
	}
	if _, err := st.Step(); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%shttp://%d\n", servingOn, st.ColumnInt64(0))
	select {}
}
