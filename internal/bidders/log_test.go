package bidders

import (
	"strings"
	"testing"

	"ironstar.dev/gen/auction"
	"ironstar.dev/sqlite"
)

// log is what is stored.
type log struct {
	head    int64
	lots    map[string][]*group // in order
	handles map[string]string   // by session
	leads   map[string]string   // by session: "led", "led released"
}

// group is what one command led to.
type group struct {
	key, session string
	first, last  int64
	version      int64 // of the last event
	events       []logged
}

// readLog reads a file that may be open in a server.
func readLog(t *testing.T, file string) *log {
	t.Helper()
	r, err := sqlite.OpenReader(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	l := &log{lots: map[string][]*group{}, handles: map[string]string{}, leads: map[string]string{}}
	commands := map[string]bool{}
	for rec, err := range r.Log(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		meta, err := rec.Metadata()
		if err != nil {
			t.Fatal(err)
		}
		if l.head++; int64(rec.Position) != l.head {
			t.Fatalf("position %d is in the place of %d", rec.Position, l.head)
		}
		switch rec.Stream.Kind {
		case auction.LotKind:
			events, err := auction.DecodeLotEvent(rec)
			if err != nil {
				t.Fatal(err)
			}
			all := l.lots[rec.Stream.ID]
			key, session, _ := strings.Cut(meta.CommandID, " ")
			one := rec.Stream.ID + " " + meta.CommandID
			if n := len(all); n == 0 || all[n-1].key != key || all[n-1].session != session || all[n-1].last != l.head-1 {
				if commands[one] {
					t.Errorf("the command %s took effect twice, the second time at %d", one, l.head)
				}
				commands[one] = true
				all = append(all, &group{key: key, session: session, first: l.head})
			}
			g := all[len(all)-1]
			g.last, g.version = l.head, int64(rec.Sequence)
			g.events = append(g.events, loggedOf(events[0]))
			l.lots[rec.Stream.ID] = all
		case auction.InvoiceKind: // it has the id of its lot
			events, err := auction.DecodeInvoiceEvent(rec)
			if err != nil {
				t.Fatal(err)
			}
			if e, ok := settlement(events[0]); ok {
				l.lots[rec.Stream.ID] = append(l.lots[rec.Stream.ID], &group{key: meta.CommandID, first: l.head, last: l.head, events: []logged{e}})
			}
		case auction.BidderKind:
			events, err := auction.DecodeBidderEvent(rec)
			if err != nil {
				t.Fatal(err)
			}
			if lead := leadOf(events[0]); lead != "" {
				l.leads[rec.Stream.ID] = strings.TrimSpace(l.leads[rec.Stream.ID] + " " + lead)
			}
			if handle, ok := registered(events[0]); ok {
				if l.handles[rec.Stream.ID] != "" {
					t.Errorf("%s is registered twice", rec.Stream.ID)
				}
				l.handles[rec.Stream.ID] = handle
			}
		}
	}
	return l
}

// checkProcesses checks that nothing waits: everything was sent, and nothing failed.
func checkProcesses(t *testing.T, file string) {
	t.Helper()
	r, err := sqlite.OpenReader(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	all, err := r.Processes(t.Context())
	if err != nil || len(all) == 0 {
		t.Errorf("processes are %v, %v", all, err)
	}
	for _, p := range all {
		if p.Timers+p.Outgoing+p.Dead+p.Parked > 0 || p.Held || p.Paused {
			t.Errorf("something waits: %+v", p)
		}
	}
}
