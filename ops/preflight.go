package ops

import (
	"bufio"
	"fmt"

	"ironstar.dev"
	"ironstar.dev/sqlite"
)

// database are the flags of what reads one, also beside a server.
type database struct {
	DB string `name:"db" default:"app.db" help:"The database. A server may be using it; nothing is written to it or beside it."`
}

type preflight struct {
	database
	Format string `enum:"text,json" default:"text" help:"How to say it: text, or json (docs/OPERATING.md has the schema)."`
	First  int    `default:"20" help:"Name this many of the events that are in the way. All are counted."`
	All    bool   `help:"Name each of them."`
}

// Help is what kong prints below the sentence of the table of commands.
func (*preflight) Help() string {
	return `Reads every event of the database with the code of this binary: run the new
binary while the old one still serves. It says

  - which events cannot be read, or are not what this build would store
  - what is read as what: current, lifted, retired, forgotten
  - which shapes of events changed without a new version: a server refuses those
  - which views are rebuilt at start, and about how long that takes

and ends with 0 if nothing is in the way, with 1 if something is.`
}

func (c *preflight) Run(s *session) error {
	if c.First < 0 {
		return fmt.Errorf("--first %d: 0 or more", c.First)
	}
	reader, err := sqlite.OpenReader(s.ctx, c.DB)
	if err != nil {
		return err
	}
	defer reader.Close()

	out := bufio.NewWriter(s.stdout)
	var say printer = &textPrinter{out: out}
	if c.Format == "json" {
		say = &jsonPrinter{out: out}
	}
	show := newMeter(s.stderr, "reading events")
	inspect := newInspection(s.app.parts(), c.DB)
	named := int64(0)
	inspect.found = func(p Problem) {
		if named++; c.All || named <= int64(c.First) {
			say.problem(p)
		}
	}
	inspect.passed = func(at ironstar.Position) {
		if out.Buffered() > 0 {
			show.clear()
			out.Flush() // an error stays, and comes again at the end
		}
		show.at(int64(at), int64(inspect.report.Head))
	}
	err = inspect.run(s.ctx, reader)
	show.clear()
	if err != nil {
		out.Flush()
		return err
	}
	say.report(&inspect.report)
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	if inspect.report.Verdict != VerdictReady {
		return errNo
	}
	return nil
}
