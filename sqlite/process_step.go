package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// step is a step of a process in the queue of the writer. It is stored in one
// transaction with the appends that are queued with it.
type step struct {
	ironstar.Step
	timers, outgoing []string // metadata of Set and Out
}

// Step implements [ironstar.Processes].
func (s *Store) Step(ctx context.Context, ps ironstar.Step) error {
	one, err := encodeStep(ps)
	if err != nil {
		return fmt.Errorf("step of process %s: %w", ps.Process, err)
	}
	req := s.requests.Get().(*request)
	req.one[0] = pending{step: one}
	req.appends = req.one[:1]
	req.bytes = one.bytes()
	s.send(ctx, req)
	err = req.appends[0].out.Err
	if req.state.Load() != left {
		req.clear()
		s.requests.Put(req)
	}
	return err
}

func encodeStep(ps ironstar.Step) (*step, error) {
	if err := ps.Check(); err != nil {
		return nil, err
	}
	one := &step{Step: ps}
	for i := range ps.Set {
		text, err := encodeMetadata(&ps.Set[i].Metadata)
		if err != nil {
			return nil, err
		}
		one.timers = append(one.timers, text)
	}
	for i := range ps.Out {
		text, err := encodeMetadata(&ps.Out[i].Metadata)
		if err != nil {
			return nil, err
		}
		one.outgoing = append(one.outgoing, text)
	}
	return one, nil
}

func (s *step) bytes() (n int) {
	for i := range s.Set {
		n += 256 + len(s.Set[i].Data)
	}
	for i := range s.Out {
		n += 256 + len(s.Out[i].Data)
	}
	return n
}

// decideStep sets the outcome of a step and writes what it changes. err is the error
// of a statement.
func (c *writeConn) decideStep(p *pending) error {
	s := p.step
	stored, err := c.processNamed(s.Process)
	if err != nil {
		return fmt.Errorf("read process: %w", err)
	}
	if stored.Steps != s.Expected {
		p.refuse(fmt.Errorf("%w: it has made %d steps, expected %d", ironstar.ErrConflict, stored.Steps, s.Expected))
		return nil
	}
	stored.Name = s.Process
	if s.From != "" {
		if err := c.takeOverProcess(s.From, &stored); err != nil {
			return fmt.Errorf("take over process %s: %w", s.From, err)
		}
	}
	stored.Steps++
	stored.Position = max(stored.Position, s.Position)
	if s.Paused != nil {
		stored.Paused = *s.Paused
	}
	if s.Held != nil {
		stored.Held = *s.Held
	}
	if err := c.saveProcess(&stored); err != nil {
		return err
	}
	if s.Forget {
		if err := errors.Join(c.run(sqlForgetTimers, s.Process), c.run(sqlForgetOutgoing, s.Process)); err != nil {
			return fmt.Errorf("forget what waits: %w", err)
		}
	}
	if err := errors.Join(c.changeTimers(s), c.changeOutgoing(s), c.changeParked(s)); err != nil {
		return err
	}
	p.inserted = true
	p.out = ironstar.Outcome{}
	return nil
}

// processNamed returns a process, the zero value if there is none.
func (c *writeConn) processNamed(name string) (p ironstar.StoredProcess, err error) {
	err = c.query(sqlProcess, []any{name}, func(st *zs.Stmt) error {
		p, err = readProcess(st)
		return err
	})
	return p, err
}

// takeOverProcess gives everything of a process to its successor. That may have made
// steps, if a build of before the renaming ran in between: what it has comes first.
func (c *writeConn) takeOverProcess(from string, to *ironstar.StoredProcess) error {
	old, err := c.processNamed(from)
	if err != nil || old.Steps == 0 {
		return err
	}
	name, before := to.Name, to.Steps
	to.Steps += old.Steps
	to.Position = max(to.Position, old.Position)
	to.Paused, to.Held = to.Paused || old.Paused, to.Held || old.Held
	return errors.Join(c.run(sqlForgetProcess, from), c.moveTimers(from, name), c.moveOutgoing(from, name, before),
		c.run(sqlMoveParked, from, name), c.run(sqlForgetParked, from))
}

// moveTimers moves timers to another process. Their checksums have its name.
func (c *writeConn) moveTimers(from, to string) error {
	var all []ironstar.Timer
	err := c.query(sqlTimersOf, []any{from}, func(st *zs.Stmt) error {
		t, err := readTimer(st)
		all = append(all, t)
		return err
	})
	if err != nil {
		return err
	}
	moved := &step{Step: ironstar.Step{Process: to, Set: all}}
	gone := &step{Step: ironstar.Step{Process: from}}
	for i := range all {
		text, err := encodeMetadata(&all[i].Metadata)
		if err != nil {
			return err
		}
		moved.timers = append(moved.timers, text)
		gone.Cancel = append(gone.Cancel, all[i].TimerKey)
	}
	return errors.Join(c.changeTimers(gone), c.changeTimers(moved))
}

