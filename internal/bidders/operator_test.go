package bidders

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	zs "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
	"ironstar.dev/internal/payments"
	"ironstar.dev/sqlite"
)

// till is a provider that can be closed.
type till struct {
	payments.StandIn
	closed atomic.Bool
}

// newTill returns a provider that is down, and the variable of the environment that
// names it.
func newTill(t *testing.T) (*till, string) {
	t.Helper()
	x := &till{}
	x.closed.Store(true)
	x.Fault = func(int) payments.Fault {
		if x.closed.Load() {
			return payments.Down
		}
		return payments.None
	}
	site := httptest.NewServer(x)
	t.Cleanup(site.Close)
	return x, "AUCTION_PAYMENTS=" + site.URL
}

// oneSale lets somebody bid 10.00 for a lot that ends soon.
func oneSale(t *testing.T, s *server, lot string, open time.Duration) (seller *person, ends time.Time) {
	t.Helper()
	both := people(t, s, 2)
	both[0].register("ann-" + lot)
	both[1].register("bob-" + lot)
	ends = time.Now().Add(open)
	both[0].sell(lot, terms{title: "A " + lot, start: 1000, step: 100, grace: "PT0.1S"}, ends)
	if _, refused := both[1].bid(lot, 1000, 0); refused != nil {
		t.Fatalf("%+v", refused)
	}
	return both[0], ends
}

// events returns the kinds of the events of a lot, in order.
func (s *server) events(lot string) string {
	s.t.Helper()
	var all []string
	for _, g := range readLog(s.t, s.db).lots[lot] {
		for _, e := range g.events {
			all = append(all, e.is)
		}
	}
	return strings.Join(all, " ")
}

// awaitEvents waits until a lot has these events.
func (s *server) awaitEvents(lot, want string) {
	s.t.Helper()
	for end := time.Now().Add(patience); s.events(lot) != want; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("%s has %s, want %s", lot, s.events(lot), want)
		}
	}
}

const openEvents, dueEvents, paidEvents = "drafted opened bid", "drafted opened bid sold", "drafted opened bid sold paid"

// TestG21_WhatSendsNothing: a rebuild of all states, a takeover, and what operators run
// beside a server never charge anybody, write no message and store no event.
func TestG21_WhatSendsNothing(t *testing.T) {
	t.Parallel()
	till, env := newTill(t)
	s := newServer(t, env)
	seller, _ := oneSale(t, s, "chair", 500*time.Millisecond)
	till.closed.Store(false)
	s.awaitEvents("chair", paidEvents)
	seller.awaitMessages(2)
	requests, _ := till.Taken()
	head := readLog(t, s.db).head
	quiet := func(what string) {
		t.Helper()
		s.awaitProcesses()
		if now, taken := till.Taken(); now != requests || taken != 1 || readLog(t, s.db).head != head || len(s.messages()) != 2 {
			t.Errorf("after %s: %d requests (were %d), %d charges, head %d (was %d), messages %q", what, now, requests, taken, readLog(t, s.db).head, head, s.messages())
		}
	}
	quiet("the sale")
	beside := [][]string{{"compare"}, {"preflight"}, {"verify"}, {"processes"}, {"processes", "dry-run", "Cashier", "--from", "0"}}
	for _, args := range beside {
		s.command(args...)
		quiet(strings.Join(args, " "))
	}
	s.takeOver(false)
	quiet("a takeover")
	s.stop()
	for _, args := range beside {
		s.command(args...)
	}
	execute(t, s.db, "DELETE FROM snapshots")
	s.start()
	seller.load(rooms("chair"))
	quiet("a rebuild")
	s.kill()
	s.start()
	quiet("a kill")
}

// awaitProcesses waits until the processes have reacted to everything.
func (s *server) awaitProcesses() {
	s.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		r, err := sqlite.OpenReader(s.t.Context(), s.db)
		if err != nil {
			s.t.Fatal(err)
		}
		head, headErr := r.Head(s.t.Context())
		all, err := r.Processes(s.t.Context())
		if err := errors.Join(err, headErr, r.Close()); err != nil {
			s.t.Fatal(err)
		}
		done := len(all) > 0
		for _, p := range all {
			done = done && p.Position == head && p.Outgoing == 0
		}
		if done {
			return
		}
		if time.Now().After(end) {
			s.t.Fatalf("at head %d the processes are %+v", head, all)
		}
	}
}

// awaitMessages waits until there are as many messages.
func (p *person) awaitMessages(n int) {
	p.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		files, err := filepath.Glob(filepath.Join(filepath.Dir(p.s.db), "messages", "*.txt"))
		if err == nil && len(files) == n {
			return
		}
		if err != nil || len(files) > n || time.Now().After(end) {
			p.t.Fatalf("there are the messages %v, %v", files, err)
		}
	}
}

