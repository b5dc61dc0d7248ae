package ops

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// Signals returns a context that ends with the first interrupt or SIGTERM. The
// second one ends the process at once, which is the default of the system.
func Signals() context.Context {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx
}

// outliveOutput lets the process continue when nobody reads its log any longer. A
// write to a closed standard output or standard error ends a Go program, unless the
// program handles the signal.
func outliveOutput() { signal.Ignore(syscall.SIGPIPE) }

// shutdownTimeout is the time in which requests in progress must end when the server
// stops.
const shutdownTimeout = 10 * time.Second

// Serve listens on an address, prints the address of the first page to out, and
// serves until ctx ends. Then it lets requests in progress finish, for at most
// ten seconds. It returns an error if it cannot listen on the address, or if it had to
// cut off requests.
func Serve(ctx context.Context, server *http.Server, first string, out io.Writer) error {
	l, err := listenAlone(ctx, server.Addr)
	if err != nil {
		return err
	}
	return serveListener(ctx, l, server, first, out)
}

// listenAlone listens on an address that no other process listens on.
func listenAlone(ctx context.Context, addr string) (net.Listener, error) {
	l, err := listen(ctx, addr, false)
	if err != nil {
		return nil, fmt.Errorf("%w; choose another address with -addr", err)
	}
	return l, nil
}

func serveListener(ctx context.Context, l net.Listener, server *http.Server, first string, out io.Writer) error {
	outliveOutput()
	idle := closeUnused(server)
	fmt.Fprintf(out, "serving on http://%s%s\n", l.Addr(), first)
	stopped := make(chan error, 1) // the one result of Shutdown
	unhook := context.AfterFunc(ctx, func() {
		fmt.Fprintln(out, "stopping")
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
		defer cancel()
		idle()
		err := server.Shutdown(limit)
		if err != nil {
			err = errors.Join(fmt.Errorf("requests were cut off after %v: %w", shutdownTimeout, err), server.Close())
		}
		stopped <- err
	})
	if err := server.Serve(newReserveListener(l)); !errors.Is(err, http.ErrServerClosed) || unhook() {
		return err
	}
	return <-stopped
}
