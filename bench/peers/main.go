package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"
)

// store is one library with the files in a folder.
type store interface {
	// about returns the library, its driver, and their versions.
	about() string
	open(dir string) error
	close() error

	// append stores the n-th event of stream w and returns when it is synced.
	// Many goroutines call it, each with its own stream.
	append(ctx context.Context, w, n int) error
	// command does the same through the library's aggregates.
	command(ctx context.Context, w, n int) error

	// fill writes lists with this many events each.
	fill(ctx context.Context, lists, events int) error
	// load reads the aggregate of one list and returns how many lines it has.
	load(ctx context.Context, list int) (int, error)
	// rebuild folds all events into one view and returns how many lines were
	// added.
	rebuild(ctx context.Context) (int, error)
}

// stores are the libraries by their names on the command line.
var stores = map[string]func() store{"ironstar": func() store { return &ironstarStore{} }}

// errNothingStored means that a measured command had no effect.
var errNothingStored = errors.New("a command stored nothing")

// work is the workload of one run.
type work struct {
	Store string        `json:"store"`
	Do    string        `json:"do"` // the name of a method of store, or "about"
	Dir   string        `json:"dir"`
	N     int           `json:"n"`      // writers or lists
	Each  int           `json:"events"` // events of a list
	For   time.Duration `json:"for"`
}

// result is the result of a run.
type result struct {
	About   string          `json:"about"`
	Count   int             `json:"count"` // number of operations or events
	Seconds float64         `json:"seconds"`
	Took    []time.Duration `json:"took,omitempty"` // duration of each operation
}

func main() {
	var w work
	if len(os.Args) != 2 || json.Unmarshal([]byte(os.Args[1]), &w) != nil {
		fmt.Fprintf(os.Stderr, "peers: started by go run ./bench -only peers; stores: %s\n", strings.Join(slices.Sorted(maps.Keys(stores)), ", "))
		os.Exit(2)
	}
	r, err := w.run(context.Background())
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(r)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "peers: %s of %s: %v\n", w.Do, w.Store, err)
		os.Exit(1)
	}
}

func (w work) run(ctx context.Context) (r result, err error) {
	make := stores[w.Store]
	if make == nil {
		return r, errors.New("there is no such store in this build")
	}
	s := make()
	r.About = s.about()
	if w.Do == "about" {
		return r, nil
	}
	if err := s.open(w.Dir); err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	begun := time.Now()
	switch w.Do {
	case "append":
		r.Took, err = w.writers(func(stream, n int) error { return s.append(ctx, stream, n) })
		r.Count = len(r.Took)
	case "command":
		r.Took, err = w.writers(func(stream, n int) error { return s.command(ctx, stream, n) })
		r.Count = len(r.Took)
	case "fill":
		err = s.fill(ctx, w.N, w.Each)
	case "load":
		r.Took, err = w.loads(ctx, s)
		r.Count = len(r.Took)
	case "rebuild":
		r.Count = w.N * w.Each
		var lines int
		if lines, err = s.rebuild(ctx); err == nil && lines != linesOf(r.Count) {
			err = fmt.Errorf("the view counts %d lines, want %d", lines, linesOf(r.Count))
		}
	default:
		err = errors.New("unknown work")
	}
	r.Seconds = time.Since(begun).Seconds()
	return r, err
}

// writers runs goroutines for a while, each on its own stream.
func (w work) writers(f func(stream, n int) error) ([]time.Duration, error) {
	took := make([][]time.Duration, w.N)
	faults := make([]error, w.N)
	until := time.Now().Add(w.For)
	var done sync.WaitGroup
	for stream := range w.N {
		done.Go(func() {
			for n := 0; ; n++ {
				begun := time.Now()
				if begun.After(until) {
					return
				}
				if faults[stream] = f(stream, n); faults[stream] != nil {
					return
				}
				took[stream] = append(took[stream], time.Since(begun))
			}
		})
	}
	done.Wait()
	return slices.Concat(took...), errors.Join(faults...)
}

// loads reads all lists repeatedly. After the first time they are in SQLite's
// caches.
func (w work) loads(ctx context.Context, s store) ([]time.Duration, error) {
	const rounds = 5
	var took []time.Duration
	for n := range rounds * w.N {
		list := n % w.N
		begun := time.Now()
		lines, err := s.load(ctx, list)
		if err == nil && lines != linesOf(w.Each) {
			err = fmt.Errorf("list %d has %d lines, want %d", list, lines, linesOf(w.Each))
		}
		if err != nil {
			return nil, err
		}
		took = append(took, time.Since(begun))
	}
	return took, nil
}

// version returns the version of a module in this program.
func version(module string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, m := range info.Deps {
		if m.Path == module {
			return m.Version
		}
	}
	return ""
}