// moveOutgoing moves what is outgoing to another process, behind a step. Its checksums
// have its name.
func (c *writeConn) moveOutgoing(from, to string, behind int64) error {
	for _, query := range []string{sqlOutgoing, sqlDeadLetters} {
		var all []ironstar.Outgoing
		err := c.query(query, []any{from, int64(0), int64(0), int64(-1)}, func(st *zs.Stmt) error {
			o, err := readOutgoing(st)
			all = append(all, o)
			return err
		})
		for i := 0; i < len(all) && err == nil; i++ {
			var text string
			all[i].Step += behind
			if text, err = encodeMetadata(&all[i].Metadata); err == nil {
				err = errors.Join(c.run(sqlRemoveOutgoing, from, all[i].ID), c.insertOutgoing(to, &all[i], text))
			}
			if err == nil && all[i].Reason != "" {
				err = c.run(sqlBuryOutgoing, to, all[i].ID, all[i].Reason)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *writeConn) saveProcess(p *ironstar.StoredProcess) error {
	return c.run(sqlSaveProcess, p.Name, p.Steps, int64(p.Position), flag(p.Paused), flag(p.Held), processSum(&c.sum, p))
}

func (c *writeConn) changeTimers(s *step) error {
	for _, k := range s.Cancel {
		if err := c.run(sqlCancelTimer, s.Process, k.Key, k.Name); err != nil {
			return fmt.Errorf("cancel timer: %w", err)
		}
	}
	for i := range s.Set {
		t := &s.Set[i]
		if err := c.run(sqlSetTimer, s.Process, t.Key, t.Name, t.ID, micros(t.At), string(t.Data), s.timers[i], timerSum(&c.sum, s.Process, t, s.timers[i])); err != nil {
			return fmt.Errorf("set timer: %w", err)
		}
	}
	c.pagesWritten += 2 * (len(s.Set) + len(s.Cancel))
	return nil
}

func (c *writeConn) changeOutgoing(s *step) error {
	for _, id := range s.Done {
		if err := c.run(sqlRemoveOutgoing, s.Process, id); err != nil {
			return fmt.Errorf("remove outgoing: %w", err)
		}
	}
	for _, d := range s.Dead {
		if err := c.run(sqlBuryOutgoing, s.Process, d.ID, short(d.Reason)); err != nil {
			return fmt.Errorf("keep outgoing: %w", err)
		}
	}
	for _, id := range s.Again {
		if err := c.run(sqlBuryOutgoing, s.Process, id, nil); err != nil {
			return fmt.Errorf("send outgoing again: %w", err)
		}
	}
	for i := range s.Out {
		if err := c.insertOutgoing(s.Process, &s.Out[i], s.outgoing[i]); err != nil {
			return fmt.Errorf("insert outgoing: %w", err)
		}
	}
	c.pagesWritten += 3 * (len(s.Out) + len(s.Done) + len(s.Dead) + len(s.Again))
	return nil
}

func (c *writeConn) insertOutgoing(process string, o *ironstar.Outgoing, metadata string) error {
	return c.run(sqlInsertOutgoing, process, o.Step, int64(o.Index), o.ID, o.Key, flag(o.Effect), o.Name, o.To.Kind, o.To.ID,
		string(o.Data), micros(o.NotBefore), micros(o.Since), metadata, outgoingSum(&c.sum, process, o, metadata))
}

func (c *writeConn) changeParked(s *step) error {
	for _, key := range s.Unpark {
		if err := c.run(sqlUnparkKey, s.Process, key); err != nil {
			return fmt.Errorf("unpark key: %w", err)
		}
	}
	for _, k := range s.Park {
		if err := c.run(sqlParkKey, s.Process, k.Key, int64(k.Position), short(k.Reason)); err != nil {
			return fmt.Errorf("park key: %w", err)
		}
	}
	return nil
}

// short cuts a reason.
func short(reason string) string {
	if len(reason) > ironstar.MaxReason {
		reason = reason[:ironstar.MaxReason]
	}
	return strings.ToValidUTF8(reason, "")
}

// stepStored reports whether a step whose COMMIT failed is stored.
func (c *writeConn) stepStored(s *step) (bool, error) {
	p, err := c.processNamed(s.Process)
	return p.Steps > s.Expected, err
}

// run runs a statement that returns no rows, with values for its parameters.
func (c *writeConn) run(query string, args ...any) error {
	st, err := c.bound(query, args)
	if err != nil {
		return err
	}
	return exec(st)
}

// query calls do for each row of a statement.
func (c *writeConn) query(query string, args []any, do func(*zs.Stmt) error) error {
	st, err := c.bound(query, args)
	if err != nil {
		return err
	}
	defer st.Reset()
	for {
		row, err := st.Step()
		if err != nil || !row {
			return err
		}
		if err := do(st); err != nil {
			return err
		}
	}
}

// bound returns a statement, which is prepared once, with values for its parameters.
func (c *writeConn) bound(query string, args []any) (*zs.Stmt, error) {
	st, err := c.Prepare(query)
	if err != nil {
		return nil, err
	}
	for i, arg := range args {
		switch arg := arg.(type) {
		case int64:
			st.BindInt64(i+1, arg)
		case string:
			st.BindText(i+1, arg)
		case nil:
			st.BindNull(i + 1)
		default:
			panic(fmt.Sprintf("sqlite: parameter %d is a %T", i+1, arg))
		}
	}
	return st, nil
}
