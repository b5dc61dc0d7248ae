package engine

import (
	"context"
	"time"

	"ironstar.dev"
)

// PauseProcess pauses a process, and returns when nothing of what it sends is under way
// any more. It begins to send nothing new, waits for what is under way at most so long,
// and then pauses the process in any case: what is under way then is canceled, and sent
// again after the pause. left is how much has not ended a moment later, because its
// handler ignores its context.
func (e *Engine) PauseProcess(ctx context.Context, name string, within time.Duration) (left int, err error) {
	var running processor
	for _, p := range e.processes {
		if p.info().Name == name {
			running = p
		}
	}
	if running != nil {
		running.drain(true)
		defer running.drain(false)
		until(ctx, within, running.drained)
	}
	yes := true
	err = e.ChangeProcess(ctx, name, func(step *ironstar.Step, _ ironstar.StoredProcess) error {
		step.Paused = &yes
		return nil
	})
	if running == nil || err != nil {
		return 0, err
	}
	until(ctx, closingPause+time.Second, running.stands)
	until(ctx, pausedPause, func() bool { return running.underWay() == 0 })
	return int(running.underWay()), ctx.Err()
}

// pausedPause is how long what a pause has canceled may take to return.
const pausedPause = 100 * time.Millisecond

// until waits until something is true, at most so long.
func until(ctx context.Context, within time.Duration, is func() bool) {
	late := time.After(within)
	for !is() {
		select {
		case <-time.After(time.Millisecond):
		case <-late:
			return
		case <-ctx.Done():
			return
		}
	}
}

// drain implements processor.
func (p *process[S]) drain(on bool) {
	by := int32(-1)
	if on {
		by = 1
		p.empty.Store(false)
	}
	p.draining.Add(by)
	select {
	case p.woken <- struct{}{}:
	default:
	}
}

// drained implements processor. A process that does not live has nothing under way but
// handlers of an earlier life.
func (p *process[S]) drained() bool {
	return (p.empty.Load() || p.reached.Load() < 0) && p.flying.Load() == 0
}

// underWay implements processor.
func (p *process[S]) underWay() int64 { return p.flying.Load() }

// stands implements processor.
func (p *process[S]) stands() bool { return p.still.Load() }
