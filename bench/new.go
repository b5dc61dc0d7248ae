package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// measureNew makes a project and builds and starts it as its Makefile does, until the
// first page is there. Each run has a folder of its own. The first is not measured: it
// fills the caches of Go with the modules, the tools and all packages but those of
// the project.
func measureNew(ctx context.Context, b *bench) error {
	ironstar, err := b.binary(ctx, "./cmd/ironstar")
	if err != nil {
		return err
	}
	dir, err := b.folder("new")
	if err != nil {
		return err
	}
	runs := 0
	ours := func(ctx context.Context, _ int) ([]float64, error) {
		runs++
		return b.newProject(ctx, ironstar, filepath.Join(dir, fmt.Sprintf("guests%d", runs)))
	}
	floor := func(ctx context.Context, _ int) ([]float64, error) {
		runs++
		return bareProject(ctx, filepath.Join(dir, fmt.Sprintf("bare%d", runs)))
	}
	for _, warm := range []func(context.Context, int) ([]float64, error){ours, floor} {
		if _, err := warm(ctx, 0); err != nil {
			return err
		}
	}
	return b.compare(ctx, experiment{
		within: time.Duration(b.size(120, 30)) * time.Second,
		metrics: []metric{
			{"new to first page", duration, atMost(duration, 120)},
			{"new to first page, ironstar new", duration, aim{}},
			{"new to first page, build", duration, aim{}},
			{"new to first page, start and first page", duration, aim{}},
		},
		ours: ours, floor: floor,
	})
}

// stages are durations of one thing after the other, in seconds, behind their sum.
type stages struct {
	begun time.Time
	took  []float64
}

func newStages() *stages { return &stages{time.Now(), []float64{0}} }

// end ends a stage.
func (s *stages) end() {
	now := time.Now()
	t := now.Sub(s.begun).Seconds()
	s.begun, s.took = now, append(s.took, t)
	s.took[0] += t
}

func (b *bench) newProject(ctx context.Context, ironstar, dir string) ([]float64, error) {
	s := newStages()
	make := exec.CommandContext(ctx, ironstar, "new", "--module", "example.com/guests", "--ironstar", b.repo, dir)
	if _, err := output(make); err != nil {
		return nil, err
	}
	s.end()
	build := exec.CommandContext(ctx, "make", "build")
	build.Dir = dir
	if _, err := output(build); err != nil {
		return nil, err
	}
	s.end()
	err := firstPage(ctx, filepath.Join(dir, "bin", "app"), "-addr", "127.0.0.1:0", "-db", filepath.Join(dir, "app.db"))
	s.end()
	return s.took, err
}

// firstPage starts a server, and returns when it has answered its start page.
func firstPage(ctx context.Context, app string, args ...string) error {
	server, err := startProcess(ctx, nil, app, args...)
	if err != nil {
		return err
	}
	defer server.stop()
	answer, err := http.Get(server.url + "/")
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, answer.Body)
	if err = errors.Join(err, answer.Body.Close()); err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("the start page: %s", answer.Status)
	}
	return err
}

// bareProject is the floor: a module with one page, by hand.
func bareProject(ctx context.Context, dir string) ([]float64, error) {
	s := newStages()
	err := writeFiles(dir, map[string]string{"go.mod": "module example.com/bare\n\ngo 1.26\n", "main.go": bareProjectMain})
	if err != nil {
		return nil, err
	}
	s.end()
	app := filepath.Join(dir, "app")
	build := exec.CommandContext(ctx, "go", "build", "-o", app, ".")
	build.Dir, build.Env = dir, append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if _, err := output(build); err != nil {
		return nil, err
	}
	s.end()
	err = firstPage(ctx, app)
	s.end()
	return s.took, err
}

const bareProjectMain = `package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<!doctype html><title>guests</title><h1>guests</h1>") })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Fprintf(os.Stderr, "serving on http://%s\n", l.Addr())
	panic(http.Serve(l, nil))
}
`
