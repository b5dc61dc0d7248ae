package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
	gen "ironstar.dev/gen/todo"
	"ironstar.dev/internal/app/todo"
	"ironstar.dev/sqlite"
)

// measureLoad loads the state of an aggregate from its stream, as a command to
// an aggregate that is not in memory does.
func measureLoad(ctx context.Context, b *bench) error {
	dir, err := b.folder("load")
	if err != nil {
		return err
	}
	path := filepath.Join(dir, "log.db")
	for _, c := range []struct {
		events, streams int
		aim             aim
	}{
		{1, 1000, nil}, {100, 100, nil}, {1000, b.size(100, 20), ratioAtMost(1 / 0.6)},
	} {
		if err := fillStreams(ctx, path, c.events, c.streams); err != nil {
			return err
		}
		err := b.compare(ctx, experiment{
			metrics: []metric{{fmt.Sprintf("load a stream of %d events", c.events), duration, c.aim}},
			ours: func(ctx context.Context, _ int) ([]float64, error) {
				return b.loadRun(ctx, path, c.events, c.streams)
			},
			floor: func(context.Context, int) ([]float64, error) {
				return b.loadFloor(path, c.events, c.streams)
			},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// loadRun returns the seconds for one stream.
func (b *bench) loadRun(ctx context.Context, path string, events, streams int) (figures []float64, err error) {
	store, err := sqlite.Open(ctx, path, sqlite.Options{Shapes: gen.ListShapes})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	list := gen.NewList(todo.List{})
	n := 0
	took, _, err := perCall(b.size(10, 3), streams, func() error {
		s, version := list.Initial(), ironstar.Version(0)
		for r, err := range store.Stream(ctx, loadStream(events, n%streams), 0) {
			if err != nil {
				return err
			}
			if s, err = ironstar.Load(&list, s, r); err != nil {
				return err
			}
			version = r.Sequence
		}
		n++
		if int(version) != events || len(s.Items) == 0 {
			return fmt.Errorf("loaded %d events of %d", version, events)
		}
		return nil
	})
	return []float64{took}, err
}

// loadFloor reads the same rows with the bare driver, each column into a Go
// value, and discards them.
func (b *bench) loadFloor(path string, events, streams int) (figures []float64, err error) {
	conn, err := zs.OpenConn(path, zs.OpenReadOnly)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	st, err := conn.Prepare(selectEvents + "WHERE aggregate_type = ?1 AND aggregate_id = ?2 ORDER BY sequence")
	if err != nil {
		return nil, err
	}
	n := 0
	took, _, err := perCall(b.size(10, 3), streams, func() error {
		stream := loadStream(events, n%streams)
		st.BindText(1, stream.Kind)
		st.BindText(2, stream.ID)
		n++
		rows, err := readRows(st)
		if err == nil && rows != events {
			err = fmt.Errorf("read %d events of %d", rows, events)
		}
		return err
	})
	return []float64{took}, err
}

func loadStream(events, i int) ironstar.Stream {
	return ironstar.Stream{Kind: gen.ListKind, ID: strconv.Itoa(events) + "." + strconv.Itoa(i)}
}

// fillStreams writes streams with this many events, ten of each in turn, so
// that the rows of a stream are spread over the file.
func fillStreams(ctx context.Context, path string, events, streams int) (err error) {
	store, err := sqlite.Open(ctx, path, sqlite.Options{Shapes: gen.ListShapes})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	list, err := longList(events)
	if err != nil {
		return err
	}
	const turn = 10
	for at := 0; at < events; at += turn {
		var batch []ironstar.Append
		for i := range streams {
			batch = append(batch, ironstar.Append{
				Stream: loadStream(events, i), Expected: ironstar.Version(at), Events: list[at:min(at+turn, events)],
			})
		}
		for _, out := range store.Append(ctx, batch...) {
			if out.Err != nil {
				return out.Err
			}
		}
	}
	return nil
}

// longList is the history of a list of up to ten lines that are changed
// repeatedly.
func longList(events int) ([]ironstar.Proposed, error) {
	var all []ironstar.Proposed
	var ids []ironstar.UUID
	for i := range events {
		var e gen.ListEvent
		switch {
		case len(ids) < 10:
			ids = append(ids, ironstar.NewUUID())
			e = gen.ListAdded{ID: ids[i], Text: "call the plumber about the tap in the kitchen"}
		case i%4 == 0:
			e = gen.ListCompleted{ID: ids[i%10]}
		default:
			e = gen.ListRenamed{ID: ids[i%10], Text: "call the plumber again, about the tap in the kitchen and the smell " + strconv.Itoa(i)}
		}
		p, err := gen.EncodeListEvent(e)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}
