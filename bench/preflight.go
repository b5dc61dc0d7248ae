package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"ironstar.dev/gen/todo/todohttp"
	"ironstar.dev/internal/app/todo"
	"ironstar.dev/live"
	"ironstar.dev/ops"
)

// preflightRun runs the application's preflight on a log and returns events per
// second.
func preflightRun(ctx context.Context, path string, events int) (float64, error) {
	app := ops.App{Name: "app", Domains: []ops.Domain{todohttp.Domain{
		List: todo.List{}, BoardOptions: live.ViewOptions{NoPage: true},
		Tally: todo.Tally{}, TallyOptions: live.ViewOptions{NoPage: true},
	}}}
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
