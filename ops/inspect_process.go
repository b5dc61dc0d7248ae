package ops

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/sqlite"
)

// ProcessReport describes a process that has run with the database.
type ProcessReport struct {
	Name     string            `json:"name"`
	Position ironstar.Position `json:"position"` // it has reacted to everything up to here
	Timers   int               `json:"timers"`
	Outgoing int               `json:"outgoing"` // commands and effects that wait
	Dead     int               `json:"dead"`     // that wait for a person
	Parked   int               `json:"parked"`   // keys that stand still
	Resting  int               `json:"resting"`  // of the timers, those of keys that stand still

	Missing    bool   `json:"missing"`               // the build has no such process
	Becomes    string `json:"becomes,omitempty"`     // its name in the build, if that is another one
	Unreadable int    `json:"unreadable"`            // timers, commands and effects that this build cannot read
	First      string `json:"first_cause,omitempty"` // of the first of them
}

// processes reads what waits of each process with the code of this build.
func (in *inspection) processes(ctx context.Context, log *sqlite.Reader) error {
	stored, err := log.Processes(ctx)
	if err != nil {
		return err
	}
	for _, p := range stored {
		r := ProcessReport{Name: p.Name, Position: p.Position, Timers: p.Timers, Outgoing: p.Outgoing, Dead: p.Dead, Parked: p.Parked}
		if _, r.Resting, err = log.CountTimers(ctx, p.Name, time.Now()); err != nil {
			return err
		}
		if i := successor(p.Name, in.known); i < 0 {
			r.Missing = true
			r.Unreadable = p.Timers + p.Outgoing + p.Dead
		} else {
			if now := in.known[i].Name; now != p.Name {
				r.Becomes = now
			}
			if err := r.read(ctx, log, in.known[i]); err != nil {
				return err
			}
		}
		in.report.Processes = append(in.report.Processes, r)
	}
	return nil
}

// successor returns which process of a build goes on with what is stored under a name, or
// -1.
func successor(name string, known []engine.ProcessInfo) int {
	return slices.IndexFunc(known, func(k engine.ProcessInfo) bool { return k.Name == name || slices.Contains(k.Was, name) })
}

// read counts what this build cannot read.
func (r *ProcessReport) read(ctx context.Context, log *sqlite.Reader, p engine.ProcessInfo) error {
	note := func(what string, err error) {
		if err == nil {
			return
		}
		if r.Unreadable++; r.Unreadable == 1 {
			r.First = fmt.Sprintf("%s: %v", what, err)
		}
	}
	timers, err := allTimers(ctx, log, r.Name)
	if err != nil {
		return err
	}
	resting, err := log.ParkedTimers(ctx, r.Name, r.Resting)
	if err != nil {
		return err
	}
	for _, t := range append(timers, resting...) {
		note(fmt.Sprintf("timer %s of %q", t.Name, t.Key), p.ReadTimer(&t))
	}
	for _, dead := range []bool{false, true} {
		out, err := allOutgoing(ctx, log, r.Name, dead)
		if err != nil {
			return err
		}
		for _, o := range out {
			note(fmt.Sprintf("%s of %q", o.Name, o.Key), p.ReadOutgoing(&o))
		}
	}
	return nil
}

func (p *textPrinter) processes(r *Report) {
	if len(r.Processes) == 0 {
		return
	}
	rows := [][]string{{"PROCESS", ">REACTED TO", ">TIMERS", ">RESTING", ">OUTGOING", ">DEAD", ">PARKED", "THIS BUILD"}}
	for _, one := range r.Processes {
		says := "reads what waits"
		switch {
		case one.Becomes != "" && one.Unreadable == 0:
			says += ", as " + one.Becomes
		case one.Missing:
			says = "DOES NOT HAVE IT"
		case one.Unreadable > 0:
			says = fmt.Sprintf("CANNOT READ %d", one.Unreadable)
		}
		rows = append(rows, []string{one.Name, fmt.Sprint(one.Position), fmt.Sprint(one.Timers), fmt.Sprint(one.Resting), fmt.Sprint(one.Outgoing), fmt.Sprint(one.Dead), fmt.Sprint(one.Parked), says})
	}
	p.table(rows)
}

// processProblems says what stands still of processes.
func (r *Report) processProblems() (lines []string) {
	for _, p := range r.Processes {
		switch {
		case p.Missing:
			lines = append(lines, fmt.Sprintf("Process %s is not in this build: nothing reacts to its events, and %d timers, commands and effects wait.\nIf it has another name now, write was: [%q] there.", p.Name, p.Unreadable, nameIn(p.Name)))
		case p.Unreadable > 0:
			lines = append(lines, fmt.Sprintf("%s of process %s cannot be read, and will wait for a person. The first is %s.", counted(int64(p.Unreadable), "timer, command or effect"), p.Name, oneLine(p.First)))
		}
	}
	return lines
}

// nameIn returns a name without that of its package.
func nameIn(name string) string {
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '.' {
			return name[i+1:]
		}
	}
	return name
}
