package ops

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/alecthomas/kong"

	"ironstar.dev/engine"
	"ironstar.dev/sqlite"
)

// Command is a command of the application's own: app seed, beside app serve. It has a
// line in app --help, and help of its own.
type Command struct {
	Name string // as people type it
	Help string // one sentence, for the table of commands

	// Do is a pointer to a struct. Its fields are flags and arguments, with the tags of
	// package kong: help, default, placeholder, arg. With a method Help() string it has a
	// longer help. An error of Run is printed, and the exit code is 2, or 130 if
	// Call.Context has ended.
	Do Runner
}

// Runner does what a [Command] is for.
type Runner interface {
	Run(*Call) error
}

// Call is one call of a [Command].
type Call struct {
	Context        context.Context // ends with Ctrl-C
	App            App
	Stdout, Stderr io.Writer // results, and everything else
}

// Fill opens a database, in which nothing may have happened yet, and calls f. The engine
// has the domains of the application, and no server: nobody else gives commands
// meanwhile. Processes send what they have to send before Fill returns, and timers that
// are due by then have led to something. From an error of f on, the database is not empty.
func (c *Call) Fill(file string, f func(ctx context.Context, r Running) error) (err error) {
	ctx, app := c.Context, c.App
	parts, err := app.parts()
	if err != nil {
		return err
	}
	store, err := sqlite.Open(ctx, file, sqlite.Options{Shapes: parts.Shapes()})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	head, err := store.Head(ctx)
	if err != nil {
		return err
	}
	if head != 0 {
		return fmt.Errorf("%s has %d events, and this command fills an empty database only: name another file with --db, or remove this one", file, head)
	}
	options := engine.Options{Logger: slog.New(slog.NewTextHandler(c.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))}
	if app.EngineOptions != nil {
		app.EngineOptions(&options)
	}
	eng := engine.New(store, options)
	defer func() { err = errors.Join(err, eng.Close()) }()
	if _, err := app.register(eng); err != nil {
		return err
	}
	if err := errors.Join(eng.Start(ctx), eng.SettleProcesses(ctx)); err != nil {
		return err
	}
	if err := f(ctx, Running{Flags: Flags{DB: file}, Store: store, Engine: eng}); err != nil {
		return err
	}
	return settle(ctx, eng, store, parts.Processes())
}

// settle waits until no timer is due, and all that it led to is sent. The timers of a
// process that is paused wait.
func settle(ctx context.Context, eng *engine.Engine, store *sqlite.Store, all []engine.ProcessInfo) error {
	now := time.Now()
	for _, p := range all {
		for due := true; due; {
			stored, _, err := store.Process(ctx, p.Name)
			if err != nil {
				return err
			}
			timers, _, err := store.Timers(ctx, p.Name, now, 1)
			if err != nil {
				return err
			}
			if due = len(timers) > 0 && !stored.Paused; !due {
				break
			}
			select {
			case <-time.After(time.Millisecond):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	return eng.SettleProcesses(ctx)
}

// parser knows the commands of every application, and those of this one.
func (app App) parser(c *commands, stdout, stderr io.Writer) (*kong.Kong, error) {
	options := []kong.Option{
		kong.Name(app.Name), kong.Description(app.About + manual), kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { panic(exited(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100, NoAppDescFormat: true}),
	}
	for i, own := range app.Commands {
		if own.Name == "" || own.Do == nil {
			return nil, fmt.Errorf("ops.App.Commands[%d] needs a Name, and Do: a pointer to a struct of flags with a method Run", i)
		}
		options = append(options, kong.DynamicCommand(own.Name, own.Help, "", own.Do))
	}
	parser, err := kong.New(c, options...)
	if err != nil {
		return nil, fmt.Errorf("ops.App.Commands: %w", err)
	}
	known := map[string]bool{}
	for _, command := range parser.Model.Children {
		if known[command.Name] {
			return nil, fmt.Errorf("ops.App.Commands: there is a command %s already: choose another name", command.Name)
		}
		known[command.Name] = true
	}
	return parser, nil
}
