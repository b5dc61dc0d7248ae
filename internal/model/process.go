package model

import "time"

// Process reacts to events: it sends commands, sets timers and does things in the
// outside world.
type Process struct {
	Package *Package
	Name    string // "Hammer"
	Doc     string
	Pos     Pos
	On      []Source // as View.On
	Key     string   // as View.Key
	State   *Type    // as Aggregate.State; nil: it remembers nothing
	Sends   []Sending
	Timers  []*Timer
	Effects []*Effect
	Refused []CommandOf // commands of Sends whose refusal it reacts to
	Ignore  []RefusalOf // refusals that are fine
	Start   string      // "now", "beginning"
	Was     []string    // former names
}

// Sending lists the commands of one aggregate that a process sends, in source order.
type Sending struct {
	Aggregate *Aggregate
	Commands  []*Command
}

// CommandOf is a command and its aggregate.
type CommandOf struct {
	Aggregate *Aggregate
	Command   *Command
}

// RefusalOf is a refusal and its aggregate.
type RefusalOf struct {
	Aggregate *Aggregate
	Refusal   *Refusal
}

// Timer is a point in time that a process waits for.
type Timer struct {
	Name    string // "Closing"
	Doc     string
	Pos     Pos
	Payload *Named // Inline; GoName HammerClosing
}

// Effect is something in the outside world that a process does.
type Effect struct {
	Name    string // "Charge"
	Doc     string
	Pos     Pos
	Payload *Named     // of its data; Inline; GoName HammerCharge
	Done    *CommandOf // nil: nobody is told
	Failed  *CommandOf // nil: its handler cannot say so
	Within  time.Duration
}

// Commands lists every command that the process may send, each once: those of
// Sends, then those that effects end with.
func (p *Process) Commands() (all []CommandOf) {
	seen := map[*Command]bool{}
	add := func(c CommandOf) {
		if !seen[c.Command] {
			seen[c.Command] = true
			all = append(all, c)
		}
	}
	for _, s := range p.Sends {
		for _, c := range s.Commands {
			add(CommandOf{s.Aggregate, c})
		}
	}
	for _, e := range p.Effects {
		for _, c := range []*CommandOf{e.Done, e.Failed} {
			if c != nil {
				add(*c)
			}
		}
	}
	return all
}
