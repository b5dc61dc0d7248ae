package ops

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"syscall"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/sqlite"
)

const (
	// reminderEvery is the time between two log entries that say what the server waits
	// for.
	reminderEvery = 5 * time.Second

	// askedWithin is the time in which a server must end after a request. Its own
	// requests may take ten seconds.
	askedWithin = time.Minute

	// stoppedWithin is the time in which another person must stop a server that this one
	// cannot ask.
	stoppedWithin = 10 * time.Minute
)

// open opens the store of a server. With --takeover, if another process owns the
// file, open opens it as a standby reader, and run takes it over. shapes are those
// of every event version that the application reads.
func (f Flags) open(ctx context.Context, shapes []ironstar.Shape) (*sqlite.Store, error) {
	opts := sqlite.Options{Shapes: shapes}
	store, err := sqlite.Open(ctx, f.DB, opts)
	if locked := (*sqlite.LockedError)(nil); f.TakeOver && errors.As(err, &locked) {
		return sqlite.OpenStandby(ctx, f.DB, opts)
	}
	return store, err
}

// run serves what r holds, and runs the background functions. If another process
// owns the store, run first takes over. When the views have all events, it asks
// that process to end, waits for the file, and folds the remaining events. If the
// system allows it, run listens before that, so that clients wait and get no
// refusal.
func (app App) run(ctx context.Context, r Running, server *http.Server, out io.Writer) error {
	defer saveSnapshotsOnSignal(r.Engine)()
	l, err := own(ctx, r, server.Addr, out)
	if err != nil {
		return err
	}
	beside := app.Background
	if len(r.Engine.Processes()) > 0 || r.Queries != nil {
		beside = append(beside[:len(beside):len(beside)], serveControl)
	}
	if r.Queries != nil {
		beside = append(beside[:len(beside):len(beside)], runQueries)
	}
	if r.Flags.Metrics != "" {
		answers, err := listenForMetrics(r.Flags, out)
		if err != nil {
			return errors.Join(err, l.Close())
		}
		m := &metrics{Running: r}
		beside = append(beside[:len(beside):len(beside)], func(ctx context.Context, _ Running) error { m.serve(ctx, answers); return nil })
	}
	return serveBeside(ctx, beside, r, func(ctx context.Context) error {
		return serveListener(ctx, l, server, cmp.Or(app.Welcome, "/"), out)
	})
}

// own returns a listener on an address when this process owns the store.
func own(ctx context.Context, r Running, addr string, out io.Writer) (net.Listener, error) {
	if r.Store.Owner() == nil {
		return listenAlone(ctx, addr)
	}
	if err := checkViews(ctx, r.Engine); err != nil {
		return nil, err
	}
	t := takeover{addr: addr, out: out}
	if err := t.run(ctx, r.Store); err != nil {
		return nil, err
	}
	if err := r.Engine.CatchUp(ctx); err != nil {
		t.listener.Close()
		return nil, err
	}
	fmt.Fprintf(out, "took over from %s; clients waited for %v\n", t.owner, time.Since(t.begun).Round(time.Millisecond))
	return t.listener, nil
}

// checkViews returns an error if this build cannot fold a view that the running
// server can fold.
func checkViews(ctx context.Context, eng *engine.Engine) error {
	if err := eng.CatchUp(ctx); err != nil {
		return err
	}
	if broken := eng.Health(); len(broken) > 0 {
		return fmt.Errorf("this server does not take over, and the old server keeps running: this build cannot show %d of the views; the first is: %w; "+
			"preflight lists all; to start this build anyway, stop the old server, and start without --takeover", len(broken), broken[0])
	}
	return nil
}

// takeover takes the file and the address of another server.
type takeover struct {
	addr string
	out  io.Writer

	owner    string       // the former owner of the file
	begun    time.Time    // the time at which clients began to wait
	listener net.Listener // on the address
}

// run gets the file and a listener. After an error it has neither.
func (t *takeover) run(ctx context.Context, store *sqlite.Store) (err error) {
	wait, end := context.WithCancelCause(ctx)
	defer end(nil)
	err = store.TakeOver(wait, func(owner *sqlite.LockedError) error { return t.ask(wait, end, owner) })
	if err == nil && t.listener == nil {
		t.listener, err = listen(ctx, t.addr, true)
	}
	if err != nil && t.listener != nil {
		t.listener.Close() // first, because it has clients that the old server could serve
	}
	return err
}

// ask asks the owner of the store to end, and stops waiting after a limit. If the
// system allows it, ask listens first.
func (t *takeover) ask(wait context.Context, end context.CancelCauseFunc, owner *sqlite.LockedError) error {
	t.owner = owner.Owner
	p, err := processOf(owner)
	if err != nil {
		// Do not listen, because another person decides when that server ends.
		t.begun = time.Now()
		fmt.Fprintf(t.out, "stop %s now: this server waits for its end for %v, but cannot ask it to end: %v\n", owner.Owner, stoppedWithin, err)
		t.waitFor(wait, end, stoppedWithin)
		return nil
	}
	defer p.Release()
	if listenEarly {
		if t.listener, err = listen(wait, t.addr, true); err != nil {
			return fmt.Errorf("%w; the old server keeps running", err)
		}
	}
	t.begun = time.Now()
	if err := p.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("ask %s to end: %w; it keeps running", owner.Owner, err)
	}
	t.waitFor(wait, end, askedWithin)
	return nil
}

// processOf returns the process that owns a store. It returns an error if it does not
// know the process for certain, or cannot send it a signal.
func processOf(owner *sqlite.LockedError) (*os.Process, error) {
	if runtime.GOOS == "windows" {
		return nil, errors.New("this system has no signals")
	}
	return owner.Process()
}

// waitFor logs from time to time what the server waits for, and ends the wait after a
// limit.
func (t *takeover) waitFor(wait context.Context, end context.CancelCauseFunc, limit time.Duration) {
	go func() {
		every := time.NewTicker(reminderEvery)
		defer every.Stop()
		late := time.After(limit)
		for {
			select {
			case <-every.C:
				fmt.Fprintf(t.out, "waiting for %s to end\n", t.owner)
			case <-late:
				end(fmt.Errorf("%s has not ended within %v", t.owner, limit))
				return
			case <-wait.Done():
				return
			}
		}
	}()
}
