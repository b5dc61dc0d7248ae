package engine

import (
	"context"
	"fmt"
	"time"

	"ironstar.dev"
)

// Progress tells how far a rebuild is.
type Progress struct {
	At, Head  ironstar.Position
	PerSecond float64       // events, on average so far
	Left      time.Duration // at that rate
	Done      bool
}

// progressEvery is how often Progress is called.
const progressEvery = 250 * time.Millisecond

// rebuild folds the log up to head into the views that are kept whole.
func (e *Engine) rebuild(ctx context.Context, head ironstar.Position) error {
	var eager []projection
	for _, v := range e.views {
		if v.eager() {
			eager = append(eager, v)
		}
	}
	for _, v := range e.views {
		v.prepare()
	}
	after := head
	for _, v := range eager {
		after = min(after, v.restore(ctx, head))
	}
	if len(eager) == 0 || after == head {
		return ctx.Err()
	}
	begun, told := time.Now(), time.Now()
	for r, err := range e.store.Log(ctx, after) {
		if err != nil {
			return fmt.Errorf("rebuild views: %w", err)
		}
		if r.Position > head {
			break // follow brings it
		}
		for _, v := range eager {
			v.apply(r)
		}
		if r.Position%1024 == 0 && time.Since(told) > progressEvery {
			told = time.Now()
			e.report(r.Position, head, begun, false)
		}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("rebuild views: %w", err)
	}
	e.report(head, head, begun, true)
	return nil
}

func (e *Engine) report(at, head ironstar.Position, begun time.Time, done bool) {
	if e.opts.Progress == nil {
		return
	}
	rate := float64(at) / max(time.Since(begun).Seconds(), 1e-9)
	e.opts.Progress(Progress{
		At: at, Head: head, PerSecond: rate, Done: done,
		Left: time.Duration(float64(head-at) / rate * float64(time.Second)),
	})
}
