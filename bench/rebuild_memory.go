package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"ironstar.dev/engine"
	gen "ironstar.dev/gen/todo"
	"ironstar.dev/internal/app/todo"
	"ironstar.dev/sqlite"
)

// rebuildOnly is the first argument of a process that rebuilds views and ends.
const rebuildOnly = "rebuild-only"

// measureRebuildMemory compares the memory of a process that rebuilds a view
// from a log with that of a process that uses half of the log. Both logs are
// larger than the caches of the connections.
func measureRebuildMemory(ctx context.Context, b *bench, path string, events int) error {
	dir, err := b.folder("half")
	if err != nil {
		return err
	}
	half := filepath.Join(dir, "log.db")
	if err := fillLog(ctx, half, events/2); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	memory := func(path string) ([]float64, error) {
		out, err := output(exec.CommandContext(ctx, self, rebuildOnly, path))
		if err != nil {
			return nil, err
		}
		kilobytes, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
		return []float64{kilobytes * 1024}, err
	}
	return b.compare(ctx, experiment{
		metrics: []metric{{"memory of a rebuild, " + strconv.Itoa(events/1000) + "k events, floor: half of them", size, ratioAtMost(1.1)}},
		ours:    func(context.Context, int) ([]float64, error) { return memory(path) },
		floor:   func(context.Context, int) ([]float64, error) { return memory(half) },
	})
}

// runRebuild rebuilds the views of the todo list from a log, and prints its
// greatest memory. Its parent would only get the greatest of all its children.
func runRebuild(path string) (err error) {
	ctx := context.Background()
	store, err := sqlite.Open(ctx, path, sqlite.Options{Shapes: gen.ListShapes})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	eng := engine.New(store, engine.Options{NoSnapshots: true}) // otherwise the next run would rebuild nothing
	engine.Run(eng, gen.NewList(todo.List{}))
	engine.Follow(eng, gen.NewTally(todo.Tally{}))
	if err := eng.Start(ctx); err != nil {
		return err
	}
	fmt.Println(peakKilobytes())
	return eng.Close()
}

// peakKilobytes returns the greatest memory of this process, or NaN if the
// system does not report it.
func peakKilobytes() float64 {
	for line := range strings.Lines(content("/proc/self/status")) {
		if text, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "kB")), 64)
			if err == nil {
				return n
			}
		}
	}
	return math.NaN()
}
