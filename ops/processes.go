package ops

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/sqlite"
)

// processesCommand is the command processes with its own commands.
type processesCommand struct {
	List   listProcesses `cmd:"" default:"withargs" help:"List the processes: what they have reached and what waits. This is the default."`
	Show   showProcess   `cmd:"" help:"Print what waits of a process: timers, commands and effects, what waits for a person and why, keys that stand still."`
	Pause  pauseProcess  `cmd:"" help:"Let a process send nothing, and let no timer be due, until resume."`
	Resume resumeProcess `cmd:"" help:"Let a process go on: after pause, or after the database was copied or restored."`
	Again  againProcess  `cmd:"" help:"Send again what waits for a person."`
	Drop   dropProcess   `cmd:"" help:"Remove something that waits for a person."`
	DryRun dryRunProcess `cmd:"" name:"dry-run" help:"Print what this build would do about the events that a process has not reacted to. Writes nothing."`
}

// Help is what kong prints below the sentence of the table of commands.
func (*processesCommand) Help() string {
	return `A process reacts to events: it sends commands, sets timers and does things in the
outside world. What it has to do waits in the database until it is done.

A command that is refused, and an effect that was not done in time, wait for a
person: processes show NAME says why. Repair the cause, and send it again with
processes again, or drop it.

A database that was copied or restored has processes on hold, because what waits
may have been sent already from where the copy comes from. Look with processes show,
and then let them go on: processes resume NAME, or with --forget without what waits.

Commands that change something need no pause: they reach the server that runs.`
}

// ordered is the part of commands that change a process.
type ordered struct {
	DB   string `name:"db" default:"app.db" help:"The file of the database. A server may use it at the same time."`
	Name string `arg:"" help:"The name of the process: auction.Hammer, or Hammer if that is clear."`
}

// give gives an order and prints what was done.
func (c ordered) give(e *environment, o processOrder) error {
	reader, err := sqlite.OpenReader(e.ctx, c.DB)
	if err != nil {
		return err
	}
	o.Process, err = fullName(e.ctx, reader, c.Name)
	if err = errors.Join(err, reader.Close()); err != nil {
		return err
	}
	done, err := e.app.order(e.ctx, c.DB, o)
	fmt.Fprint(e.stdout, done)
	return err
}

// fullName returns the name of a process that is stored.
func fullName(ctx context.Context, store *sqlite.Reader, name string) (string, error) {
	all, err := store.Processes(ctx)
	if err != nil {
		return "", err
	}
	var found, known []string
	for _, p := range all {
		known = append(known, p.Name)
		if p.Name == name {
			return name, nil
		}
		if strings.HasSuffix(p.Name, "."+name) {
			found = append(found, p.Name)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return "", fmt.Errorf("%s may be one of %s: write the whole name", name, strings.Join(found, ", "))
	case len(known) == 0:
		return "", errors.New("no process has run with this database yet")
	}
	return "", fmt.Errorf("there is no process %s; there is %s", name, strings.Join(known, ", "))
}

type listProcesses struct{ database }

func (c *listProcesses) Run(e *environment) error {
	parts, err := e.app.parts()
	if err != nil {
		return err
	}
	reader, err := sqlite.OpenReader(e.ctx, c.DB)
	if err != nil {
		return err
	}
	defer reader.Close()
	stored, err := reader.Processes(e.ctx)
	if err != nil {
		return err
	}
	head, err := reader.Head(e.ctx)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "PROCESS\tPOSITION\tBEHIND\tTIMERS\tOUTGOING\tDEAD\tPARKED\tSTATE")
	for _, p := range stored {
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%s\n", p.Name, p.Position, head-p.Position, p.Timers, p.Outgoing, p.Dead, p.Parked, stateOf(p, parts.Processes()))
	}
	for _, p := range parts.Processes() {
		if !slices.ContainsFunc(stored, func(s ironstar.StoredProcess) bool { return s.Name == p.Name || slices.Contains(p.Was, s.Name) }) {
			fmt.Fprintf(t, "%s\t\t\t\t\t\t\thas not run yet\n", p.Name)
		}
	}
	return t.Flush()
}

