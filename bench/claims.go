package main

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"ironstar.dev"
	"ironstar.dev/gen/todo"
)

// benchRule is the rule of unique values that appends follow.
var benchRule = ironstar.ClaimRule{Kind: todo.ListKind, Name: "Handle", Declaration: "bench"}

// measureClaims compares appends that take a new unique value each with the same
// appends without one, by turns within each run. Each writer holds a value, so the
// table is small; its index is in memory.
func measureClaims(ctx context.Context, b *bench) error {
	event, err := todo.EncodeListEvent(todo.ListAdded{ID: ironstar.NewUUID(), Text: strings.Repeat("buy milk and bread, ", 7)})
	if err != nil {
		return err
	}
	for _, l := range []lineup{
		{name: "append with a unique value, 1 writer", writers: 1, aim: ratioAtLeast(0.9)},
		{name: "append with a unique value, 64 writers", writers: 64, aim: ratioAtLeast(0.9)},
	} {
		if err := b.claimLineup(ctx, l, event); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) claimLineup(ctx context.Context, l lineup, event ironstar.Proposed) (err error) {
	dir, err := b.folder("claims")
	if err != nil {
		return err
	}
	plain, err := openWriters(ctx, filepath.Join(dir, "plain.db"), l, event)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, plain.close()) }()
	l.claims = true
	claiming, err := openWriters(ctx, filepath.Join(dir, "claims.db"), l, event)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, claiming.close()) }()
	if _, err := claiming.store.DeclareClaims(ctx, benchRule); err != nil {
		return err
	}
	both := []turn{claiming, plain}
	if err := takeTurns(ctx, both, 1, time.Duration(b.size(1500, 500))*time.Millisecond); err != nil {
		return err
	}
	return b.compare(ctx, experiment{
		metrics: []metric{{l.name, perSecond, l.aim}, {l.name + ", p50", duration, aim{}}, {l.name + ", p99", duration, aim{}}, {l.name + ", p99.9", duration, aim{}}},
		within:  time.Duration(b.size(40, 5)) * time.Second,
		ours: func(ctx context.Context, _ int) ([]float64, error) {
			plain.reset()
			claiming.reset()
			err := takeTurns(ctx, both, b.size(5, 2), 250*time.Millisecond)
			return claiming.figures(), err
		},
		floor: func(context.Context, int) ([]float64, error) { return plain.figures(), nil },
	})
}
