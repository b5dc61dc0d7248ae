package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
)

// An order accepts every command each time, so whatever takes effect twice is
// visible in the log.
type (
	order struct {
		n    int
		done map[string]int
	}
	ordering struct {
		Do string // also the name of the event; "refuse", "panic"
		At time.Time
	}
	ordered struct {
		Is    string
		Now   time.Time
		After time.Duration `json:",omitempty"` // of a timer
	}
	orderRefusal struct{ after int }
)

func (r orderRefusal) Error() string            { return fmt.Sprintf("refused after %d", r.after) }
func (orderRefusal) Code() string               { return "No" }
func (orderRefusal) AppendJSON(b []byte) []byte { return append(b, `{}`...) }

const orderKind = "test.Order"

func orders() ironstar.Aggregate[order, ordering, ordered] {
	a := ironstar.Aggregate[order, ordering, ordered]{Kind: orderKind}
	a.Initial = func() order { return order{done: map[string]int{}} }
	a.Decide = func(s order, c ordering, _ ironstar.States) ([]ordered, error) {
		switch {
		case strings.HasPrefix(c.Do, "refuse"):
			return nil, orderRefusal{s.n}
		case c.Do == "panic":
			panic("decide panics")
		case c.Do == "nothing":
			return nil, nil
		}
		return []ordered{{Is: c.Do, Now: c.At}}, nil
	}
	a.Evolve = func(s order, e ordered) order {
		s.n++
		s.done[e.Is]++
		return s
	}
	a.Codec.Encode = func(e ordered) (ironstar.Proposed, error) {
		b, err := json.Marshal(e)
		return ironstar.Proposed{Type: "Ordered", SchemaVersion: 1, Shape: "ordered", Payload: b}, err
	}
	a.Codec.Decode = decodeOrdered
	return a
}

func decodeOrdered(r *ironstar.Record) ([]ordered, error) {
	var e ordered
	err := json.Unmarshal(r.Payload, &e)
	return []ordered{e}, err
}

// seller is a process over orders: react says what an event leads to.
type seller struct {
	name    string
	by      ironstar.Keying
	was     []string
	begin   bool
	keys    func(r *ironstar.Record) ([]string, error) // nil: the first letter of the stream
	react   func(s order, e ordered, r *ironstar.Record) []ironstar.Action
	due     func(s order, t *ironstar.Timer) []ironstar.Action
	refused func(s order, o *ironstar.Outgoing) ([]ironstar.Action, bool)
	perform func(ctx context.Context, t ironstar.Try, data []byte) (ironstar.Action, error)
	within  time.Duration
}

func (d seller) process() ironstar.Process[order] {
	fold := orders().Evolve
	p := ironstar.Process[order]{Was: d.was, Beginning: d.begin}
	p.Name, p.By, p.Kinds = d.name, d.by, []string{orderKind}
	if p.Name == "" {
		p.Name = "test.Seller"
	}
	p.Keys = func(r *ironstar.Record) ([]string, error) { return []string{r.Stream.ID[:1]}, nil }
	if d.keys != nil {
		p.Keys = d.keys
	}
	p.Initial = func(string) order { return orders().Initial() }
	p.React = func(key string, s order, r *ironstar.Record) (order, []ironstar.Action, error) {
		events, err := decodeOrdered(r)
		if err != nil {
			return s, nil, err
		}
		if events[0].Is == "break" {
			panic("react panics")
		}
		s = fold(s, events[0])
		if d.react == nil {
			return s, nil, nil
		}
		return s, d.react(s, events[0], r), nil
	}
	p.Due = func(key string, s order, t *ironstar.Timer) ([]ironstar.Action, error) {
		if d.due == nil {
			return []ironstar.Action{command(key, strings.ToLower(t.Name))}, nil
		}
		return d.due(s, t), nil
	}
	p.Refused = func(key string, s order, o *ironstar.Outgoing, _ ironstar.Refusal) ([]ironstar.Action, bool, error) {
		if d.refused == nil {
			return nil, false, nil
		}
		actions, handled := d.refused(s, o)
		return actions, handled, nil
	}
	p.Commands = map[string]func(string, []byte, ironstar.Origin) (any, error){
		orderKind: func(name string, data []byte, o ironstar.Origin) (any, error) {
			if name == "unreadable" {
				return nil, ironstar.ErrUnknownCommand
			}
			return ordering{Do: name, At: o.Now()}, nil
		},
	}
	p.Timers = map[string]func([]byte) error{"Expire": func([]byte) error { return nil }}
	p.Effects = map[string]ironstar.Effect{"Charge": {Within: max(d.within, time.Second), Check: func([]byte) error { return nil }, Perform: d.perform}}
	return p
}

