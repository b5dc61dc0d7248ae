package engine

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"ironstar.dev"
)

// processor is a process, its state's type erased.
type processor interface {
	info() ProcessInfo
	run()
	poke()
	settled(ironstar.Position) bool
	sending() []Attempt
	drain(on bool)
	drained() bool
	underWay() int64
	stands() bool
	dryRun(context.Context, ProcessLog, ironstar.Position, func(DryAction)) (DryRun, error)
}

// ProcessInfo describes a process that was added with [RunProcess].
type ProcessInfo struct {
	Name  string
	Was   []string
	Kinds []string // the aggregates whose events it reads

	// ReadTimer and ReadOutgoing report whether this build can read what waits.
	ReadTimer    func(*ironstar.Timer) error
	ReadOutgoing func(*ironstar.Outgoing) error
}

// RunProcess adds a process to an engine. Call it before Start, and after [Run] for
// each aggregate to which it sends commands.
func RunProcess[S any](e *Engine, p ironstar.Process[S]) {
	if e.started.Load() || slices.ContainsFunc(e.processes, func(other processor) bool { return other.info().Name == p.Name }) {
		panic(fmt.Sprintf("engine: RunProcess %s twice, or after Start", p.Name))
	}
	one := &process[S]{engine: e, def: p, poked: make(chan struct{}, 1), woken: make(chan struct{}, 1)}
	one.reached.Store(-1)
	e.processes = append(e.processes, one)
}

// Processes lists the processes that were added, in that order.
func (e *Engine) Processes() []ProcessInfo {
	var all []ProcessInfo
	for _, p := range e.processes {
		all = append(all, p.info())
	}
	return all
}

// process runs a process. One goroutine, run, makes all its steps; what it sends is
// sent by goroutines of its own. Its other fields belong to run.
type process[S any] struct {
	engine *Engine
	def    ironstar.Process[S]
	poked  chan struct{} // capacity 1: a token when somebody has changed the process in the store
	woken  chan struct{} // capacity 1: a token when draining has changed
	lives  int           // how often it has begun

	underway sync.Map // ids of effects with an attempt that has not returned, also one of an earlier life

	attempts attempts     // at what is outgoing
	draining atomic.Int32 // above 0: nothing new is sent, because somebody waits for what is under way
	empty    atomic.Bool  // while draining: nothing is under way, and all answers are stored
	flying   atomic.Int64 // attempts and handlers of effects that have not returned
	still    atomic.Bool  // it lives, and it is paused or held

	reached atomic.Int64 // it has reacted up to this position, and that is stored; -1 while it does not live
	unsent  atomic.Int64 // what is outgoing and neither sent nor resting
}

// info implements processor.
func (p *process[S]) info() ProcessInfo {
	return ProcessInfo{
		Name: p.def.Name, Was: p.def.Was, Kinds: p.def.Kinds,
		ReadTimer: func(t *ironstar.Timer) error {
			read := p.def.Timers[t.Name]
			if read == nil {
				return fmt.Errorf("process %s has no timer %s", p.def.Name, t.Name)
			}
			return guarded(func() error { return read(t.Data) })
		},
		ReadOutgoing: func(o *ironstar.Outgoing) error {
			if o.Effect {
				effect, ok := p.def.Effects[o.Name]
				if !ok {
					return fmt.Errorf("process %s has no effect %s", p.def.Name, o.Name)
				}
				return guarded(func() error { return effect.Check(o.Data) })
			}
			_, err := p.command(o)
			return err
		},
	}
}

// command reads a command that the process sends.
func (p *process[S]) command(o *ironstar.Outgoing) (any, error) {
	read := p.def.Commands[o.To.Kind]
	if read == nil {
		return nil, fmt.Errorf("process %s sends nothing to %s", p.def.Name, o.To.Kind)
	}
	var c any
	err := guarded(func() (err error) { c, err = read(o.Name, o.Data, originOf(o)); return err })
	if err != nil {
		return nil, fmt.Errorf("read command %s to %s: %w", o.Name, o.To, err)
	}
	return c, nil
}

// commander is an aggregate that takes commands of any type.
type commander interface {
	handleAny(ctx context.Context, id string, c any, m ironstar.Metadata, request [32]byte) (ironstar.Receipt, error)
}

// handleAny implements commander.
func (h *runner[S, C, E]) handleAny(ctx context.Context, id string, c any, m ironstar.Metadata, request [32]byte) (ironstar.Receipt, error) {
	command, ok := c.(C)
	if !ok {
		return ironstar.Receipt{}, fmt.Errorf("%T is no command of %s", c, h.aggregate.Kind)
	}
	return h.Handle(ctx, id, ironstar.Command[C]{Data: command, Metadata: m, Request: request})
}

// give gives a command to its aggregate.
func (p *process[S]) give(ctx context.Context, o *ironstar.Outgoing) error {
	c, err := p.command(o)
	if err != nil {
		return err
	}
	to, ok := p.engine.handlers[o.To.Kind].(commander)
	if !ok {
		return fmt.Errorf("the engine has no aggregate %s: add its domain before", o.To.Kind)
	}
	m := o.Metadata
	m.CommandID = o.ID
	_, err = to.handleAny(ctx, o.To.ID, c, m, sha256.Sum256(append([]byte(o.Name+" "), o.Data...)))
	return err
}

// errStale means that somebody else has changed the process, so that it is read again.
var errStale = errors.New("the process was changed by somebody else")
