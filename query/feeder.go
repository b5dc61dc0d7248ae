package query

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"ironstar.dev"
)

// feeder brings the events of the log into open tables.
//
// Records without a row move only at, in memory: the checkpoint in the file follows with the
// next row, after lazyRecords, and when the feeder ends. So the writes of other
// contexts cost these tables nothing.
type feeder struct {
	source *tableSource
	tables Tables
	layer  *layer

	stored ironstar.Position // the checkpoint in the file
	at     ironstar.Position // all events up to here are in the tables
	last   *ironstar.Record  // at that position; nil: as stored

	from, goal ironstar.Position // where it began, and where the tables can be asked
	began      time.Time
	reported   time.Time // Progress was called last
}

// lazyRecords is how many records without rows may be read again after a restart.
const lazyRecords = 4096

// flushTime is how long storing the last checkpoint may take when the feeder ends.
const flushTime = 2 * time.Second

// run feeds until ctx ends or the tables are damaged. After other errors it tries again.
func (f *feeder) run(ctx context.Context) error {
	defer f.flush()
	f.began = time.Now()
	pause := firstPause
	for {
		before := f.at
		err := f.follow(ctx)
		still := (*standsStill)(nil)
		switch {
		case errors.Is(context.Cause(ctx), ErrDamaged):
			return context.Cause(ctx)
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, ErrDamaged):
			return err
		case errors.As(err, &still):
			f.source.stop(err)
			f.source.asks() // what is there can be asked; the answers name the error
			f.source.wake()
			<-ctx.Done()
			return context.Cause(ctx)
		}
		f.source.stop(err)
		f.source.wake()
		if f.at > before {
			pause = firstPause
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
		pause = min(2*pause, lastPause)
	}
}

// follow feeds until something fails.
func (f *feeder) follow(ctx context.Context) error {
	head, err := f.source.store.Head(ctx)
	if err != nil {
		return fmt.Errorf("read head: %w", err)
	}
	if head <= f.at {
		f.advance(nil)
	}
	ctx, cancel := context.WithCancel(ctx)
	q := newQueue()
	var reading sync.WaitGroup
	reading.Go(func() { f.read(ctx, q, f.at) })
	defer reading.Wait()
	defer cancel()
	for {
		items, err := q.take(ctx)
		if err != nil {
			return err
		}
		if err := f.feed(ctx, items); err != nil {
			return err
		}
	}
}

// read puts the records after a position into a queue, until ctx ends or reading fails.
func (f *feeder) read(ctx context.Context, q *queue, at ironstar.Position) {
	defer f.layer.forget()
	put := func(r *ironstar.Record, err error) bool {
		if err != nil {
			q.fail(fmt.Errorf("read log after %d: %w", at, err))
			return false
		}
		at = r.Position
		return q.put(ctx, f.layer.take(r))
	}
	for r, err := range f.source.store.Log(ctx, at, f.layer.prepare) {
		if !put(r, err) {
			return
		}
	}
	for r, err := range f.source.store.Follow(ctx, at) {
		if !put(r, err) {
			return
		}
	}
	q.fail(errors.New("the log cannot be followed any more"))
}

// feed stores records, up to the first one that cannot be laid out.
func (f *feeder) feed(ctx context.Context, items []laid) error {
	for i, one := range items {
		if one.err == nil {
			continue
		}
		if err := f.store(ctx, items[:i]); err != nil {
			return err
		}
		return f.cannot(one, one.err)
	}
	return f.store(ctx, items)
}

// cannot is the error for a record that cannot be stored.
func (f *feeder) cannot(one laid, err error) error {
	r := one.record
	if stack := stackOf(err); stack != "" {
		f.source.logger.Error("laying out an event panicked", "position", r.Position, "stack", stack)
	}
	return &standsStill{fmt.Errorf("the tables %s stand still before position %d: %s of %s cannot be laid out: %w", f.source.name, r.Position, r.Type, r.Stream, err)}
}

// store adds the rows of records to the tables.
func (f *feeder) store(ctx context.Context, items []laid) error {
	for len(items) > 0 && items[0].record.Position <= f.at {
		items = items[1:] // another process has fed them
	}
	if len(items) == 0 {
		return nil
	}
	last := items[len(items)-1].record
	rows := batchOf(items)
	if len(rows) > 0 || last.Position-f.stored >= lazyRecords {
		err := f.tables.Feed(ctx, &Batch{After: f.stored, Upto: last.Position, Proof: proofOf(last), Tables: rows})
		switch {
		case errors.Is(err, ErrMoved):
			return f.moved(ctx, items)
		case errors.Is(err, ErrValue):
			return f.storeEach(ctx, items, err)
		case err != nil:
			return err
		}
		f.stored = last.Position
	}
	f.at, f.last = last.Position, last
	f.advance(items)
	return nil
}

// storeEach finds the record with the value that cannot be stored.
func (f *feeder) storeEach(ctx context.Context, items []laid, err error) error {
	if len(items) == 1 {
		return f.cannot(items[0], err)
	}
	for i := range items {
		if err := f.store(ctx, items[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

// moved continues where another process has fed the tables to.
func (f *feeder) moved(ctx context.Context, items []laid) error {
	p, err := f.tables.Position(ctx)
	if err != nil {
		return err
	}
	if p <= f.stored {
		return fmt.Errorf("%w: its checkpoint went back from %d to %d", ErrDamaged, f.stored, p)
	}
	f.stored = p
	if p > f.at {
		f.at, f.last = p, nil
	}
	f.source.jumped(p)
	return f.store(ctx, items)
}

// advance tells the readers, and reports the progress of tables that are made again.
func (f *feeder) advance(items []laid) {
	f.source.fed(f.at, items, f.at >= f.goal)
	f.source.wake()
	f.report()
}

// Progress is reported if feeding takes longer than reportAfter, and then this often.
const (
	reportAfter = time.Second
	reportEvery = 250 * time.Millisecond
)

func (f *feeder) report() {
	now := time.Now()
	done := f.at >= f.goal
	switch {
	case f.source.progress == nil || f.from >= f.goal,
		!done && (now.Sub(f.began) < reportAfter || now.Sub(f.reported) < reportEvery),
		done && f.reported.IsZero():
		return
	}
	rate := float64(f.at-f.from) / max(now.Sub(f.began).Seconds(), 1e-9)
	f.source.progress(Progress{
		Tables: f.source.name, At: min(f.at, f.goal), Head: f.goal, PerSecond: rate, Done: done,
		Left: time.Duration(float64(max(f.goal-f.at, 0)) / max(rate, 1e-9) * float64(time.Second)),
	})
	f.reported = now
	if done {
		f.from = f.goal // no more reports
	}
}

// flush stores how far the tables are, so that the next start reads less.
func (f *feeder) flush() {
	if f.at <= f.stored || f.last == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), flushTime)
	defer cancel()
	err := f.tables.Feed(ctx, &Batch{After: f.stored, Upto: f.at, Proof: proofOf(f.last)})
	if err != nil && !errors.Is(err, ErrMoved) {
		f.source.logger.Warn("the next start reads more of the log again for the queries", "tables", f.source.name, "err", err)
	}
}
