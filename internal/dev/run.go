package dev

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// Options say what to run. All are required.
type Options struct {
	Root    string // the project's folder, absolute
	Addr    string // host:port on which browsers reach the application: a loopback address
	DB      string // the database, absolute
	Package string // of the application's command, as the go command takes it: "./cmd/app"

	// Generate generates from the schema. It returns the files that it wrote, from
	// Root, with slashes. It is called from one goroutine at a time, as are the
	// functions below.
	Generate func(context.Context) (wrote []string, problems []Problem)

	// Assets builds what browsers load into static/dist.
	Assets func(context.Context) []Problem

	// Released returns which versions of events are released.
	Released func() (func(EventVersion) bool, error)

	// Check returns what ironstar check says of the schema.
	Check func() []Problem

	// Missing returns the methods that generated code needs and that are not
	// written, each with its code.
	Missing func() []Problem

	Out io.Writer // gets what people read
}

// supervisor runs a project.
type supervisor struct {
	Options
	folder  *folder
	watcher *watcher
	board   *board
	out     *lineWriter
	script  []byte        // what pages load
	address string        // of the child
	builds  int           // counts binaries
	ending  chan struct{} // closed when the run ends

	todo     work                 // what is not done yet
	problems map[string][]Problem // by stage
	binary   string               // of the child

	mu      sync.Mutex
	child   *child
	started chan struct{}     // closed while there is a child
	built   map[string]string // addresses of assets by name
	pending *report           // waits until its change is on a page
}

// Run runs a project until ctx ends, and returns nil then. It returns an error if it
// cannot begin: the address is in use, or the system does not watch files.
func Run(ctx context.Context, o Options) (err error) {
	l, err := listen(ctx, o.Addr)
	if err != nil {
		return err
	}
	defer l.Close()
	o.Addr = l.Addr().String() // with the real port in place of port 0
	if err := os.MkdirAll(filepath.Dir(o.DB), 0o777); err != nil {
		return fmt.Errorf("make the folder of the database: %w", err)
	}
	child, err := freeAddress(ctx)
	if err != nil {
		return err
	}
	w, err := newWatcher(o.Root)
	if err != nil {
		return err
	}
	defer w.fs.Close()
	f, err := newFolder()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.close()) }()
	code, err := script()
	if err != nil {
		return err
	}
	s := &supervisor{Options: o, folder: f, watcher: w, board: newBoard(), out: &lineWriter{to: o.Out}, script: code, address: child,
		ending: make(chan struct{}), problems: map[string][]Problem{}, started: make(chan struct{}), built: map[string]string{}}
	return s.run(ctx, l)
}

// listen listens on the address of browsers.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	ip := net.ParseIP(host)
	if err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("%q is not an address of this machine only, such as 127.0.0.1:8080: people who write an application see its code and its data", addr)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		if other := running(ctx, addr); other != "" {
			return nil, fmt.Errorf("%w: ironstar dev runs there already, %s: end it, or choose another address with --addr 127.0.0.1:8081 (make dev ADDR=127.0.0.1:8081)", err, other)
		}
		return nil, fmt.Errorf("%w: stop the program that uses it, or choose another address with --addr 127.0.0.1:8081 (make dev ADDR=127.0.0.1:8081)", err)
	}
	return l, nil
}

// running asks an address for the ironstar dev that serves there. It returns "" if there
// is none.
func running(ctx context.Context, addr string) string {
	ctx, stop := context.WithTimeout(ctx, time.Second)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+nowPath, nil)
	if err != nil {
		return ""
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return ""
	}
	defer answer.Body.Close()
	return answer.Header.Get(runHeader)
}

// freeAddress returns an address that nobody listens on.
func freeAddress(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a port for the server: %w", err)
	}
	return l.Addr().String(), l.Close()
}

func (s *supervisor) run(ctx context.Context, l net.Listener) error {
	server := &http.Server{Handler: s.newProxy(s.address), ReadHeaderTimeout: 10 * time.Second}
	broken := make(chan error, 2) // one of each goroutine
	var running sync.WaitGroup
	running.Go(func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			broken <- err
		}
	})
	ctx, stop := context.WithCancel(ctx)
	changes := make(chan saved)
	running.Go(func() {
		if err := s.watcher.run(ctx, changes); err != nil {
			broken <- err
		}
	})
	s.out.say("dev: http://%s/ and, for what it consists of, http://%[1]s/dev", s.Addr)
	err := s.loop(ctx, changes, broken)
	stop()
	close(s.ending)
	s.endChild()
	_ = server.Close() // what is still open is of no use
	running.Wait()
	return err
}

// loop does what follows from each change. A change while it works begins it
// again.
func (s *supervisor) loop(ctx context.Context, changes <-chan saved, broken <-chan error) error {
	s.todo = s.everything()
	for {
		working, cancel := context.WithCancel(ctx)
		done := make(chan struct{})
		go func() { defer close(done); s.pass(working, ctx) }()
		var idle <-chan struct{} = done
		var died <-chan struct{}
		for changed := false; !changed; {
			select {
			case c := <-changes:
				s.interrupt(cancel, done)
				s.todo.add(c)
				changed = true
			case <-idle:
				cancel()
				idle, died = nil, s.childDone()
			case <-died:
				died = nil
				s.childDied()
			case err := <-broken:
				s.interrupt(cancel, done)
				return err
			case <-ctx.Done():
				s.interrupt(cancel, done)
				return nil
			}
		}
	}
}

func (s *supervisor) interrupt(cancel func(), done <-chan struct{}) {
	cancel()
	<-done
}

// assets returns the addresses of the newest assets by name.
func (s *supervisor) assets() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.built
}

// readManifest reads which assets there are, and reports whether that changed.
func (s *supervisor) readManifest() bool {
	text, err := os.ReadFile(filepath.Join(s.Root, "static", "dist", "manifest.json"))
	var manifest map[string]string
	if err != nil || json.Unmarshal(text, &manifest) != nil {
		return false // the server says at its start what is missing
	}
	all, styles, scripts := assetsOf(manifest)
	s.mu.Lock()
	same := maps.Equal(s.built, all)
	s.built = all
	s.mu.Unlock()
	if !same {
		s.board.set(func(now *state) {
			now.Styles, now.Scripts = styles, scripts
			now.Change++
		})
	}
	return !same
}

func sorted(names []string) []string {
	slices.Sort(names)
	return names
}

// lineWriter writes whole lines of several goroutines.
type lineWriter struct {
	mu sync.Mutex
	to io.Writer
}

func (w *lineWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.to.Write(p)
}

func (w *lineWriter) say(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }
