package ops_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"ironstar.dev/engine"
	"ironstar.dev/ops"
)

// fillCommand adds notes to an empty database.
type fillCommand struct {
	DB    string `name:"db" default:"app.db"`
	Notes int    `default:"2" help:"How many notes."`
	err   error
}

func (c *fillCommand) Run(call *ops.Call) error {
	err := call.Fill(c.DB, func(ctx context.Context, r ops.Running) error {
		var note engine.Handler[string]
		if err := engine.FindHandler(r.Engine, noteKind, &note); err != nil {
			return err
		}
		for i := range c.Notes {
			if _, err := note.Do(ctx, "one", fmt.Sprint("note ", i)); err != nil {
				return err
			}
		}
		return c.err
	})
	if err == nil {
		fmt.Fprintln(call.Stdout, "filled by", call.App.Name)
	}
	return err
}

// TestOwnCommand: a command of the application's own has flags and help as the others,
// and fills an empty database only.
func TestOwnCommand(t *testing.T) {
	t.Chdir(t.TempDir())
	do := &fillCommand{}
	app := noteApp()
	app.Commands = []ops.Command{{Name: "fill", Help: "Add some notes.", Do: do}}
	run := func(ctx context.Context, code int, says string, args ...string) {
		t.Helper()
		var out bytes.Buffer
		if got := app.Run(ctx, args, &out, &out); got != code || !strings.Contains(out.String(), says) {
			t.Errorf("%v ends with %d and says %q, want %d and %q", args, got, &out, code, says)
		}
	}
	run(t.Context(), 0, "Add some notes.", "--help")
	run(t.Context(), 0, "How many notes.", "fill", "--help")
	run(t.Context(), 2, "unknown flag --note", "fill", "--note", "3")
	run(t.Context(), 0, "filled by notes", "fill", "--notes", "3", "-db", "a.db")
	run(t.Context(), 2, "a.db has 3 events, and this command fills an empty database only", "fill", "-db", "a.db")
	run(t.Context(), 2, "no/a.db", "fill", "-db", filepath.Join("no", "a.db"))
	do.err = errors.New("there is no ink")
	run(t.Context(), 2, "notes: there is no ink", "fill", "-db", "b.db")
	ended, end := context.WithCancel(t.Context())
	end()
	run(ended, 130, "interrupted", "fill", "-db", "c.db")

	for says, c := range map[string]ops.Command{
		"ops.App.Commands[0] needs a Name": {Do: do}, "and Do: a pointer": {Name: "fill"}, "there is a command serve already": {Name: "serve", Do: do},
	} {
		app.Commands = []ops.Command{c}
		run(t.Context(), 2, says, "--help")
	}
}
