package sqlite_test

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // an independent reader: database/sql, none of our code
)

// answers are the outcomes that children printed, by append.
type answers struct {
	stored map[string][3]int64 // first, last, version
	not    map[string]bool
	other  []string // unknown, done …
	pid    int
}

// read adds a child's output.
func (a *answers) read(t *testing.T, output string) {
	t.Helper()
	for line := range strings.Lines(output) {
		if !strings.HasSuffix(line, "\n") {
			break // killed while writing
		}
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch word {
		case "ready":
			fmt.Sscan(rest, &a.pid)
		case "stored":
			var id string
			var r [3]int64
			if _, err := fmt.Sscan(rest, &id, &r[0], &r[1], &r[2]); err != nil {
				t.Fatalf("child said %q", line)
			}
			a.stored[id] = r
		case "not":
			id, _, _ := strings.Cut(rest, " ")
			a.not[id] = true
		default:
			a.other = append(a.other, strings.TrimSpace(line))
		}
	}
}

func newAnswers() *answers {
	return &answers{stored: map[string][3]int64{}, not: map[string]bool{}}
}

// openIndependent opens a file read-only with database/sql. It returns nil if
// there is no file.
func openIndependent(t *testing.T, file string) *sql.DB {
	t.Helper()
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: file, RawQuery: "mode=ro&_pragma=busy_timeout(5000)"}).String())
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// check compares the events of a file after a position with the printed
// outcomes, and returns the last position.
func (a *answers) check(t *testing.T, file string, after int64) int64 {
	t.Helper()
	db := openIndependent(t, file)
	if db == nil {
		if len(a.stored) > 0 {
			t.Errorf("%d appends acknowledged, and there is no file", len(a.stored))
		}
		return 0
	}
	defer db.Close()
	if s := text(t, db, `PRAGMA integrity_check`); s != "ok" {
		t.Errorf("integrity check: %s", s)
	}
	// G4: 1, 2, 3 …
	if s := text(t, db, `SELECT count(*) = coalesce(max(position), 0) AND coalesce(min(position), 1) = 1 FROM events`); s != "1" {
		t.Errorf("positions have a gap: %s", text(t, db, `SELECT count(*) || ' events from ' || min(position) || ' to ' || max(position) FROM events`))
	}
	// G2: all events of an append, next to each other, or none.
	if s := text(t, db, `SELECT coalesce(group_concat(id), '') FROM (
		SELECT payload->>'append' AS id FROM events WHERE position > ? GROUP BY id
		HAVING count(*) <> max(payload->>'of') OR max(position) - min(position) + 1 <> count(*)
			OR max(sequence) <> count(*))`, after); s != "" {
		t.Errorf("appends stored in part: %s", s)
	}
	// G6: a command id is stored with its events.
	if s := text(t, db, `SELECT coalesce(group_concat(position), '') FROM events AS e WHERE position > ?
		AND metadata->>'command' <> '' AND NOT EXISTS (SELECT 1 FROM commands AS c
			WHERE c.aggregate_type = e.aggregate_type AND c.aggregate_id = e.aggregate_id
				AND c.command_id = e.metadata->>'command'
				AND e.position BETWEEN c.first_position AND c.last_position)`, after); s != "" {
		t.Errorf("events without the command that led to them: %s", s)
	}
	a.compare(t, storedAppends(t, db, after), after)
	var last int64
	if err := db.QueryRow(`SELECT coalesce(max(position), 0) FROM events`).Scan(&last); err != nil {
		t.Fatal(err)
	}
	return last
}

// compare checks G1: acknowledged appends are stored, and refused ones are not.
func (a *answers) compare(t *testing.T, stored map[string][3]int64, after int64) {
	t.Helper()
	for id, want := range a.stored {
		if want[0] <= after {
			continue
		}
		if got, ok := stored[id]; !ok {
			t.Errorf("append %s was acknowledged at %v and is not stored", id, want)
		} else if got != want {
			t.Errorf("append %s was acknowledged at %v and is stored at %v", id, want, got)
		}
	}
	for id := range a.not {
		if got, ok := stored[id]; ok {
			t.Errorf("append %s was said not to be stored and is stored at %v", id, got)
		}
	}
}

// storedAppends reads which appends a file holds, and checks their payloads.
func storedAppends(t *testing.T, db *sql.DB, after int64) map[string][3]int64 {
	t.Helper()
	rows, err := db.Query(`SELECT payload->>'append', min(position), max(position), max(sequence)
		FROM events WHERE position > ? GROUP BY 1`, after)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	stored := map[string][3]int64{}
	for rows.Next() {
		var id string
		var r [3]int64
		if err := rows.Scan(&id, &r[0], &r[1], &r[2]); err != nil {
			t.Fatal(err)
		}
		stored[id] = r
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return stored
}

// text runs a query for one value.
func text(t *testing.T, db *sql.DB, query string, args ...any) string {
	t.Helper()
	var s string
	if err := db.QueryRow(query, args...).Scan(&s); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return s
}
