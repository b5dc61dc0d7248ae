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
	// eventBytes is what an event is taken to weigh. A state is not written
	// again before events of about its own size have come: snapshots at most
	// double what is written.
	eventBytes = 200

	// One write holds so much at most; appends wait for it.
	snapshotsAtOnce = 64
	bytesAtOnce     = 128 << 10

	// stopPatience bounds the last pass of an engine that closes: a server that
	// takes over waits for it.
	stopPatience = 500 * time.Millisecond
)

// keeper writes snapshots, in a goroutine of its own. It decides what, and when:
//
//   - The keys of a view that is kept whole are gone over once enough events have
//     come: each that changed is encoded under its lock, with the position that
//     it has, and written with a few others. Nothing stands still meanwhile.
//     When all are through, the view's checkpoint moves to the position that had
//     been applied when the pass began.
//   - A state of one stream is written when the stream has grown enough.
//
// What is written is read back before. A write that fails is told, and forgotten:
// nothing is lost, but the time to fold.
type keeper struct {
	engine *Engine
	store  ironstar.Snapshots // nil: there is none, or it is not to be used

	bell  chan struct{} // has room for one token: there is something to look at
	now   chan struct{} // the same: all that is new is to be written
	next  atomic.Int64  // the position at which a view may be due
	queue chan offer    // states of aggregates; one that finds no room is not kept
	swept bool          // what others left is removed
}

// offer is a state that may be kept.
type offer struct {
	ironstar.Snapshot
	check func([]byte) error
}

func newKeeper(e *Engine, store ironstar.Store) *keeper {
	k := &keeper{engine: e, bell: make(chan struct{}, 1), now: make(chan struct{}, 1), queue: make(chan offer, snapshotsAtOnce)}
	if kept, ok := store.(ironstar.Snapshots); ok && !e.opts.NoSnapshots {
		k.store = kept
	}
	k.next.Store(int64(e.opts.SnapshotEvery))
	return k
}

// keeps says whether states of a name can be kept. Two of one name could not be
// told apart.
func (k *keeper) keeps(name, fingerprint string) bool {
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

// ring makes the keeper look. It never waits.
func (k *keeper) ring() {
	select {
	case k.bell <- struct{}{}:
	default: // it will look
	}
}

// reached tells of the position that all views have.
func (k *keeper) reached(p ironstar.Position) {
	if int64(p) >= k.next.Load() {
		k.next.Store(int64(p) + int64(k.engine.opts.SnapshotEvery))
		k.ring()
	}
}

// offer keeps a state some time soon, or does not.
func (k *keeper) offer(o offer) bool {
	select {
	case k.queue <- o:
		return true
	default:
		return false
	}
}

// run works until the engine closes.
func (k *keeper) run() {
	if k.store == nil {
		return
	}
	ctx := k.engine.base
	for {
		select {
		case <-k.bell:
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

// last writes what is left when all else has ended.
func (k *keeper) last() {
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

// pass goes over all views; stopping says that each is due that has anything new.
func (k *keeper) pass(ctx context.Context, stopping bool) {
	at := k.engine.applied.position()
	whole := true
	for _, v := range k.engine.views {
		kept, err := v.keep(ctx, at, stopping)
		if err != nil {
			k.failed(ctx, v.about().Name, err)
		}
		whole = whole && kept
	}
	if whole && !k.swept {
		err := k.store.ForgetSnapshots(ctx, k.own())
		k.swept = err == nil
		k.failed(ctx, "", err)
	}
}

// own says which snapshots are of this build.
func (k *keeper) own() func(name, fingerprint string) bool {
	own := map[[2]string]bool{}
	for _, a := range k.engine.aggregates {
		own[[2]string{a.Kind, a.Fingerprint}] = true
	}
	for _, v := range k.engine.views {
		own[[2]string{v.about().Name, v.about().Fingerprint}] = true
	}
	return func(name, fingerprint string) bool { return own[[2]string{name, fingerprint}] }
}

// failed tells of a write that did not happen, unless that is as it should be.
func (k *keeper) failed(ctx context.Context, name string, err error) {
	if err != nil && ctx.Err() == nil && !errors.Is(err, ironstar.ErrClosed) && !errors.Is(err, ironstar.ErrRetryable) {
		k.engine.opts.Logger.Warn("snapshots are not written now; starts take longer", "of", name, "err", err)
	}
}

// saveOffers writes a state, and those that wait behind it.
func (k *keeper) saveOffers(ctx context.Context, first offer) {
	batch := batch{keeper: k}
	for o, more := first, true; more; {
		if err := o.check(o.State); err != nil {
			k.unkeepable(o.Name, o.Key, err)
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

// unkeepable tells of a state that would not come back as it is.
func (k *keeper) unkeepable(name, key string, err error) {
	k.engine.opts.Logger.Warn("a state cannot be kept in a snapshot; it is folded from events each time",
		"of", name, "key", key, "err", err)
}

// batch collects snapshots for a write.
type batch struct {
	*keeper
	rows  []ironstar.Snapshot
	size  int
	saved func() // if set, told of each write
}

func (b *batch) add(ctx context.Context, row ironstar.Snapshot) error {
	b.rows = append(b.rows, row)
	if b.size += len(row.State); len(b.rows) < snapshotsAtOnce && b.size < bytesAtOnce {
		return nil
	}
	return b.save(ctx)
}

func (b *batch) save(ctx context.Context) error {
	if len(b.rows) == 0 {
		return nil
	}
	if err := b.store.SaveSnapshots(ctx, b.rows...); err != nil {
		return err
	}
	if b.saved != nil {
		b.saved()
	}
	b.rows, b.size = b.rows[:0], 0
	return nil
}

// encode writes a state. Whoever owns it waits, so nothing else is done here.
func encode[S any](c *ironstar.StateCodec[S], s S) (state []byte, err error) {
	err = guarded(func() error { state = c.Append(nil, s); return nil })
	return state, err
}

// decode reads one.
func decode[S any](c *ironstar.StateCodec[S], state []byte) (s S, err error) {
	err = guarded(func() (err error) { s, err = c.Decode(state); return err })
	return s, err
}

// readsBack says whether a state is read as it was written.
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

// isDue says whether a state of a size is to be written after some events.
func isDue(events int64, every, size int) bool { return events >= int64(max(every, size/eventBytes)) }
