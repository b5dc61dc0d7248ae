package ops

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// The exit codes of an application.
const (
	exitDone        = 0
	exitNo          = 1   // the answer is no; for serve: it did not start, or ended with an error
	exitTrouble     = 2   // wrong use, or a file that cannot be read
	exitInterrupted = 130 // Ctrl-C or SIGTERM; not for serve
)

// commands is the command line: commands, flags and their help. Commands that
// read a database embed database.
type commands struct {
	Serve     serveCommand     `cmd:"" default:"withargs" help:"Serve the application. This is the default command."`
	Preflight preflightCommand `cmd:"" help:"Check how this build would read a database, before you deploy it. Writes nothing."`
	Compare   compareCommand   `cmd:"" help:"Print the states that this build folds differently from the running one. Writes nothing."`
	Processes processesCommand `cmd:"" help:"Show what happens by itself and what waits, pause it and let it go on. See processes --help."`
	Query     queryCommand     `cmd:"" help:"Ask a question about everything that happened, and print the answer. Stores no events."`
	Claims    claimsCommand    `cmd:"" help:"List the values that must be unique: how many are held, and which of them several streams have. Writes nothing."`
	Verify    verifyCommand    `cmd:"" help:"Check that a database is undamaged, and that snapshots are equal to the fold of their events. Writes nothing."`
}

const manual = `

serve --help lists the flags of the server. You can write these flags without the
command serve. Flags may have one dash or two. Results go to standard output,
everything else to standard error.

Exit codes:

  0    done
  1    the answer is no: preflight found events that this build cannot read or
       would not store, compare or verify found a difference or damage, or the
       server did not start or ended with an error
  2    wrong use, or a file that cannot be read
  130  interrupted; a server that is interrupted ends with 0`

// Main runs an application's command line and ends the process.
func Main(app App) {
	os.Exit(app.Run(Signals(), os.Args[1:], os.Stdout, os.Stderr))
}

// environment holds what a command needs.
type environment struct {
	ctx            context.Context
	app            App
	stdout, stderr io.Writer
}

// errNo means that the command has printed its answer, and that the answer is no.
var errNo = errors.New("no")

// failed is an error with an exit code other than exitTrouble.
type failed struct {
	code int
	error
}

func (f failed) Unwrap() error { return f.error }

// exited is the exit code with which kong wants to end the process, after --help. It
// is the value of a panic that leaves kong's parser.
type exited int

// Run runs a command line and returns the exit code.
func (app App) Run(ctx context.Context, args []string, stdout, stderr io.Writer) (code int) {
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(exited)
			if !ok {
				panic(r)
			}
			code = int(e)
		}
	}()
	var c commands
	parser, err := app.parser(&c, stdout, stderr)
	if err != nil {
		return app.code(ctx, err, stderr)
	}
	parsed, err := parser.Parse(twoDashes(args))
	if err != nil {
		fmt.Fprintf(stderr, "%s: %v; %[1]s --help lists commands and flags\n", app.Name, err)
		return exitTrouble
	}
	return app.code(ctx, parsed.Run(&environment{ctx, app, stdout, stderr}, &Call{ctx, app, stdout, stderr}), stderr)
}

// code prints an error and returns the exit code.
func (app App) code(ctx context.Context, err error, stderr io.Writer) int {
	var f failed
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errNo):
		return exitNo
	case errors.As(err, &f):
		fmt.Fprintf(stderr, "%s: %v\n", app.Name, err)
		return f.code
	case ctx.Err() != nil:
		fmt.Fprintf(stderr, "%s: interrupted\n", app.Name)
		return exitInterrupted
	}
	fmt.Fprintf(stderr, "%s: %v\n", app.Name, err)
	return exitTrouble
}

// twoDashes allows one dash before long flags, as Go programs do. -h is the only
// short flag.
func twoDashes(args []string) []string {
	var all []string
	for i, arg := range args {
		if arg == "--" {
			return append(all, args[i:]...)
		}
		if len(arg) > 2 && arg[0] == '-' && arg[1] != '-' && !strings.ContainsAny(arg[1:2], "0123456789.") {
			arg = "-" + arg
		}
		all = append(all, arg)
	}
	return all
}

type serveCommand struct {
	Flags
	Compare bool `help:"Before --takeover, print the states that this build folds differently from the running server. See compare --help."`
}

func (c *serveCommand) Run(e *environment) error {
	outliveOutput()
	if err := c.checkDev(); err != nil {
		return err
	}
	ctx := e.ctx
	if c.Dev {
		ctx = untilEnd(ctx, os.Stdin)
	}
	if c.Compare && c.TakeOver {
		if _, err := e.app.compare(e.ctx, c.DB, comparedAtStart, e.stderr, e.stderr); err != nil && e.ctx.Err() == nil {
			fmt.Fprintf(e.stderr, "%s: cannot compare the builds: %v\n", e.app.Name, err)
		}
	}
	if err := e.app.serveUntil(ctx, c.Flags, e.stderr); err != nil {
		return failed{exitNo, err}
	}
	return nil
}
