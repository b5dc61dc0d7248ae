package ops

import (
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

	"ironstar.dev/engine"
	"ironstar.dev/sqlite"
)

// reminder is how often somebody who waits is told what for.
const reminder = 5 * time.Second

// Open opens the store of a server. With --takeover, and if another process has
// the file, it is opened beside that one; [Serving.Serve] takes it over.
func (o Serving) Open(ctx context.Context) (*sqlite.Store, error) {
	opts := sqlite.Options{Shapes: o.Shapes}
	store, err := sqlite.Open(ctx, o.DB, opts)
	if locked := (*sqlite.LockedError)(nil); o.TakeOver && errors.As(err, &locked) {
		return sqlite.OpenBeside(ctx, o.DB, opts)
	}
	return store, err
}

// Serve serves as the function [Serve] does. If another process has the store,
// it takes the place of that one first: when the views have all events it asks
// that process to end, waits for the file, and applies the rest. Where it can,
// it listens before, so that clients wait and are not refused.
func (o Serving) Serve(ctx context.Context, store *sqlite.Store, eng *engine.Engine, server *http.Server, first string, out io.Writer) error {
	defer keepWhenAsked(eng)()
	owner := store.Owner()
	if owner == nil {
		return Serve(ctx, server, first, out)
	}
	if err := fit(ctx, eng); err != nil {
		return err
	}
	l, begun, err := succeed(ctx, server.Addr, owner, store, out)
	if err != nil {
		return err
	}
	if err := eng.CatchUp(ctx); err != nil {
		l.Close()
		return err
	}
	fmt.Fprintf(out, "took over from %s; clients waited for %v\n", owner.Owner, time.Since(begun).Round(time.Millisecond))
	return serveOn(ctx, l, server, first, out)
}

// fit refuses to stop a server that works for one that does not.
func fit(ctx context.Context, eng *engine.Engine) error {
	if err := eng.CatchUp(ctx); err != nil {
		return err
	}
	if broken := eng.Health(); len(broken) > 0 {
		return fmt.Errorf("not taking over, the server that runs goes on: this build cannot show %d of the views, the first is: %w; "+
			"preflight names all; to go on all the same, stop that server and start without --takeover", len(broken), broken[0])
	}
	return nil
}

// succeed asks the owner of the store to end, waits until it has, and returns a
// listener on its address and when clients began to wait.
func succeed(ctx context.Context, addr string, owner *sqlite.LockedError, store *sqlite.Store, out io.Writer) (l net.Listener, begun time.Time, err error) {
	if early {
		if l, err = listen(ctx, addr, true); err != nil {
			return nil, begun, fmt.Errorf("%w; the server that runs goes on", err)
		}
	}
	begun = time.Now()
	if err := ask(owner, syscall.SIGTERM); err != nil {
		fmt.Fprintf(out, "stop %s now, this one waits for it (%v)\n", owner.Owner, err)
	}
	stop := remind(out, owner)
	err = store.TakeOver(ctx)
	stop()
	if err == nil && !early {
		l, err = listen(ctx, addr, true)
	}
	if err != nil && l != nil {
		l.Close()
	}
	return l, begun, err
}

// ask sends a signal to the process that owns the store.
func ask(owner *sqlite.LockedError, what os.Signal) error {
	pid, here := owner.Process()
	if !here || runtime.GOOS == "windows" {
		return errors.New("it cannot be asked from here")
	}
	p, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	return p.Signal(what)
}

// remind says now and then what is waited for, until it is stopped.
func remind(out io.Writer, owner *sqlite.LockedError) (stop func()) {
	end := make(chan struct{})
	go func() {
		every := time.NewTicker(reminder)
		defer every.Stop()
		for {
			select {
			case <-every.C:
				fmt.Fprintf(out, "waiting for %s to end\n", owner.Owner)
			case <-end:
				return
			}
		}
	}()
	return func() { close(end) }
}
