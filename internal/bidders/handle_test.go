package bidders

import (
	"database/sql"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	_ "modernc.org/sqlite" // an independent reader through database/sql
)

var handles = flag.Int("handles", 100, "how many names people want; each is wanted by four of them")

// wanted is the name that a person wants, and the id of their command.
type wanted struct {
	*person
	name, key string
	receipt   receipt
	won       bool
}

// spelling returns a name in some upper and lower case.
func spelling(name string) string {
	b := []byte(name)
	for i := range b {
		if rand.IntN(2) == 0 {
			b[i] = strings.ToUpper(name)[i]
		}
	}
	return string(b)
}

// competitors are four persons for each name.
func competitors(t *testing.T, s *server) (all []*wanted, persons []*person) {
	t.Helper()
	persons = people(t, s, 4**handles)
	for i, p := range persons {
		all = append(all, &wanted{person: p, name: spelling(fmt.Sprintf("name-%d", i%*handles)), key: newID()})
	}
	return all, persons
}

// register sends the command, and checks the answer.
func (w *wanted) register() {
	r, refused := w.send(registering(w.session), url.Values{handleField: {w.name}}, w.key)
	if refused != nil && (refused.Code != handleTaken || len(refused.Errors) != 1 || refused.Errors[0].Code != handleTaken || refused.Errors[0].Field != handleField) {
		w.t.Errorf("%s: got %+v, want %s at the field %s", w.name, refused, handleTaken, handleField)
	}
	if w.won && (refused != nil || r != w.receipt) {
		w.t.Errorf("%s was won with %+v, and then there is %+v, %+v", w.name, w.receipt, r, refused)
	}
	w.won, w.receipt = refused == nil, r
}

// TestG22_ManyWantOneHandle: of four people who want the same name in different spelling
// at the same moment, one gets it, and the others are told at its field. The table of
// claims equals the log.
func TestG22_ManyWantOneHandle(t *testing.T) {
	for _, killed := range []bool{false, true} {
		t.Run(fmt.Sprintf("killed %t", killed), func(t *testing.T) {
			s := newServer(t)
			all, persons := competitors(t, s)
			done := make(chan struct{}) // closed at the end
			var answered atomic.Int64
			go func() {
				defer close(done)
				each(persons, func(i int, _ *person) {
					if killed { // so that the server is killed in the middle
						time.Sleep(time.Duration(rand.IntN(*handles*4)) * time.Millisecond)
					}
					all[i].register()
					answered.Add(1)
				})
			}()
			if killed {
				for answered.Load() < int64(len(all)/8) {
					time.Sleep(time.Millisecond)
				}
				s.kill()
				t.Logf("%d names were taken when the server was killed", len(claims(t, s.db)))
				time.Sleep(50 * time.Millisecond)
				s.start()
			}
			<-done
			tries := int64(0)
			for _, w := range all {
				tries += w.tries.Load()
			}
			checkHandles(t, s, all)
			// What is sent again has the same answer, also by the next server.
			again := func() {
				each(persons, func(i int, _ *person) { all[i].register() })
				checkHandles(t, s, all)
			}
			again()
			s.stop()
			checkHandles(t, s, all)
			s.start()
			again()
			s.takeOver(false)
			again()
			s.command("verify")
			t.Logf("%d people wanted %d names in %d tries; %d servers were killed", len(all), *handles, tries, s.kills)
		})
	}
}

// claims reads the table of claims: the session by name.
func claims(t *testing.T, file string) map[string]string {
	t.Helper()
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: file, RawQuery: "mode=ro&_pragma=busy_timeout(5000)"}).String())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT aggregate_id, value FROM claims`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	all := map[string]string{}
	for rows.Next() {
		var session, value string
		if err := rows.Scan(&session, &value); err != nil {
			t.Fatal(err)
		}
		if all[value] != "" {
			t.Errorf("%s is claimed by %s and %s", value, all[value], session)
		}
		all[value] = session
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// checkHandles compares the claims, the log and the answers.
func checkHandles(t *testing.T, s *server, all []*wanted) {
	t.Helper()
	l := readLog(t, s.db)
	held := claims(t, s.db)
	if len(held) != *handles || len(l.handles) != *handles {
		t.Errorf("%d names are claimed and %d stored, want %d", len(held), len(l.handles), *handles)
	}
	for session, name := range l.handles {
		if held[strings.ToLower(name)] != session {
			t.Errorf("%s is stored for %s and claimed by %s", name, session, held[strings.ToLower(name)])
		}
	}
	won := 0
	for _, w := range all {
		if got := l.handles[w.session]; w.won && got != w.name || !w.won && got != "" {
			t.Errorf("%s: won is %t, and stored is %q", w.name, w.won, got)
		}
		if w.won {
			won++
		}
	}
	if won != *handles {
		t.Errorf("%d people won %d names", won, *handles)
	}
}
