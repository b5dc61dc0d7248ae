package engine

import (
	"context"
	"sync/atomic"

	"ironstar.dev"
	"ironstar.dev/internal/broadcast"
)

// watermark is a position that only grows, and that can be waited for.
type watermark struct {
	at      atomic.Int64
	changed broadcast.Broadcast
}

func (w *watermark) position() ironstar.Position { return ironstar.Position(w.at.Load()) }

// advance is called by one goroutine at a time.
func (w *watermark) advance(p ironstar.Position) {
	w.at.Store(max(w.at.Load(), int64(p)))
	w.changed.Send()
}

// wait returns when p is reached, with an error when ctx ends or the engine does.
func (w *watermark) wait(ctx, engine context.Context, p ironstar.Position) error {
	for {
		changed := w.changed.Next()
		if w.position() >= p {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		case <-engine.Done():
			return ErrClosed
		}
	}
}
