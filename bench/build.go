package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"ironstar.dev/internal/codegen/cuetest/scale"
)

// measureBuild compiles the generated code of the big schema, including stubs.
// Each run has its own build cache with everything that the generated packages
// import, and without these packages.
func measureBuild(ctx context.Context, b *bench) error {
	if b.opts.quick && len(b.opts.only) == 0 {
		b.progress("  left out: too long for -quick; -only build measures it")
		return nil
	}
	ironstar, err := b.binary(ctx, "./cmd/ironstar")
	if err != nil {
		return err
	}
	if err := b.seed(ctx, ironstar); err != nil {
		return err
	}
	floor, err := b.plainModule()
	if err != nil {
		return err
	}
	side := func(dir string) func(context.Context, int) ([]float64, error) {
		return func(ctx context.Context, _ int) ([]float64, error) {
			s, err := b.coldBuild(ctx, dir)
			return []float64{s.seconds, s.busy}, err
		}
	}
	for _, v := range []struct{ name, folder, schema string }{
		{fmt.Sprintf("go build, %d aggregates", scaleSize), "big", scale.Schema(scaleSize)},
		{fmt.Sprintf("go build, %d aggregates, no payloads alike", scaleSize), "varied", scale.Varied(scaleSize)},
	} {
		ours, err := b.generated(ctx, ironstar, v.folder, v.schema)
		if err != nil {
			return err
		}
		if err := b.compare(ctx, experiment{
			metrics: []metric{{v.name, duration, atMost(duration, 5)}, {v.name + ", processor time", duration, aim{}}},
			within:  time.Minute,
			ours:    side(ours), floor: side(floor),
		}); err != nil {
			return err
		}
	}
	return nil
}

// seeded is the build cache that each run gets a copy of.
const seeded = "gocache"

// seed compiles the imports of generated code, by building the code of a single
// aggregate.
func (b *bench) seed(ctx context.Context, ironstar string) error {
	cache, err := b.folder(seeded)
	if err != nil {
		return err
	}
	dir, err := b.generated(ctx, ironstar, "small", scale.Schema(1))
	if err != nil {
		return err
	}
	b.progress("  compiling what generated code imports, into a fresh cache")
	_, err = goBuild(ctx, dir, cache)
	return err
}

// generated returns a module with the generated code of a schema.
func (b *bench) generated(ctx context.Context, ironstar, folder, schema string) (dir string, err error) {
	g := generation{b, ironstar, map[string]string{"schema/scale/scale.cue": schema}}
	if dir, err = g.module(folder, "bench.test/"+folder); err != nil {
		return "", err
	}
	b.progress("  generating the %s schema", folder)
	_, err = coldRun(ctx, dir, ironstar, "generate")
	return dir, err
}

// coldBuild compiles a module that was never compiled before.
func (b *bench) coldBuild(ctx context.Context, dir string) (spent, error) {
	cache, err := b.folder("gocache-of-run")
	if err != nil {
		return spent{}, err
	}
	if err := linkTree(cache, filepath.Join(b.dir, seeded)); err != nil {
		return spent{}, err
	}
	return goBuild(ctx, dir, cache)
}

// linkTree copies a folder with hard links to its files. The go command adds
// files to a cache and does not change existing ones.
func linkTree(to, from string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(to, strings.TrimPrefix(path, from))
		if d.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		return os.Link(path, target)
	})
}

// goBuild compiles all packages of a module.
func goBuild(ctx context.Context, dir, cache string) (spent, error) {
	cmd := exec.CommandContext(ctx, "go", "build", "./...")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOCACHE="+cache, "GOFLAGS=-mod=mod", "GOWORK=off", "CGO_ENABLED=0")
	return timed(cmd)
}

// goModule makes dir a module that uses this repository, with the same versions
// of dependencies.
func (b *bench) goModule(dir, path string) error {
	own, err := os.ReadFile(filepath.Join(b.repo, "go.mod"))
	if err != nil {
		return err
	}
	sums, err := os.ReadFile(filepath.Join(b.repo, "go.sum"))
	if err != nil {
		return err
	}
	text := strings.Replace(string(own), "module ironstar.dev", "module "+path, 1) +
		"\nrequire ironstar.dev v0.0.0\n\nreplace ironstar.dev => " + b.repo + "\n"
	return writeFiles(dir, map[string]string{"go.mod": text, "go.sum": string(sums)})
}
