package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"ironstar.dev/engine"
	gen "ironstar.dev/gen/todo"
	"ironstar.dev/internal/app/todo"
	"ironstar.dev/ops"
)

// preflightRun runs the application's preflight on a log, as the command does,
// and returns events per second.
func preflightRun(ctx context.Context, path string, events int) (float64, error) {
	app := ops.App{Name: "app", Parts: func(eng *engine.Engine) {
		engine.Run(eng, gen.NewList(todo.List{}))
		engine.Follow(eng, gen.NewBoard(todo.List{}))
		engine.Follow(eng, gen.NewTally(todo.Tally{}))
	}}
	var stdout, stderr bytes.Buffer
	begun := time.Now()
	code := app.Run(ctx, []string{"preflight", "--db", path, "--format", "json"}, &stdout, &stderr)
	took := time.Since(begun)
	var report ops.Report
	if err := json.Unmarshal(stdout.Bytes(), &report); code != 0 || err != nil || int(report.Events) != events {
		return 0, fmt.Errorf("preflight ended with %d, read %d events of %d, and said %s", code, report.Events, events, &stderr)
	}
	return float64(events) / took.Seconds(), nil
}
