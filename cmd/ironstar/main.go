// Command ironstar generates the Go and TypeScript of a web application from a
// schema in CUE. It also checks the schema, and builds what browsers load.
//
// It never compiles, loads or type-checks an application's Go code, so it works
// even if that code is broken. To find methods it uses go/parser, which tolerates
// errors.
//
// Results go to standard output, everything else to standard error. docs/CLI.md
// and ironstar --help list the exit codes. The scripts in testdata/script show
// every command in use.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/alecthomas/kong"
)

// The exit codes.
const (
	exitDone        = 0
	exitNo          = 1   // the answer is no: the schema has errors, --check found differences, a file was edited by hand
	exitTrouble     = 2   // there is no answer: wrong use, no schema, a file that cannot be read or written
	exitInterrupted = 130 // Ctrl-C, nothing written
)

// cli is the command line: flags, commands and their help.
type cli struct {
	ErrorFormat string `enum:"text,json,github" default:"text" help:"Format of errors and warnings: text, json (one object in each line) or github (annotations)."`
	Verbose     bool   `short:"v" help:"Print more: the folders, files that do not change, and the messages of CUE."`

	New      newCmd      `cmd:"" help:"Make a new project that runs at once."`
	Init     initCmd     `cmd:"" help:"Start a schema, or update the files that editors need."`
	Add      addCmd      `cmd:"" help:"Add an aggregate, command, event, view, page or signals, with their code and a test."`
	Generate generateCmd `cmd:"" help:"Generate Go and TypeScript from the schema."`
	Check    checkCmd    `cmd:"" help:"Check the schema, and print missing hand-written methods. Writes nothing."`
	Release  releaseCmd  `cmd:"" help:"Record the shape of every event, so that check can find changes that break stored events."`
	Diff     diffCmd     `cmd:"" help:"Compare the schema with that of another git revision, as if it were released."`
	Explain  explainCmd  `cmd:"" help:"Explain a name of the schema, or the code of an error."`
	Assets   assetsCmd   `cmd:"" help:"Build what browsers load: the client of pages, TypeScript and CSS."`
	Dev      devCmd      `cmd:"" help:"Run the application while you write it: build, restart and show errors after each change."`
	Version  versionCmd  `cmd:"" help:"Print the version of this command."`
}

const description = `Turns one CUE schema into a live, event-sourced web application in Go.

A new project, which runs at once:

  ironstar new guests    then: cd guests, make dev

Or a first session in a folder with a go.mod:

  ironstar init          start schema/ with a small example
  ironstar generate      write gen/, and stubs in internal/app/
  go generate ./...      the same, from now on
  ironstar add --help    add an aggregate, command, event, view or page, with its code
  ironstar check         print errors and missing methods
  ironstar explain List  print an aggregate: its commands, events and users
  ironstar assets        build what browsers load into static/dist
  ironstar dev           run the application, and again after each change
  ironstar release       before a deploy: record the events, which must stay readable

Commands that read a schema search for schema/ (the folder that contains cue.mod) from the working
folder upwards, and for the go.mod above it. Results go to standard output,
everything else to standard error. Colours appear only on a terminal, and never
with NO_COLOR.

Exit codes:

  0    done
  1    the answer is no: the schema, TypeScript or CSS has errors, a method is missing,
       --check found differences, a generated file was edited by hand
  2    wrong use, no schema, or a file that cannot be read, written or downloaded
  130  interrupted; nothing was written`

func main() {
	ballast := delayGC()
	code := run(context.Background(), os.Args[1:], os.Stdout, os.Stderr)
	runtime.KeepAlive(ballast)
	os.Exit(code)
}

// delayGC delays the garbage collector until the heap has several hundred
// megabytes, which only a very large schema needs. That saves a fifth of the
// time. The caller must keep the result alive: it counts as heap, and the program
// never uses it. Collection stays enabled. With a memory limit instead,
// collection near the limit would take half of the time. GOGC, if it is set, has
// its usual meaning.
func delayGC() []byte {
	if os.Getenv("GOGC") != "" {
		return nil
	}
	debug.SetGCPercent(400)
	return make([]byte, 100<<20)
}

// exited is the panic value with which kong's parser is left after --help.
type exited int

// run runs the command and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (code int) {
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(exited)
			if !ok {
				panic(r)
			}
			code = int(e)
		}
	}()
	var c cli
	parser, err := kong.New(&c, kong.Name("ironstar"), kong.Description(description), kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { panic(exited(code)) }), kong.BindTo(ctx, (*context.Context)(nil)), newVars(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100, NoAppDescFormat: true, NoExpandSubcommands: true}))
	if err != nil {
		panic(err) // the struct above is wrong
	}
	s := &session{stdout: stdout, stderr: stderr}
	parsed, err := parser.Parse(args)
	s.format, s.verbose = cmp.Or(c.ErrorFormat, "text"), c.Verbose
	if err != nil {
		hint := "ironstar --help"
		var p *kong.ParseError
		if errors.As(err, &p) && p.Context.Selected() != nil {
			hint = p.Context.Selected().FullPath() + " --help"
		}
		return s.fail(&trouble{code: codeUsage, message: err.Error(), hint: hint})
	}
	if s.dir, err = os.Getwd(); err != nil {
		return s.fail(fmt.Errorf("find the working folder: %w", err))
	}
	return s.fail(parsed.Run(s))
}
