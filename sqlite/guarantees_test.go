package sqlite_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"ironstar.dev"
	"ironstar.dev/sqlite"
)

// G1 is in crash_test.go and sync_linux_test.go; G2, G3, G4 and G6 are in
// ironstartest.StoreSuite, too, as far as they can be seen through the
// interface. Here they are seen in the file, with another reader.

// breakInserts makes the file refuse events of type Bad, as SQLite would for
// reasons that the store cannot foresee.
const breakInserts = `CREATE TRIGGER bad BEFORE INSERT ON events WHEN NEW.event_type = 'Bad'
	BEGIN SELECT RAISE(ABORT, 'bad event'); END`

func TestG2_OnlyTheAppendWithABadStatementFails(t *testing.T) {
	file := madeStore(t)
	alter(t, file, breakInserts)
	s := openStore(t, file)
	bad := childAppend("bad", 0, 3) // four events, the last of them bad
	bad.Events[3].Type = "Bad"
	after := childAppend("bad", 4, 3)
	good := childAppend("good", 0, 1)
	same := childAppend("same", 0, 2)
	reused := same
	reused.Request[0]++
	outcomes := s.Append(t.Context(), good, bad, same, same, reused, after, childAppend("late", 0, 0))
	wantError(t, "bad append", outcomes[1].Err, "bad event")
	if errors.Is(outcomes[1].Err, ironstar.ErrRetryable) {
		t.Error("an append that can never be stored may be tried again")
	}
	if !errors.Is(outcomes[4].Err, ironstar.ErrCommandReused) || !errors.Is(outcomes[5].Err, ironstar.ErrConflict) {
		t.Errorf("refused neighbours: %v, %v", outcomes[4].Err, outcomes[5].Err)
	}
	for i, want := range map[int]ironstar.Receipt{
		0: {First: 251, Last: 252, Version: 2},
		2: {First: 253, Last: 255, Version: 3},
		3: {First: 253, Last: 255, Version: 3},
		6: {First: 256, Last: 256, Version: 1},
	} {
		if o := outcomes[i]; o.Err != nil || o.Receipt != want {
			t.Errorf("append %d: %+v, want %+v", i, o, want)
		}
	}
	newAnswers().check(t, file, 0)
}

// The file itself refuses a second event with the same sequence or position,
// and one that leaves a gap, from any program.
func TestG3_G4_FileRefusesDisorder(t *testing.T) {
	file := madeStore(t)
	const columns = `'k', '%s', %d, 't', 1, '{}', '{}', 0, 0, 0)`
	tests := []struct {
		position int
		stream   string
		sequence int
	}{
		{250, "new", 1}, // position taken
		{252, "new", 1}, // gap
		{251, "new", 2}, // gap in the stream
		{251, "new", 0},
	}
	for _, verb := range []string{"INSERT", "INSERT OR REPLACE", "REPLACE"} {
		for _, test := range tests {
			err := tryAlter(t, file, fmt.Sprintf(verb+` INTO events VALUES (%d, `+columns, test.position, test.stream, test.sequence))
			wantError(t, fmt.Sprint(verb, test), err, "without a gap")
		}
	}
	mustBe(t, tryAlter(t, file, fmt.Sprintf(`INSERT INTO events VALUES (251, `+columns, "new", 1)))
	err := tryAlter(t, file, fmt.Sprintf(`INSERT OR REPLACE INTO events VALUES (252, `+columns, "new", 1))
	wantError(t, "second event of one sequence", err, "without a gap")
}

func TestG4_NoGapAfterRefusals(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	s := openStore(t, file)
	for n := range 50 {
		a := childAppend("a", 0, n)
		s.Append(t.Context(), childAppend("x", 3, n), a, a, childAppend("x", 4, n))
	}
	newAnswers().check(t, file, 0)
	if head, err := s.Head(t.Context()); err != nil || head != 123 {
		t.Errorf("head is %d, %v, want 123", head, err)
	}
}

func TestG5_FileRefusesChanges(t *testing.T) {
	file := madeStore(t)
	before := dump(t, file)
	for _, statement := range []string{
		`UPDATE events SET payload = '{}' WHERE position = 1`,
		`UPDATE events SET position = position + 1000`,
		`UPDATE OR REPLACE events SET position = 2 WHERE position = 1`,
		`DELETE FROM events WHERE position = 250`,
		`DELETE FROM events`,
		`INSERT OR REPLACE INTO events SELECT * FROM events WHERE position = 1`,
		`REPLACE INTO events SELECT * FROM events WHERE position = 250`,
		`INSERT INTO events SELECT * FROM events WHERE position = 1
			ON CONFLICT (position) DO UPDATE SET payload = '{}'`,
	} {
		if err := tryAlter(t, file, statement); err == nil {
			t.Errorf("the file let itself be changed: %s", statement)
		}
	}
	if after := dump(t, file); after != before {
		t.Errorf("events are\n%s\nwere\n%s", after, before)
	}
}

func TestG6_CommandIsStoredWithItsEvents(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	s := openStore(t, file)
	a := childAppend("a", 0, 2)
	receipts := map[ironstar.Receipt]bool{}
	for range 3 {
		for _, o := range s.Append(t.Context(), a, a) {
			mustBe(t, o.Err)
			receipts[o.Receipt] = true
		}
	}
	mustBe(t, s.Close())
	s = openStore(t, file)
	o := s.Append(t.Context(), a)[0]
	receipts[o.Receipt] = true
	if len(receipts) != 1 {
		t.Errorf("one command has receipts %v", receipts)
	}
	newAnswers().check(t, file, 0)
	if d := dump(t, file); strings.Count(d, "\n") != 3 {
		t.Errorf("one command of three events stored\n%s", d)
	}
}

func TestShapesAreComparedOnOpen(t *testing.T) {
	file := madeStore(t)
	shape := ironstar.Shape{Kind: "crash.Test", Type: "Written", SchemaVersion: 1, Hash: "written"}
	v2 := shape
	v2.SchemaVersion, v2.Hash = 2, "not stored yet"
	s, err := sqlite.Open(t.Context(), file, sqlite.Options{Shapes: []ironstar.Shape{shape, v2}})
	mustBe(t, err)
	mustBe(t, s.Close())
	shape.Hash = "changed"
	_, err = sqlite.Open(t.Context(), file, sqlite.Options{Shapes: []ironstar.Shape{v2, shape}})
	if !errors.Is(err, ironstar.ErrShape) {
		t.Errorf("open with another shape: %v", err)
	}
	wantError(t, "open with another shape", err, "crash.Test.Written.v1 changed")
	wantError(t, "open with another shape", err, "release it, or delete this development database")
	openStore(t, file) // no lock is left
}

// tryAlter runs one statement as some other program would.
func tryAlter(t *testing.T, file, statement string) error {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	mustBe(t, err)
	defer db.Close()
	_, err = db.Exec(statement)
	return err
}

// dump is the text of all events.
func dump(t *testing.T, file string) string {
	t.Helper()
	db := openIndependent(t, file)
	defer db.Close()
	return text(t, db, `SELECT group_concat(position || ' ' || aggregate_id || ' ' || sequence || ' ' || payload || char(10), '')
		FROM (SELECT * FROM events ORDER BY position)`)
}