// stateOf says in words how a process is.
func stateOf(p ironstar.StoredProcess, known []engine.ProcessInfo) string {
	var words []string
	if p.Held {
		words = append(words, "on hold: the database was copied or restored")
	}
	if p.Paused {
		words = append(words, "paused")
	}
	if successor(p.Name, known) < 0 {
		words = append(words, "not in this build")
	}
	if p.Parked > 0 {
		words = append(words, "keys stand still")
	}
	if p.Dead > 0 {
		words = append(words, "waits for a person")
	}
	if words == nil {
		return "ok"
	}
	return strings.Join(words, ", ")
}

type pauseProcess struct {
	ordered
	Wait time.Duration `default:"10s" help:"Wait at most this long for what is being sent. Then it is canceled, and sent again after the pause."`
}

// Help is what kong prints below the sentence of the table of commands.
func (*pauseProcess) Help() string {
	return `The command returns when nothing of what the process sends is under way any more. The exit code
is 1 if something has not ended, because the handler of an effect ignores its context.`
}

func (c *pauseProcess) Run(e *environment) error {
	if c.Wait < 0 {
		return fmt.Errorf("--wait %v: 0 or more", c.Wait)
	}
	return c.give(e, processOrder{Do: "pause", Wait: c.Wait})
}

type resumeProcess struct {
	ordered
	Forget bool `help:"Remove the timers, commands and effects that wait, because they were done elsewhere."`
}

func (c *resumeProcess) Run(e *environment) error {
	return c.give(e, processOrder{Do: "resume", Forget: c.Forget})
}

type againProcess struct {
	ordered
	IDs []string `arg:"" optional:"" name:"id" help:"The ids, as processes show prints them."`
	All bool     `help:"Everything that waits for a person."`
}

func (c *againProcess) Run(e *environment) error {
	if (len(c.IDs) == 0) == !c.All {
		return errors.New("write the ids, as processes show prints them, or --all")
	}
	return c.give(e, processOrder{Do: "again", IDs: c.IDs, All: c.All})
}

type dropProcess struct {
	ordered
	IDs    []string `arg:"" optional:"" name:"id" help:"The ids, as processes show prints them."`
	All    bool     `help:"Everything that waits for a person."`
	Reason string   `required:"" help:"Why nobody has to do it any more. The server logs it."`
}

func (c *dropProcess) Run(e *environment) error {
	if (len(c.IDs) == 0) == !c.All {
		return errors.New("write the ids, as processes show prints them, or --all")
	}
	return c.give(e, processOrder{Do: "drop", IDs: c.IDs, All: c.All, Reason: c.Reason})
}

type dryRunProcess struct {
	database
	Name  string `arg:"" help:"The name of the process: auction.Hammer, or Hammer if that is clear."`
	First int    `default:"20" help:"Print at most this many actions. The count includes all of them."`
	From  int64  `default:"-1" help:"React to the events after this position, instead of after the one that the process has reached. 0 is the whole log."`
}

func (c *dryRunProcess) Run(e *environment) error {
	parts, err := e.app.parts()
	if err != nil {
		return err
	}
	reader, err := sqlite.OpenReader(e.ctx, c.DB)
	if err != nil {
		return err
	}
	defer reader.Close()
	found := 0
	result, err := parts.DryRun(e.ctx, reader, c.Name, ironstar.Position(c.From), func(d engine.DryAction) {
		if found++; found <= c.First {
			fmt.Fprintln(e.stdout, d)
		}
	})
	if err != nil {
		return err
	}
	if found > c.First {
		fmt.Fprintf(e.stdout, "… and %d more\n", found-c.First)
	}
	fmt.Fprintf(e.stdout, "%s: %d events after position %d lead to %d actions", result.Name, result.Events, result.After, found)
	if len(result.Failed) > 0 {
		fmt.Fprintf(e.stdout, "; %d keys would stand still", len(result.Failed))
	}
	fmt.Fprintln(e.stdout)
	for i, err := range result.Failed {
		if i == c.First {
			break
		}
		fmt.Fprintf(e.stdout, "  %v\n", err)
	}
	if len(result.Failed) > 0 {
		return errNo
	}
	return nil
}
