package ops

import (
	"bufio"
	"errors"
	"fmt"
	"math"

	"ironstar.dev"
	"ironstar.dev/sqlite"
)

// database has the flags of commands that read a database. A server may own the
// database at the same time.
type database struct {
	DB string `name:"db" default:"app.db" help:"The file of the database. A server may use it at the same time; the command writes nothing to the file or its folder."`
}

type preflightCommand struct {
	database
	Format string `enum:"text,json" default:"text" help:"Format of the report: text, or json (docs/OPERATING.md has its schema)."`
	First  int    `default:"20" help:"Print at most this many of the problem events, and of the streams with a value of another one for each rule. The counts include all of them."`
	All    bool   `help:"Print every problem event, and all these streams."`
}

// Help is what kong prints below the sentence of the table of commands.
func (*preflightCommand) Help() string {
	return `Reads every event of the database with the code of this binary. Run the new binary
while the old one still serves. It prints

  - events that this build cannot read, or would not store
  - how it reads each event version: current, lifted, retired or forgotten
  - event versions whose shape changed: a server refuses to start with those
  - views that are rebuilt at start, and an estimate of the time
  - values that several streams have and that must be unique, also by a rule that is new

The exit code is 0 if it finds no problem, and 1 if it finds one. It checks the
checksums of events; the command verify checks everything in the database.`
}

func (c *preflightCommand) Run(e *environment) error {
	if c.First < 0 {
		return fmt.Errorf("--first %d: 0 or more", c.First)
	}
	parts, err := e.app.parts()
	if err != nil {
		return err
	}
	reader, err := sqlite.OpenReader(e.ctx, c.DB)
	if err != nil {
		return err
	}
	defer reader.Close()

	out := bufio.NewWriter(e.stdout)
	var report printer = &textPrinter{out: out}
	if c.Format == "json" {
		report = &jsonPrinter{out: out}
	}
	show := newMeter(e.stderr, "reading events")
	inspect := newInspection(parts, c.DB)
	inspect.first = c.First
	if c.All {
		inspect.first = math.MaxInt32
	}
	named := int64(0)
	inspect.onProblem = func(p Problem) {
		if named++; c.All || named <= int64(c.First) {
			report.problem(p)
		}
	}
	inspect.onProgress = func(at ironstar.Position) {
		if out.Buffered() > 0 {
			show.clear()
			out.Flush() // bufio returns the error again at the end
		}
		show.at(int64(at), int64(inspect.report.Head))
	}
	err = inspect.run(e.ctx, reader)
	show.clear()
	if err != nil {
		out.Flush()
		if errors.Is(err, ironstar.ErrDamaged) {
			return fmt.Errorf("%w; the command verify lists all damage", err)
		}
		return err
	}
	report.report(&inspect.report)
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	if inspect.report.Verdict != VerdictReady {
		return errNo
	}
	return nil
}
