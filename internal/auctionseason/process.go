package auctionseason

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"ironstar.dev"
)

// process runs a process in memory, one that has a state for each stream.
type process[S any] struct {
	of     ironstar.Process[S]
	states map[string]S
	timers map[ironstar.TimerKey]ironstar.Timer
}

func newProcess[S any](of ironstar.Process[S]) *process[S] {
	return &process[S]{of, map[string]S{}, map[ironstar.TimerKey]ironstar.Timer{}}
}

// stored implements reactor: it is what the store has to hold of the process.
func (p *process[S]) stored() (string, []ironstar.Timer) {
	var all []ironstar.Timer
	for _, t := range p.timers {
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b ironstar.Timer) int { return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Name, b.Name)) })
	return p.of.Name, all
}

// react implements reactor.
func (p *process[S]) react(w *world, r *ironstar.Record) error {
	if !slices.Contains(p.of.Kinds, r.Stream.Kind) {
		return nil
	}
	if p.of.By != ironstar.ByStream {
		return fmt.Errorf("a season runs processes with a state for each stream only, and not %s", p.of.Name)
	}
	s, actions, err := p.of.React(r.Stream.ID, p.state(r.Stream.ID), r)
	if err != nil {
		return fmt.Errorf("process %s at %d: %w", p.of.Name, r.Position, err)
	}
	if r.Final {
		delete(p.states, r.Stream.ID)
	} else {
		p.states[r.Stream.ID] = s
	}
	return p.act(w, r.Stream.ID, r.Position, actions)
}

func (p *process[S]) state(key string) S {
	s, there := p.states[key]
	if !there {
		s = p.of.Initial(key)
	}
	return s
}

// act does what the process wants to be done after an event.
func (p *process[S]) act(w *world, key string, at ironstar.Position, actions []ironstar.Action) (err error) {
	for i := range actions {
		a := &actions[i]
		switch a.Do {
		case ironstar.Set:
			p.set(w, key, at, a)
		case ironstar.Cancel:
			delete(p.timers, ironstar.TimerKey{Key: key, Name: a.Name})
		case ironstar.Send:
			err = p.send(w, key, at, a)
		case ironstar.Perform:
			err = p.perform(w, key, at, i, a)
		}
		if err != nil {
			return fmt.Errorf("process %s at %d: %s: %w", p.of.Name, at, a.Name, err)
		}
	}
	return nil
}

// set sets a timer, in place of one with the same name.
func (p *process[S]) set(w *world, key string, at ironstar.Position, a *ironstar.Action) {
	t := ironstar.Timer{
		TimerKey: ironstar.TimerKey{Key: key, Name: a.Name}, At: a.At.Truncate(time.Microsecond), Data: orEmpty(a.Data),
		ID: digest(p.of.Name, key, a.Name, fmt.Sprint(at)), Metadata: ironstar.Metadata{Causation: w.causation(p.of.Name, at)},
	}
	p.timers[t.TimerKey] = t
	w.agenda.add(t.At, func() error {
		if now, there := p.timers[t.TimerKey]; !there || now.ID != t.ID {
			return nil // it was canceled, or set again
		}
		delete(p.timers, t.TimerKey)
		actions, err := p.of.Due(key, p.state(key), &t)
		if err != nil {
			return fmt.Errorf("process %s: timer %s of %s: %w", p.of.Name, t.Name, key, err)
		}
		return p.act(w, key, at, actions)
	})
}

// send gives a command. If it is refused, the process says what that means.
func (p *process[S]) send(w *world, key string, at ironstar.Position, a *ironstar.Action) error {
	read := p.of.Commands[a.To.Kind]
	if read == nil || w.kinds[a.To.Kind] == nil {
		return fmt.Errorf("nobody takes commands to %s", a.To)
	}
	c, err := read(a.Name, orEmpty(a.Data), ironstar.Origin{Now: func() time.Time { return w.now }})
	if err != nil {
		return err
	}
	causation := w.causation(p.of.Name, at)
	w.depth++
	err = w.kinds[a.To.Kind].take(w, a.To.ID, c, causation)
	w.depth--
	var refusal ironstar.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	more, handled, wrong := p.of.Refused(key, p.state(key), &ironstar.Outgoing{Key: key, Name: a.Name, To: a.To, Data: orEmpty(a.Data)}, refusal)
	if wrong != nil || !handled {
		return errors.Join(err, wrong)
	}
	return p.act(w, key, at, more)
}

// perform does an effect at once, and gives the command that says how it ended.
func (p *process[S]) perform(w *world, key string, at ironstar.Position, index int, a *ironstar.Action) error {
	try := ironstar.Try{Key: digest(p.of.Name, key, fmt.Sprint(at), fmt.Sprint(index)), Number: 1, Until: time.Now().Add(time.Hour)}
	answer, err := p.of.Effects[a.Name].Perform(w.ctx, try, orEmpty(a.Data))
	if err != nil || answer.Name == "" {
		return err
	}
	return p.send(w, key, at, &answer)
}

func orEmpty(data []byte) []byte {
	if len(data) == 0 {
		return []byte("{}")
	}
	return data
}

// digest is a text of 32 digits that follows from some texts.
func digest(texts ...string) string {
	h := sha256.New()
	for _, text := range texts {
		fmt.Fprintf(h, "%d %s\n", len(text), text)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
