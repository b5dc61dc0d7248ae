package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

const devSaves = 2 // in a run

// devEdit is a file of a project that is saved, and where what follows from it is
// seen.
type devEdit struct {
	name, file string
	old        string         // is in the file; %d is a number that each save counts up
	seen       string         // is then in the page, or in the asset
	asset      *regexp.Regexp // finds the asset's address in the page; nil means the page itself
	n          int            // the number in the file
}

func devEdits() []*devEdit {
	return []*devEdit{
		{name: "CUE", file: "schema/book/book.cue", old: "strings.MaxRunes(%d)", seen: `maxlength="%d"`, n: 80},
		{name: "templ", file: "web/guests.templ", old: "<button>Sign%d</button>", seen: "Sign%d</button>"},
		{name: "Go", file: "web/bench.go", old: `"go%d"`, seen: "go%d</i>"},
		{name: "CSS", file: "web/app.css", old: ".bench%d", seen: ".bench%d", asset: regexp.MustCompile(`/static/app[^"]*\.css`)},
		{name: "TypeScript", file: "web/app.ts", old: `"ts%d"`, seen: "ts%d", asset: regexp.MustCompile(`/static/app[^"]*\.js`)},
	}
}

// measureDev saves files of a new project while ironstar dev runs it, until a client
// gets from the server what followed.
func measureDev(ctx context.Context, b *bench) error {
	ironstar, err := b.binary(ctx, "./cmd/ironstar")
	if err != nil {
		return err
	}
	dir, err := b.folder("dev")
	if err != nil {
		return err
	}
	d := &devProject{dir: filepath.Join(dir, "guests"), floor: filepath.Join(dir, "floor")}
	if err := d.prepare(ctx, ironstar, b.repo); err != nil {
		return err
	}
	server, err := startProcess(ctx, []string{"TMPDIR=" + dir}, ironstar, "dev", "--root", d.dir, "--addr", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer server.stop()
	d.url = server.url
	for _, e := range devEdits() {
		if err := d.await(ctx, e); err != nil { // the first build
			return err
		}
		if _, err := d.build(ctx); err != nil {
			return err
		}
		if err := b.compareDev(ctx, d, e); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) compareDev(ctx context.Context, d *devProject, e *devEdit) error {
	name := "save to screen, " + e.name
	beyond := metric{name + ", beyond go build", duration, atMost(duration, 1)}
	if e.name == "Go" || e.name == "TypeScript" {
		beyond.aim = aim{}
	}
	var builds []time.Duration // of the last run
	return b.compare(ctx, experiment{
		within:  time.Duration(b.size(120, 20)) * time.Second,
		metrics: []metric{{name, duration, aim{}}, beyond},
		ours: func(ctx context.Context, _ int) ([]float64, error) {
			var took []time.Duration
			builds = nil
			more := 0.0
			for range devSaves {
				t, err := d.save(ctx, e)
				if err != nil {
					return nil, err
				}
				build, err := d.build(ctx)
				if err != nil {
					return nil, err
				}
				took, builds = append(took, t), append(builds, build)
				more += (t - build).Seconds() / devSaves
			}
			observe(ctx, name, took)
			return []float64{seconds(took, 0.5), max(more, 0)}, nil
		},
		floor: func(ctx context.Context, _ int) ([]float64, error) {
			observe(ctx, name, builds)
			return []float64{seconds(builds, 0.5), math.NaN()}, nil
		},
	})
}

// devProject is a project in a folder, and a copy that go build alone builds.
type devProject struct{ dir, floor, url string }

// prepare makes a project, with a place for each edit.
func (d *devProject) prepare(ctx context.Context, ironstar, repo string) error {
	if _, err := output(exec.CommandContext(ctx, ironstar, "new", "--module", "example.com/guests", "--ironstar", repo, d.dir)); err != nil {
		return err
	}
	page := filepath.Join(d.dir, "web", "guests.templ")
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	text = bytes.Replace(text, []byte("<button>Sign</button>"), []byte("<button>Sign0</button><i>{ stamp }</i>"), 1)
	css, err := os.ReadFile(filepath.Join(d.dir, "web", "app.css"))
	if err != nil {
		return err
	}
	return writeFiles(d.dir, map[string]string{
		"web/guests.templ": string(text),
		"web/bench.go":     "package web\n\nconst stamp = \"go0\"\n",
		"web/app.css":      string(css) + ".bench0 { color: red }\n",
		"web/app.ts":       "import \"ironstar\"\ndocument.body.dataset.stamp = \"ts0\"\n",
	})
}

// save counts the number in a file up, and waits until what followed is seen.
func (d *devProject) save(ctx context.Context, e *devEdit) (time.Duration, error) {
	file := filepath.Join(d.dir, filepath.FromSlash(e.file))
	was, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	now := strings.Replace(string(was), fmt.Sprintf(e.old, e.n), fmt.Sprintf(e.old, e.n+1), 1)
	if now == string(was) {
		return 0, fmt.Errorf("%s does not have %q", e.file, fmt.Sprintf(e.old, e.n))
	}
	e.n++
	begun := time.Now()
	if err := os.WriteFile(file, []byte(now), 0o644); err != nil {
		return 0, err
	}
	err = d.await(ctx, e)
	return time.Since(begun), err
}

// await asks the server until it sends what is to be seen.
func (d *devProject) await(ctx context.Context, e *devEdit) error {
	n := e.n
	if e.name == "CUE" {
		n *= 2 // UTF-16 units of the longest text
	}
	want := fmt.Sprintf(e.seen, n)
	last := ""
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end) && ctx.Err() == nil; time.Sleep(5 * time.Millisecond) {
		body, err := d.get(ctx, "/")
		if err == nil && e.asset != nil {
			body, err = d.get(ctx, e.asset.FindString(body))
		}
		if err == nil && strings.Contains(body, want) {
			return nil
		}
		last = body
	}
	return fmt.Errorf("%s was saved, and %q did not come; the last answer is %s", e.file, want, last)
}

func (d *devProject) get(ctx context.Context, path string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url+path, nil)
	if err != nil {
		return "", err
	}
	r.Header.Set("Accept", "text/html") // as browsers do: only they get the newest assets
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	body, err := io.ReadAll(answer.Body)
	err = errors.Join(err, answer.Body.Close())
	if err == nil && answer.StatusCode != http.StatusOK {
		err = errors.New(answer.Status)
	}
	return string(body), err
}

// build copies what was written in the project, and returns the time of go build
// alone in the copy.
func (d *devProject) build(ctx context.Context) (time.Duration, error) {
	if err := copyChanged(d.dir, d.floor); err != nil {
		return 0, err
	}
	build := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(d.floor, "bin", "app"), "./cmd/app")
	build.Dir, build.Env = d.floor, append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	begun := time.Now()
	_, err := output(build)
	return time.Since(begun), err
}

// copyChanged brings a copy of a project up to date. Built assets are replaced.
func copyChanged(from, to string) error {
	if err := os.RemoveAll(filepath.Join(to, "static", "dist")); err != nil {
		return err
	}
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		switch {
		case err != nil:
			return err
		case d.IsDir() && (name == ".git" || name == "data" || name == "bin"):
			return filepath.SkipDir
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, name), 0o755)
		}
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // it was temporary
		} else if err != nil {
			return err
		}
		if was, err := os.ReadFile(filepath.Join(to, name)); err == nil && bytes.Equal(was, text) {
			return nil
		}
		return os.WriteFile(filepath.Join(to, name), text, 0o644)
	})
}
