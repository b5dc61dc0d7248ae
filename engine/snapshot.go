package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"ironstar.dev"
)

const (
	// eventBytes is the assumed size of an event. A state is saved again only
	// after events of about its own size, so snapshots at most double the bytes
	// that are written.
	eventBytes = 200

	// One write holds so much at most; appends wait for it.
	snapshotsAtOnce = 64
	bytesAtOnce     = 128 << 10

	// stopPatience bounds the last pass of an engine that closes: a server that
	// takes over waits for it.
	stopPatience = 500 * time.Millisecond
)

// snapshotWriter saves snapshots in its own goroutine. It decides what to save and when:
//
//   - A view that is completely in memory is saved after enough events. A pass goes
//     over its keys: each changed state is encoded under its lock, with its
//     position, and written together with a few others. Nothing stops meanwhile.
//     After the pass the view's checkpoint moves to the position that had been
//     applied when the pass began.
//   - A state of one stream is saved when the stream has grown enough.
//
// Each state is decoded again before it is written. A failed write is logged and
// has no other effect: the state can be folded again.
type snapshotWriter struct {
	engine *Engine
	store  ironstar.Snapshots // nil if there is none, or it must not be used

	due   chan struct{} // capacity 1: there may be something to save
	now   chan struct{} // the same: all that is new is to be written
	next  atomic.Int64  // the position at which a view may be due
	queue chan offer    // states of aggregates; a state is dropped if the queue is full
	swept bool          // snapshots of other builds were removed
}

// offer is a state that may be written.
type offer struct {
	ironstar.Snapshot
	check func([]byte) error
}

func newSnapshotWriter(e *Engine, store ironstar.Store) *snapshotWriter {
	k := &snapshotWriter{engine: e, due: make(chan struct{}, 1), now: make(chan struct{}, 1), queue: make(chan offer, snapshotsAtOnce)}
	if snapshots, ok := store.(ironstar.Snapshots); ok && !e.opts.NoSnapshots {
		k.store = snapshots
	}
	k.next.Store(int64(e.opts.SnapshotEvery))
	return k
}

// canWrite reports whether states of a name can have snapshots. Two views or
// aggregates with the same name cannot.
func (k *snapshotWriter) canWrite(name, fingerprint string) bool {
	if k.store == nil || fingerprint == "" {
		return false
	}
	users := 0
	for _, a := range k.engine.aggregates {
		if a.Kind == name {
			users++
		}
	}
	for _, v := range k.engine.views {
		if v.about().Name == name {
			users++
		}
	}
	return users == 1
}

// wake makes the snapshot writer look. It never waits.
func (k *snapshotWriter) wake() {
	select {
	case k.due <- struct{}{}:
	default: // it will look
	}
}

// reached sets the position that all views have reached.
func (k *snapshotWriter) reached(p ironstar.Position) {
	if int64(p) >= k.next.Load() {
		k.next.Store(int64(p) + int64(k.engine.opts.SnapshotEvery))
		k.wake()
	}
}

// offer has a state written some time soon, or drops it.
func (k *snapshotWriter) offer(o offer) bool {
	select {
	case k.queue <- o:
		return true
	default:
		return false
	}
}

// run works until the engine closes.
func (k *snapshotWriter) run() {
	if k.store == nil {
		return
	}
	ctx := k.engine.base
	for {
		select {
		case <-k.due:
			k.pass(ctx, false)
		case <-k.now:
			k.pass(ctx, true)
		case o := <-k.queue:
			k.saveOffers(k.engine.storing(), o) // few: Close waits for them
		case <-ctx.Done():
			return
		}
	}
}

// last saves the rest when everything else has ended.
func (k *snapshotWriter) last() {
	if k.store == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), stopPatience)
	defer cancel()
	select {
	case o := <-k.queue:
		k.saveOffers(ctx, o)
	default:
	}
	k.pass(ctx, true)
}

// pass saves all views. stopping means that a view with any change is due.
func (k *snapshotWriter) pass(ctx context.Context, stopping bool) {
	at := k.engine.applied.position()
	whole := true
	for _, v := range k.engine.views {
		done, err := v.writeSnapshots(ctx, at, stopping)
		if err != nil {
			k.failed(ctx, v.about().Name, err)
		}
		whole = whole && done
	}
	if whole && !k.swept {
		err := k.store.ForgetSnapshots(ctx, k.own())
		k.swept = err == nil
		k.failed(ctx, "", err)
	}
}

