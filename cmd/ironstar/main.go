// Command ironstar turns a domain written in CUE into the Go and TypeScript of
// a web application, and says what is wrong with it.
//
// It reads schemas only. It never compiles, loads or type-checks an
// application's Go, so broken Go never stands in its way; where it has to know
// which methods exist it asks go/parser and puts up with what it gets.
//
// Results go to standard output, everything else to standard error. The exit
// codes are in docs/CLI.md and in ironstar --help. The scripts in
// testdata/script read as its manual.
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
	exitTrouble     = 2   // it could not be asked or done: wrong use, no schema, a file that cannot be read or written
	exitInterrupted = 130 // Ctrl-C, nothing written
)

// cli is the command line: flags, commands and their help.
type cli struct {
	ErrorFormat string `enum:"text,json,github" default:"text" help:"How problems are written: text, json (one object a line) or github (annotations)."`
	Verbose     bool   `short:"v" help:"Say more: which folders are used, which files are equal, what CUE itself said."`

	Init     initCmd     `cmd:"" help:"Start a schema, or refresh what editors need to read one."`
	Generate generateCmd `cmd:"" help:"Write the Go and TypeScript that follow from the schema."`
	Check    checkCmd    `cmd:"" help:"Check the schema, and name hand-written methods that are missing. Writes nothing."`
	Release  releaseCmd  `cmd:"" help:"Record what every event looks like, so that check can say what must not change."`
	Diff     diffCmd     `cmd:"" help:"Compare the schema with another revision, as if that had been released."`
	Explain  explainCmd  `cmd:"" help:"Explain a name of the schema, or the code of an error."`
	Version  versionCmd  `cmd:"" help:"Print the version of this command."`
}

const description = `Turns one CUE schema into a live, event-sourced web application in Go.

A first session, in a folder with a go.mod:

  ironstar init          start schema/ with a small example
  ironstar generate      write gen/, and stubs in internal/app/
  go generate ./...      the same, from now on
  ironstar check         what is wrong, what is missing
  ironstar explain List  one aggregate: commands, events, who uses it
  ironstar release       before a deploy: what is there must stay readable

Commands look for schema/ (the folder that holds cue.mod) from the working folder
upwards, and for the go.mod above it. Results go to standard output, the rest to
standard error, with colours only on a terminal and never with NO_COLOR.

Exit codes:

  0    done
  1    the answer is no: the schema has errors, a method is missing, --check found
       differences, a generated file was edited by hand
  2    wrong use, no schema, or something cannot be read or written
  130  interrupted; nothing was written`

func main() {
	ballast := restAtFirst()
	code := run(context.Background(), os.Args[1:], os.Stdout, os.Stderr)
	runtime.KeepAlive(ballast)
	os.Exit(code)
}

// restAtFirst keeps the garbage collector from working until there are several
// hundred megabytes, which only a very large schema needs: a run is over before
// its garbage matters. That is a fifth of the time. What it returns, to be kept
// alive, is address space that is counted as heap and never touched. Collecting
// stays on, unlike with a memory limit alone, near which it would take half of
// the time. GOGC, if it is set, has its usual meaning.
func restAtFirst() []byte {
	if os.Getenv("GOGC") != "" {
		return nil
	}
	debug.SetGCPercent(400)
	return make([]byte, 100<<20)
}

// exited carries kong's wish to leave (after --help) out of its parser.
type exited int

// run is the whole command. It returns the exit code.
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
		kong.Exit(func(code int) { panic(exited(code)) }), kong.BindTo(ctx, (*context.Context)(nil)),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100, NoAppDescFormat: true}))
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
			hint = "ironstar " + p.Context.Selected().Name + " --help"
		}
		return s.fail(&trouble{code: codeUsage, message: err.Error(), hint: hint})
	}
	if s.dir, err = os.Getwd(); err != nil {
		return s.fail(fmt.Errorf("find the working folder: %w", err))
	}
	return s.fail(parsed.Run(s))
}
