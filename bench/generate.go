package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"ironstar.dev/internal/codegen/cuetest/scale"
)

// scaleSize is the number of aggregates of the big schema.
const scaleSize = 100

// measureGenerate runs the generator in a new process each time: in a module
// that has only its schema, and again without changes.
func measureGenerate(ctx context.Context, b *bench) error {
	ironstar, err := b.binary(ctx, "./cmd/ironstar")
	if err != nil {
		return err
	}
	todo, err := os.ReadFile(filepath.Join(b.repo, "schema", "todo", "list.cue"))
	if err != nil {
		return err
	}
	for _, c := range []struct {
		name   string
		schema map[string]string
		most   float64 // seconds
	}{
		{"todo", map[string]string{"schema/todo/list.cue": string(todo)}, 0.050},
		{strconv.Itoa(scaleSize) + " aggregates", map[string]string{"schema/scale/scale.cue": scale.Schema(scaleSize)}, 1},
	} {
		g := generation{b: b, ironstar: ironstar, schema: c.schema}
		if err := b.compare(ctx, g.experiment("generate "+c.name, c.most)); err != nil {
			return err
		}
	}
	return nil
}

// generation is a schema and the command that generates its code.
type generation struct {
	b        *bench
	ironstar string
	schema   map[string]string
}

func (g generation) experiment(name string, most float64) experiment {
	return experiment{
		metrics: []metric{
			{name + ", first time", duration, atMost(duration, most)},
			{name + ", processor time", duration, aim{}},
			{name + ", memory", size, aim{}},
			{name + ", nothing changed", duration, atMost(duration, most)},
		},
		ours: func(ctx context.Context, _ int) ([]float64, error) {
			dir, err := g.module("generate", "bench.test/generate")
			if err != nil {
				return nil, err
			}
			first, err := coldRun(ctx, dir, g.ironstar, "generate")
			if err != nil {
				return nil, err
			}
			again, err := coldRun(ctx, dir, g.ironstar, "generate")
			return []float64{first.seconds, first.busy, first.bytes, again.seconds}, err
		},
		floor: func(ctx context.Context, _ int) ([]float64, error) { return versionFloor(ctx, g.b.dir, g.ironstar) },
	}
}

// module makes a Go module with the schema that uses this repository's library.
func (g generation) module(folder, path string) (string, error) {
	dir, err := g.b.folder(folder)
	if err != nil {
		return "", err
	}
	if err := g.b.goModule(dir, path); err != nil {
		return "", err
	}
	if err := writeFiles(dir, g.schema); err != nil {
		return "", err
	}
	return dir, writeFiles(dir, map[string]string{
		"schema/cue.mod/module.cue": "module: \"" + path + "/schema\"\nlanguage: version: \"v0.17.0\"\n",
	})
}

// spent is what a process used.
type spent struct {
	seconds float64
	busy    float64 // seconds of processor time, user and system
	bytes   float64 // greatest memory
}

// coldRun runs a process from start to end, as its parent sees it.
func coldRun(ctx context.Context, dir, name string, args ...string) (spent, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	return timed(cmd)
}

// timed runs a command. The result includes processes that it started.
func timed(cmd *exec.Cmd) (spent, error) {
	begun := time.Now()
	if _, err := output(cmd); err != nil {
		return spent{}, err
	}
	took, end := time.Since(begun), cmd.ProcessState
	return spent{took.Seconds(), (end.UserTime() + end.SystemTime()).Seconds(), maxMemory(end)}, nil
}
