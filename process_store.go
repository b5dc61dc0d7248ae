package ironstar

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Processes is the part of a [Store] that holds what processes have done and what
// waits. Nothing of it can be made again from the log.
type Processes interface {
	// Step changes a process in one transaction, and returns when that is durable.
	// The error wraps ErrConflict if the process has made another number of steps,
	// and otherwise ErrRetryable, ErrUnknown or ErrClosed, as that of Append. After
	// ErrUnknown read the process.
	Step(ctx context.Context, s Step) error

	// Process returns a process, and false if it never made a step.
	Process(ctx context.Context, name string) (StoredProcess, bool, error)

	// Processes returns all processes in the order of their names, also those that
	// this build does not have.
	Processes(ctx context.Context) ([]StoredProcess, error)

	// Timers returns timers of a process that are due at a time, the earliest first, at
	// most so many, and the time at which the next one after them is due (zero
	// if there is none). It leaves out those of parked keys.
	Timers(ctx context.Context, process string, at time.Time, most int) (due []Timer, next time.Time, err error)

	// Outgoing returns what a process has to send, or what waits for a person (dead),
	// after a step and index, in their order, at most so many.
	Outgoing(ctx context.Context, process string, dead bool, step int64, index int, most int) ([]Outgoing, error)

	// Parked returns the keys of a process that stand still, in their order.
	Parked(ctx context.Context, process string) ([]ParkedKey, error)
}

// StoredProcess is what a store knows of a process.
type StoredProcess struct {
	Name     string
	Steps    int64    // that it has made
	Position Position // it has reacted to everything up to here
	Paused   bool     // an operator has paused it
	Held     bool     // the database is a copy or was restored: nothing is sent until an operator says so

	Timers, Outgoing, Dead, Parked int // how many there are
}

// Step is what a process changes at once. The zero value of a field changes nothing.
type Step struct {
	Process  string
	Expected int64 // the number of steps that it has made
	Position Position

	Set    []Timer    // each in place of one with the same key and name
	Cancel []TimerKey // timers that were canceled, or are through
	Out    []Outgoing // their Step is Expected+1, and their Index counts from 0
	Done   []string   // ids of what was sent and answered, or is dropped
	Dead   []Dead     // what waits for a person from now on
	Again  []string   // ids of what waited for a person, and is sent again
	Park   []ParkedKey
	Unpark []string // keys

	Paused, Held *bool // nil leaves it
	Forget       bool  // first removes all timers, and all that is outgoing and does not wait for a person

	From string // the former name, whose timers, outgoing and parked keys it takes over; it disappears
}

// Timer is a point in time that a process waits for.
type Timer struct {
	TimerKey
	ID       string    // of what set it; ids of what it leads to follow from it
	At       time.Time // when it is due, to the microsecond
	Data     []byte    // JSON
	Metadata Metadata  // correlation and causation of what it leads to
}

// TimerKey names a timer of a process.
type TimerKey struct{ Key, Name string }

// Outgoing is a command or an effect that waits to be sent.
type Outgoing struct {
	ID     string // of the command, or the key of the effect
	Step   int64  // that brought it
	Index  int    // in that step
	Key    string // of the process; what has one key is sent in order
	Effect bool
	Name   string // of the command, as in addresses, or of the effect
	To     Stream // of a command
	Data   []byte // JSON

	NotBefore time.Time // the least time that the command is given as the present; zero is none
	Since     time.Time // when it was stored
	Metadata  Metadata  // correlation and causation
	Reason    string    // why it waits for a person; "" if it does not
}

// Dead is something outgoing that waits for a person.
type Dead struct{ ID, Reason string }

// ParkedKey is a key of a process that stands still. The events from Position on
// are waiting for a build that can react to them. It may also be one event whose
// keys are not known; see [UnkeyedEvent].
type ParkedKey struct {
	Key      string
	Position Position
	Reason   string
}

// unkeyed begins the keys of [UnkeyedEvent]. No text that people write begins with it.
const unkeyed = "\x01event "

// UnkeyedEvent returns the key under which the event at a position waits for a build
// that knows which keys it concerns. The process reacts to it then, unless its
// ParkedKey.Position is after it.
func UnkeyedEvent(at Position) string { return unkeyed + strconv.FormatInt(int64(at), 10) }

// Unkeyed returns the position of the event, and false if this is a key.
func (k ParkedKey) Unkeyed() (Position, bool) {
	text, ok := strings.CutPrefix(k.Key, unkeyed)
	at, err := strconv.ParseInt(text, 10, 64)
	return Position(at), ok && err == nil
}

// Bounds of steps.
const (
	MaxProcessName = 128  // bytes of the names of processes, timers and effects, and of ids
	MaxProcessKey  = 512  // bytes of a key
	MaxReason      = 2000 // bytes of a reason, which is cut there
)

// Check refuses a step that no store may accept.
func (s *Step) Check() error {
	if err := checkProcessName("process", s.Process); err != nil {
		return err
	}
	if s.From != "" {
		if err := checkProcessName("former name", s.From); err != nil {
			return err
		}
	}
	for i := range s.Set {
		if err := s.Set[i].check(); err != nil {
			return fmt.Errorf("timer %d: %w", i, err)
		}
	}
	for i := range s.Out {
		o := &s.Out[i]
		if o.Step != s.Expected+1 || o.Index != i {
			return fmt.Errorf("outgoing %d has place %d of step %d, want %d of %d", i, o.Index, o.Step, i, s.Expected+1)
		}
		if err := o.check(); err != nil {
			return fmt.Errorf("outgoing %d: %w", i, err)
		}
	}
	for _, p := range s.Park {
		if len(p.Key) > MaxAppend { // it may be parked because it is longer than MaxProcessKey
			return fmt.Errorf("parked key %.140q is longer than %d bytes", p.Key, MaxAppend)
		}
	}
	return nil
}

func (t *Timer) check() error {
	if err := errors.Join(checkProcessKey(t.Key), checkProcessName("timer", t.Name), checkProcessName("id", t.ID), checkData(t.Data), t.Metadata.check()); err != nil {
		return err
	}
	if t.At.IsZero() || t.At.Year() < 1 || t.At.Year() > 9999 {
		return fmt.Errorf("it is due at %v, want a time of the years 1 to 9999", t.At)
	}
	return nil
}

func (o *Outgoing) check() error {
	err := errors.Join(checkProcessKey(o.Key), checkProcessName("name", o.Name), checkProcessName("id", o.ID), checkData(o.Data), o.Metadata.check())
	if err == nil && !o.Effect {
		err = o.To.Check()
	}
	return err
}

func checkProcessName(what, name string) error {
	if name == "" || len(name) > MaxProcessName || !isName(name) {
		return fmt.Errorf("%s %.140q must be UTF-8 without white space and control characters, at most %d bytes long", what, name, MaxProcessName)
	}
	return nil
}

func checkProcessKey(key string) error {
	if len(key) > MaxProcessKey || !utf8.ValidString(key) {
		return fmt.Errorf("key %.140q must be UTF-8, at most %d bytes long", key, MaxProcessKey)
	}
	return nil
}

func checkData(data []byte) error {
	if len(data) > MaxAppend || !json.Valid(data) {
		return fmt.Errorf("data %.80q is not JSON, or longer than %d bytes", data, MaxAppend)
	}
	return nil
}