// own returns which snapshots belong to this build.
func (k *snapshotWriter) own() func(name, fingerprint string) bool {
	own := map[[2]string]bool{}
	for _, a := range k.engine.aggregates {
		own[[2]string{a.Kind, a.Fingerprint}] = true
	}
	for _, v := range k.engine.views {
		own[[2]string{v.about().Name, v.about().Fingerprint}] = true
	}
	return func(name, fingerprint string) bool { return own[[2]string{name, fingerprint}] }
}

// failed logs a failed write, unless the failure is expected.
func (k *snapshotWriter) failed(ctx context.Context, name string, err error) {
	if err != nil && !interrupted(ctx, err) {
		k.engine.opts.Logger.Warn("snapshots are not written now; starts take longer", "of", name, "err", err)
	}
}

// saveOffers saves a state and those that wait in the queue. States of streams do
// not depend on each other, so one that the store refuses keeps no other back.
func (k *snapshotWriter) saveOffers(ctx context.Context, first offer) {
	batch := snapshotBatch{snapshotWriter: k, independent: true}
	for o, more := first, true; more; {
		if err := o.check(o.State); err != nil {
			k.cannotBeRead(o.Name, o.Key, err)
		} else if err := batch.add(ctx, o.Snapshot); err != nil {
			k.failed(ctx, o.Name, err)
			return
		}
		select {
		case o = <-k.queue:
		default:
			more = false
		}
	}
	k.failed(ctx, first.Name, batch.save(ctx))
}

// cannotBeRead logs a state that cannot be decoded again.
func (k *snapshotWriter) cannotBeRead(name, key string, err error) {
	k.engine.opts.Logger.Warn("a state cannot be kept in a snapshot; it is folded from events each time",
		"of", name, "key", key, "err", err)
}

// snapshotBatch collects snapshots for a write.
type snapshotBatch struct {
	*snapshotWriter
	rows  []ironstar.Snapshot
	size  int
	saved func() // if set, called after each write

	independent bool // if the store refuses the batch, try each row alone
}

func (b *snapshotBatch) add(ctx context.Context, row ironstar.Snapshot) error {
	b.rows = append(b.rows, row)
	if b.size += len(row.State); len(b.rows) < snapshotsAtOnce && b.size < bytesAtOnce {
		return nil
	}
	return b.save(ctx)
}

func (b *snapshotBatch) save(ctx context.Context) error {
	if len(b.rows) == 0 {
		return nil
	}
	err := b.store.SaveSnapshots(ctx, b.rows...)
	if err != nil && b.independent && !interrupted(ctx, err) {
		err = b.saveEach(ctx)
	}
	if err != nil {
		return err
	}
	if b.saved != nil {
		b.saved()
	}
	b.rows, b.size = b.rows[:0], 0
	return nil
}

// saveEach saves each row alone. It logs rows that the store refuses, and returns
// an error if it is interrupted.
func (b *snapshotBatch) saveEach(ctx context.Context) error {
	for _, row := range b.rows {
		err := b.store.SaveSnapshots(ctx, row)
		if interrupted(ctx, err) {
			return err
		}
		b.failed(ctx, row.Name, err)
	}
	return nil
}

// interrupted reports whether a write was given up for appends or the end.
func interrupted(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, ironstar.ErrClosed) || errors.Is(err, ironstar.ErrRetryable)
}

// encode writes a state. Its owner waits, so nothing else is done here.
func encode[S any](c *ironstar.StateCodec[S], s S) (state []byte, err error) {
	err = guarded(func() error { state = c.Append(nil, s); return nil })
	return state, err
}

// decode reads one.
func decode[S any](c *ironstar.StateCodec[S], state []byte) (s S, err error) {
	err = guarded(func() (err error) { s, err = c.Decode(state); return err })
	return s, err
}

// readsBack reports whether a state is equal after encoding and decoding.
func readsBack[S any](c *ironstar.StateCodec[S], state []byte) error {
	s, err := decode(c, state)
	if err != nil {
		return err
	}
	again, err := encode(c, s)
	if err == nil && !bytes.Equal(again, state) {
		err = fmt.Errorf("it is written as %.200q and read as %.200q", state, again)
	}
	return err
}

// isDue reports whether a state of a size must be saved after a number of
// events.
func isDue(events int64, every, size int) bool { return events >= int64(max(every, size/eventBytes)) }