// execute changes a file that nobody has open.
func execute(t *testing.T, file, statement string) {
	t.Helper()
	c, err := zs.OpenConn(file, zs.OpenReadWrite)
	if err == nil {
		err = errors.Join(sqlitex.ExecuteTransient(c, statement, nil), c.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestG21_ACopyOfTheHouse: in a copied or restored file no hammer falls and nobody is
// charged until an operator says so. Then it happens once: what the original has
// charged already has the same key.
func TestG21_ACopyOfTheHouse(t *testing.T) {
	t.Parallel()
	till, env := newTill(t)
	s := newServer(t, env)
	oneSale(t, s, "chair", 200*time.Millisecond)
	s.awaitEvents("chair", dueEvents) // the provider is down
	table := ""
	for open := 2; table == ""; open *= 2 { // until the server ends before the lot
		table = fmt.Sprint("table-", open)
		oneSale(t, s, table, time.Duration(open)*time.Second)
		s.stop()
		if s.events(table) != openEvents {
			table = ""
			s.start()
		}
	}
	backup, err := os.ReadFile(s.db)
	if err != nil {
		t.Fatal(err)
	}
	till.closed.Store(false)
	s.start()
	s.awaitEvents("chair", paidEvents)
	s.awaitEvents(table, paidEvents)
	s.awaitProcesses()
	s.stop()
	requests, taken := till.Taken()
	copied := filepath.Join(t.TempDir(), "app.db")
	original := s.db
	for _, file := range []string{copied, original} { // the second one is restored
		s.putBack(file, backup)
		s.start()
		s.held(table)
		s.kill()
		s.start()
		s.held(table)
		if all, now := till.Taken(); all != requests || now != taken {
			t.Errorf("%d requests took money %d times before an operator said so", all-requests, now-taken)
		}
		if file == copied {
			s.stop()
		}
	}
	for _, p := range []string{"Hammer", "Clerk", "Cashier"} {
		s.command("processes", "resume", p)
	}
	s.awaitEvents("chair", paidEvents)
	s.awaitEvents(table, paidEvents)
	s.awaitProcesses()
	s.stop()
	checkProcesses(t, s.db)
	// The chair was sold in the part that both have, and is not paid again. The table was
	// sold anew, which is another sale.
	if _, now := till.Taken(); now != taken+1 {
		t.Errorf("money was taken %d times, want once", now-taken)
	}
}

// putBack writes a backup, and lets the server use it.
func (s *server) putBack(file string, backup []byte) {
	s.t.Helper()
	for _, rest := range []string{"-wal", "-shm"} {
		if err := os.Remove(file + rest); err != nil && !errors.Is(err, os.ErrNotExist) {
			s.t.Fatal(err)
		}
	}
	if err := os.WriteFile(file, backup, 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.db = file
}

// held waits a while, and checks that the copy has done nothing by itself.
func (s *server) held(table string) {
	s.t.Helper()
	for range 5 {
		if all := s.command("processes"); strings.Count(all, "on hold") != 3 {
			s.t.Fatalf("%s has %s", s.db, all)
		}
		time.Sleep(50 * time.Millisecond)
	}
	if one, other := s.events("chair"), s.events(table); one != dueEvents || other != openEvents {
		s.t.Errorf("%s: the chair has %s, the table %s", s.db, one, other)
	}
}

// TestG21_AnEndThatWasMoved: the end of a lot passes while no server runs, and an event
// that the process has not seen moves it. The hammer falls at the later end, once.
func TestG21_AnEndThatWasMoved(t *testing.T) {
	t.Parallel()
	till, env := newTill(t)
	till.closed.Store(false)
	s := newServer(t, env)
	var seller *person
	var ends time.Time
	lot := ""
	for open := 2; lot == ""; open *= 2 { // until the server ends before the lot
		lot = fmt.Sprint("chair-", open)
		seller, ends = oneSale(t, s, lot, time.Duration(open)*time.Second)
		s.awaitProcesses()
		s.kill()
		if s.events(lot) != openEvents {
			lot = ""
			s.start()
		}
	}
	later := ends.Add(3 * time.Second)
	moveEnd(t, s.db, lot, later)
	time.Sleep(time.Until(ends.Add(200 * time.Millisecond)))
	s.start()
	room := seller.enter(lot, newFrames(t))
	defer room.leave()
	room.await("who has it", func(f *frame) bool { return f.winner != "" })
	if now := time.Now(); now.Before(later) {
		t.Errorf("it was sold %v before its end", later.Sub(now))
	}
	s.awaitEvents(lot, "drafted opened bid extended sold paid")
	s.awaitProcesses()
	s.stop()
	checkProcesses(t, s.db)
}

// moveEnd stores an event that nobody has reacted to.
func moveEnd(t *testing.T, file, lot string, later time.Time) {
	t.Helper()
	store, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	moved, err := auction.EncodeLotEvent(auction.LotExtended{Ends: later.UTC()})
	if err != nil {
		t.Fatal(err)
	}
	stream, version := ironstar.Stream{Kind: auction.LotKind, ID: lot}, ironstar.Version(0)
	for r, err := range store.Stream(t.Context(), stream, 0) {
		if err != nil {
			t.Fatal(err)
		}
		version = r.Sequence
	}
	out := store.Append(t.Context(), ironstar.Append{Stream: stream, Expected: version, Events: []ironstar.Proposed{moved}})[0]
	if err := errors.Join(out.Err, store.Close()); err != nil {
		t.Fatal(err)
	}
}
