package ops

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"ironstar.dev"
	"ironstar.dev/engine"
)

// The exit codes of an application.
const (
	exitDone        = 0
	exitNo          = 1   // the answer is no; of serve: it did not start, or did not end well
	exitTrouble     = 2   // wrong use, or something cannot be read
	exitInterrupted = 130 // Ctrl-C or SIGTERM, of all but serve
)

// App is what an application is for the commands that it has by itself.
type App struct {
	Name  string // of the binary
	About string // one sentence

	// Parts adds every aggregate and view to an engine, which may be one that
	// never starts.
	Parts func(*engine.Engine)

	// Serve serves until ctx ends, which is no error.
	Serve func(context.Context, Serving) error
}

// commands is the command line: commands, flags and their help. What reads a
// database embeds database; what needs the server stopped will say so itself.
type commands struct {
	Serve     serve     `cmd:"" default:"withargs" help:"Serve the application. It is what happens without a command."`
	Preflight preflight `cmd:"" help:"Say what this build would make of a database, before it is deployed. Writes nothing."`
	Compare   compare   `cmd:"" help:"Say which states this build folds other than the one that runs. Writes nothing."`
	Verify    verify    `cmd:"" help:"Say whether snapshots are what their events fold to. Writes nothing."`
}

const manual = `

serve --help lists the flags of the server, which need no command before them.
Flags may have one dash or two. Results go to standard output, the rest to
standard error.

Exit codes:

  0    done
  1    the answer is no: preflight found what this build cannot read, or the
       server did not start or did not stop well, or a snapshot is wrong
  2    wrong use, or something cannot be read
  130  interrupted; a server that is interrupted ends with 0`

// Main runs an application's command line and ends the process.
func Main(app App) {
	os.Exit(app.Run(Signals(), os.Args[1:], os.Stdout, os.Stderr))
}

// session is what a command works with.
type session struct {
	ctx            context.Context
	app            App
	stdout, stderr io.Writer
}

// errNo says that all was done and the answer, which is printed, is no.
var errNo = errors.New("no")

// failed carries an error whose exit code is not exitTrouble.
type failed struct {
	code int
	error
}

func (f failed) Unwrap() error { return f.error }

// exited carries kong's wish to leave (after --help) out of its parser.
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
	parser, err := kong.New(&c, kong.Name(app.Name), kong.Description(app.About+manual), kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { panic(exited(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100, NoAppDescFormat: true}))
	if err != nil {
		panic(err) // the struct above is wrong
	}
	parsed, err := parser.Parse(twoDashes(args))
	if err != nil {
		fmt.Fprintf(stderr, "%s: %v; %[1]s --help lists commands and flags\n", app.Name, err)
		return exitTrouble
	}
	return app.code(ctx, parsed.Run(&session{ctx, app, stdout, stderr}), stderr)
}

// code says what is wrong, if something is, and returns the exit code.
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

// twoDashes lets long flags have one dash, as those of Go programs may. No flag
// of ours is short but -h.
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

// Serving is what the command line says about a server.
type Serving struct {
	Addr   string `default:"127.0.0.1:8080" help:"Listen on this address."`
	DB     string `name:"db" default:"app.db" help:"Keep the events in this file; its folder must exist."`
	Secure bool   `help:"People come over https, through a proxy: cookies go over nothing else."`

	TakeOver bool `name:"takeover" help:"Take the place of the server that has the file: read all beside it, then ask it to stop. Without one this is a start like any other."`

	VerifySnapshots bool `help:"Fold everything from nothing before serving, and compare it with the snapshots. Wrong ones are told and removed."`

	Shapes []ironstar.Shape `kong:"-"` // of every event version that the application's parts read
}

type serve struct {
	Serving
	Compare bool `help:"Before --takeover, say where this build folds states other than those of the server that runs. See compare --help."`
}

func (c *serve) Run(s *session) error {
	c.Shapes = s.app.parts().Shapes()
	if c.Compare && c.TakeOver {
		if _, err := s.app.compare(s.ctx, c.DB, comparedAtStart, s.stderr, s.stderr); err != nil && s.ctx.Err() == nil {
			fmt.Fprintf(s.stderr, "%s: the builds are not compared: %v\n", s.app.Name, err)
		}
	}
	if err := s.app.Serve(s.ctx, c.Serving); err != nil {
		return failed{exitNo, err}
	}
	return nil
}
