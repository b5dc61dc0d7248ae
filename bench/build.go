package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// measureBuild compiles what is generated for the big schema. The build cache
// is a fresh one that holds everything the generated packages import. Each run
// is a module of another name, so nothing of it was ever compiled.
func measureBuild(ctx context.Context, b *bench) error {
	ironstar, err := b.binary(ctx, "./cmd/ironstar")
	if err != nil {
		return err
	}
	cache, err := b.folder("gocache")
	if err != nil {
		return err
	}
	b.say("  compiling what generated code imports, into a fresh cache")
	small := generation{b, ironstar, map[string]string{"schema/scale/scale.cue": scaleSchema(1)}}
	if _, err := small.build(ctx, cache, "bench.test/small"); err != nil {
		return err
	}
	big := generation{b, ironstar, map[string]string{"schema/scale/scale.cue": scaleSchema(scaleSize)}}
	return b.compare(ctx, experiment{
		metrics: []metric{{fmt.Sprintf("go build, %d aggregates", scaleSize), duration, atMost(duration, 5)}},
		ours: func(ctx context.Context, run int) ([]float64, error) {
			s, err := big.build(ctx, cache, fmt.Sprintf("bench.test/ours%d", run))
			return []float64{s}, err
		},
		floor: func(ctx context.Context, run int) ([]float64, error) {
			s, err := buildFloor(ctx, b, cache, fmt.Sprintf("bench.test/floor%d", run))
			return []float64{s}, err
		},
	})
}

// build generates into a new module and returns the seconds to compile it.
func (g generation) build(ctx context.Context, cache, path string) (float64, error) {
	dir, err := g.module("build", path)
	if err != nil {
		return 0, err
	}
	if _, err := coldRun(ctx, dir, g.ironstar, "generate"); err != nil {
		return 0, err
	}
	return goBuild(ctx, dir, cache)
}

// goBuild compiles all packages of a module.
func goBuild(ctx context.Context, dir, cache string) (float64, error) {
	cmd := exec.CommandContext(ctx, "go", "build", "./...")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOCACHE="+cache, "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off", "CGO_ENABLED=0")
	begun := time.Now()
	_, err := output(cmd)
	return time.Since(begun).Seconds(), err
}

// goModule makes dir a module that sees this repository, with its versions of
// everything else.
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