// command is an action that sends a command to an order.
func command(id, name string) ironstar.Action {
	return ironstar.Action{Do: ironstar.Send, Name: name, To: ironstar.Stream{Kind: orderKind, ID: id}}
}

// on returns what is done for the event "placed", and nothing for others.
func on(is string, actions ...ironstar.Action) func(order, ordered, *ironstar.Record) []ironstar.Action {
	return func(_ order, e ordered, r *ironstar.Record) []ironstar.Action {
		if e.Is != is {
			return nil
		}
		var all []ironstar.Action
		for _, a := range actions {
			if a.Do == ironstar.Send && a.To.ID == "" {
				a.To.ID = r.Stream.ID
			}
			if a.Do == ironstar.Set && a.At.IsZero() {
				a.At = r.RecordedAt.Add(e.After)
			}
			all = append(all, a)
		}
		return all
	}
}

// shop is an engine with orders and a process.
type shop struct {
	t     testing.TB
	store ironstar.Store
	*engine.Engine
	orders engine.Handler[ordering]
	name   string
}

func newShop(t testing.TB, store ironstar.Store, d seller) *shop {
	t.Helper()
	e := engine.New(store, engine.Options{})
	s := &shop{t: t, store: store, Engine: e, orders: engine.Run(e, orders())}
	p := d.process()
	s.name = p.Name
	engine.RunProcess(e, p)
	start(t, e)
	return s
}

// do gives a command to an order.
func (s *shop) do(id, what string) {
	s.t.Helper()
	if _, err := s.orders.Do(s.t.Context(), id, ordering{Do: what}); err != nil {
		s.t.Fatal(err)
	}
}

// append stores an event with a timer's time.
func (s *shop) append(id string, e ordered) {
	s.t.Helper()
	p, err := orders().Codec.Encode(e)
	if err != nil {
		s.t.Fatal(err)
	}
	version := ironstar.Version(len(s.events(id)))
	o := s.store.Append(s.t.Context(), ironstar.Append{Stream: ironstar.Stream{Kind: orderKind, ID: id}, Expected: version, Events: []ironstar.Proposed{p}})[0]
	if o.Err != nil {
		s.t.Fatal(o.Err)
	}
}

// events returns what happened to an order.
func (s *shop) events(id string) (all []string) {
	s.t.Helper()
	for r, err := range s.store.Stream(s.t.Context(), ironstar.Stream{Kind: orderKind, ID: id}, 0) {
		if err != nil {
			s.t.Fatal(err)
		}
		events, err := decodeOrdered(r)
		if err != nil {
			s.t.Fatal(err)
		}
		all = append(all, events[0].Is)
	}
	return all
}

// await waits until something is true.
func (s *shop) await(what string, is func() bool) {
	s.t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			stored, _, err := s.store.Process(s.t.Context(), s.name)
			s.t.Fatalf("not seen: %s; the process is %+v, %v", what, stored, err)
		}
	}
}

// awaitEvents waits until exactly these events happened to an order.
func (s *shop) awaitEvents(id string, want ...string) {
	s.t.Helper()
	s.await(fmt.Sprintf("%v of %s, which has %v", want, id, s.events(id)), func() bool { return strings.Join(s.events(id), " ") == strings.Join(want, " ") })
}

// awaitProcess waits until what is stored of the process is as wanted.
func (s *shop) awaitProcess(what string, is func(ironstar.StoredProcess) bool) {
	s.t.Helper()
	s.await(what, func() bool {
		stored, _, err := s.store.Process(s.t.Context(), s.name)
		if err != nil && !errors.Is(err, context.Canceled) {
			s.t.Fatal(err)
		}
		return is(stored)
	})
}

// settled waits until the process has reacted to everything and has sent what it can.
func (s *shop) settled() {
	s.t.Helper()
	ctx, end := context.WithTimeout(s.t.Context(), 20*time.Second)
	defer end()
	if err := s.SettleProcesses(ctx); err != nil {
		stored, _, _ := s.store.Process(s.t.Context(), s.name)
		s.t.Fatalf("%v; the process is %+v", err, stored)
	}
}

// pause lets the process send nothing, so that what waits does not depend on the speed of
// the machine.
func (s *shop) pause(on bool) {
	s.t.Helper()
	err := engine.ChangeStoredProcess(s.t.Context(), s.store, s.name, func(step *ironstar.Step, _ ironstar.StoredProcess) error { step.Paused = &on; return nil })
	if err != nil {
		s.t.Fatal(err)
	}
}

// closePaused closes the engine of a paused process, which goes on when it runs again.
func (s *shop) closePaused() {
	s.t.Helper()
	if err := s.Close(); err != nil {
		s.t.Fatal(err)
	}
	s.pause(false)
}
