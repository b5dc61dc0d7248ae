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
	"strings"
	"syscall"
	"time"
)

// Signals returns a context that ends with the first interrupt or SIGTERM. The
// second one ends the process at once, as it would without us.
func Signals() context.Context {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx
}

// patience is how long requests under way may take once the server is to stop.
const patience = 10 * time.Second

// Serve listens on an address, says on out where its first page is, and serves
// until ctx ends; then it lets the requests under way finish, for at most ten
// seconds. The error is about the address, or about requests that had to be cut
// off.
func Serve(ctx context.Context, server *http.Server, first string, out io.Writer) error {
	l, err := listen(ctx, server.Addr, false)
	if err != nil {
		return fmt.Errorf("%w; choose another address with -addr", err)
	}
	return serveOn(ctx, l, server, first, out)
}

func serveOn(ctx context.Context, l net.Listener, server *http.Server, first string, out io.Writer) error {
	idle := closeUnused(server)
	fmt.Fprintf(out, "serving on http://%s%s\n", l.Addr(), first)
	stopped := make(chan error, 1) // the one result of Shutdown
	unhook := context.AfterFunc(ctx, func() {
		fmt.Fprintln(out, "stopping")
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer cancel()
		idle()
		err := server.Shutdown(limit)
		if err != nil {
			err = errors.Join(fmt.Errorf("requests were cut off after %v: %w", patience, err), server.Close())
		}
		stopped <- err
	})
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) || unhook() {
		return err
	}
	return <-stopped
}

// Hosts are the names by which a server on a loopback address is reached. For
// any other address, and for port 0, it is nil: the names are not known here.
func Hosts(addr string) []string {
	host, port, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err != nil || port == "0" || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil
	}
	var names []string
	for _, name := range []string{host, "localhost", "127.0.0.1", "::1"} {
		names = append(names, net.JoinHostPort(name, port))
		if port == "80" { // browsers leave it out
			names = append(names, strings.TrimSuffix(net.JoinHostPort(name, port), ":80"))
		}
	}
	return names
}

// Build names the binary that runs: its size and time of modification. Pages
// that another build rendered are sent anew.
func Build() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("name this build: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("name this build: %w", err)
	}
	return fmt.Sprint(info.Size(), "-", info.ModTime().UnixNano()), nil
}
