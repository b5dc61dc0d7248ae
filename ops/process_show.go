package ops

import (
	"fmt"
	"io"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/sqlite"
)

type showProcess struct {
	database
	Name  string `arg:"" help:"The name of the process: auction.Hammer, or Hammer if that is clear."`
	First int    `default:"20" help:"Print at most this many of each."`
}

func (c *showProcess) Run(e *environment) error {
	reader, err := sqlite.OpenReader(e.ctx, c.DB)
	if err != nil {
		return err
	}
	defer reader.Close()
	name, err := fullName(e.ctx, reader, c.Name)
	if err != nil {
		return err
	}
	p, _, err := reader.Process(e.ctx, name)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "%s has reacted to everything up to %d\n", name, p.Position)
	if err := c.letters(e, reader, name, true, p.Dead, "wait for a person"); err != nil {
		return err
	}
	parked, err := reader.Parked(e.ctx, name)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "\n%d keys stand still\n", p.Parked)
	for _, k := range parked[:min(len(parked), c.First)] {
		if at, unkeyed := k.Unkeyed(); unkeyed {
			fmt.Fprintf(e.stdout, "  no key, but the event at %d: %s\n", at, k.Reason)
			continue
		}
		fmt.Fprintf(e.stdout, "  %s from position %d on: %s\n", k.Key, k.Position, k.Reason)
	}
	if err := c.letters(e, reader, name, false, p.Outgoing, "are outgoing"); err != nil {
		return err
	}
	return c.timers(e, reader, p)
}

// timers prints the timers that wait, and then those that do not, because their keys stand
// still.
func (c *showProcess) timers(e *environment, reader *sqlite.Reader, p ironstar.StoredProcess) error {
	timers, _, err := reader.Timers(e.ctx, p.Name, time.Now().AddDate(1000, 0, 0), c.First)
	if err != nil {
		return err
	}
	_, still, err := reader.CountTimers(e.ctx, p.Name, time.Now())
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "\n%d timers\n", p.Timers)
	printTimers(e.stdout, timers)
	if still == 0 {
		return nil
	}
	if timers, err = reader.ParkedTimers(e.ctx, p.Name, c.First); err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "\n%d of these timers lead to nothing, because their keys stand still\n", still)
	printTimers(e.stdout, timers)
	return nil
}

func printTimers(out io.Writer, some []ironstar.Timer) {
	for _, t := range some {
		fmt.Fprintf(out, "  %s  %s of %s  %s\n", t.At.Local().Format(time.DateTime), t.Name, t.Key, t.Data)
	}
}

// letters prints what is outgoing, or waits for a person.
func (c *showProcess) letters(e *environment, reader *sqlite.Reader, name string, dead bool, count int, what string) error {
	some, err := reader.Outgoing(e.ctx, name, dead, 0, -1, c.First)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "\n%d commands and effects %s\n", count, what)
	var tries map[string]engine.Attempt
	if !dead && len(some) > 0 {
		if tries, err = attemptsAt(e.ctx, c.DB, name); err != nil {
			fmt.Fprintln(e.stdout, "  no server that sends them can be asked how often each was tried")
		}
	}
	for _, o := range some {
		to := "effect " + o.Name
		if !o.Effect {
			to = o.Name + " to " + o.To.String()
		}
		fmt.Fprintf(e.stdout, "  %s  since %s  %s  %s\n", o.ID, o.Since.Local().Format(time.DateTime), to, o.Data)
		if o.Reason != "" {
			fmt.Fprintf(e.stdout, "    %s\n", o.Reason)
		}
		if a, there := tries[o.ID]; there {
			fmt.Fprintf(e.stdout, "    %s\n", triedSoFar(a, time.Now()))
		}
	}
	return nil
}

// triedSoFar says how far the sending of something is.
func triedSoFar(a engine.Attempt, now time.Time) string {
	text := fmt.Sprintf("try %d is under way", a.Tries)
	if !a.Next.IsZero() {
		text = fmt.Sprintf("tried %s, again at %s (in %v)", counted(int64(a.Tries), "time"), a.Next.Local().Format(time.DateTime), max(0, a.Next.Sub(now)).Round(time.Second))
	}
	if a.Err != "" {
		text += "; the last error: " + oneLine(a.Err)
	}
	return text
}
