package engine

import (
	"fmt"
	"slices"
	"time"

	"ironstar.dev"
)

// stepping gathers what the next step of a process changes.
type stepping struct {
	ironstar.Step
	timers map[ironstar.TimerKey]*ironstar.Timer // nil: canceled
	order  []ironstar.TimerKey                   // of timers, as they were first changed
	bytes  int                                   // of data, about
}

func newStepping(process string) *stepping {
	return &stepping{Step: ironstar.Step{Process: process}, timers: map[ironstar.TimerKey]*ironstar.Timer{}}
}

// empty reports whether the step changes nothing but the position.
func (s *stepping) empty() bool {
	return len(s.timers)+len(s.Out)+len(s.Done)+len(s.Dead)+len(s.Again)+len(s.Park)+len(s.Unpark) == 0 && s.Paused == nil && s.Held == nil
}

// full reports that the step is large enough.
func (s *stepping) full() bool {
	return len(s.timers)+len(s.Out)+len(s.Done)+len(s.Dead) >= maxStep || s.bytes >= maxStepBytes
}

// maxStep is about how many rows a step changes at most, and maxStepBytes how much data
// it has. Appends wait for it.
const (
	maxStep      = 500
	maxStepBytes = 8 << 20
)

// restful is the time after which a timer no longer counts as a part of a loop: what
// repeats itself more slowly harms nobody, and may be meant.
const restful = time.Second

// timer changes a timer. nil cancels it.
func (s *stepping) timer(key ironstar.TimerKey, t *ironstar.Timer) {
	if _, there := s.timers[key]; !there {
		s.order = append(s.order, key)
	}
	s.timers[key] = t
}

// add adds the actions of one cause for a key.
func (s *stepping) add(key string, c *cause, actions []ironstar.Action) error {
	if len(actions) > 0 && c.depth >= maxDepth {
		return fmt.Errorf("commands of processes have led to one another %d times: this is a loop", c.depth)
	}
	for i := range actions {
		a := &actions[i]
		id, m := c.action(s.Process, i)
		data := a.Data
		if len(data) == 0 {
			data = []byte("{}")
		}
		s.bytes += len(data)
		switch timer := (ironstar.TimerKey{Key: key, Name: a.Name}); a.Do {
		case ironstar.Set:
			if a.At.Sub(c.notBefore) >= restful {
				rested := *c
				rested.depth = -1
				_, m = rested.action(s.Process, i)
			}
			t := &ironstar.Timer{TimerKey: timer, ID: id, At: a.At.Truncate(time.Microsecond), Data: data, Metadata: m}
			s.timer(timer, t)
		case ironstar.Cancel:
			s.timer(timer, nil)
		default:
			s.Out = append(s.Out, ironstar.Outgoing{
				ID: id, Key: key, Effect: a.Do == ironstar.Perform, Name: a.Name, To: a.To, Data: data,
				NotBefore: c.notBefore.Truncate(time.Microsecond), Since: time.Now().Truncate(time.Microsecond), Metadata: m,
			})
		}
	}
	return nil
}

// check refuses actions that no store accepts, so that a key can be parked for them and
// the process goes on.
func (s *stepping) check() error {
	if s.bytes > ironstar.MaxAppend {
		return fmt.Errorf("the actions are larger than %d bytes", ironstar.MaxAppend)
	}
	one := s.finished(0)
	return one.Check()
}

// finished returns the step for the store.
func (s *stepping) finished(expected int64) *ironstar.Step {
	one := s.Step
	one.Expected = expected
	for _, key := range s.order {
		if t := s.timers[key]; t != nil {
			one.Set = append(one.Set, *t)
		} else {
			one.Cancel = append(one.Cancel, key)
		}
	}
	for i := range one.Out {
		one.Out[i].Step, one.Out[i].Index = expected+1, i
	}
	return &one
}

// withoutTimers leaves out the timers that a later step changes.
func (s *stepping) withoutTimers(later *stepping) {
	for _, key := range later.order {
		delete(s.timers, key)
		s.order = slices.DeleteFunc(s.order, func(k ironstar.TimerKey) bool { return k == key })
	}
}

// merge adds another step's changes.
func (s *stepping) merge(other *stepping) {
	for _, key := range other.order {
		s.timer(key, other.timers[key])
	}
	s.bytes += other.bytes
	s.Out = append(s.Out, other.Out...)
	s.Done = append(s.Done, other.Done...)
	s.Dead = append(s.Dead, other.Dead...)
}
