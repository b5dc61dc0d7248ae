package sqlite_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"ironstar.dev"
	"ironstar.dev/sqlite"
)

// filledStore makes a closed store with something in every table, and returns
// its file.
func filledStore(t *testing.T) string {
	t.Helper()
	file := madeStore(t)
	s, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	mustBe(t, err)
	a := childAppend("shaped", 0, 0)
	a.Events[len(a.Events)-1].Final = true
	a.Metadata.CommandID = "last"
	mustBe(t, s.Append(t.Context(), a)[0].Err)
	mustBe(t, s.SaveSnapshots(t.Context(),
		ironstar.Snapshot{Name: "v", Fingerprint: "1", Key: "k", Position: 3, Changed: 2, State: []byte(`{"a":1}`)},
		ironstar.Snapshot{Name: "w", Fingerprint: "1", Key: "k", Position: 3, Changed: 2, State: []byte(`{"b":2}`)}))
	mustBe(t, s.SaveCheckpoint(t.Context(), ironstar.Checkpoint{Name: "v", Fingerprint: "1", Position: 3, Keys: 1}))
	mustBe(t, s.Close())
	return file
}

// check runs Reader.Check. An error of opening is damage, too.
func check(t *testing.T, file string) (sqlite.Checked, []sqlite.Damage) {
	t.Helper()
	r, err := sqlite.OpenReader(t.Context(), file)
	if err != nil {
		return sqlite.Checked{}, []sqlite.Damage{{Part: sqlite.DamagedFile, What: err.Error()}}
	}
	defer r.Close()
	var all []sqlite.Damage
	checked, err := r.Check(t.Context(), func(d sqlite.Damage) { all = append(all, d) }, func(_, _ ironstar.Position) {})
	if err != nil {
		all = append(all, sqlite.Damage{Part: sqlite.DamagedFile, What: err.Error()})
	}
	return checked, all
}

func TestCheckOfAWholeFile(t *testing.T) {
	checked, damage := check(t, filledStore(t))
	if len(damage) > 0 {
		t.Errorf("a whole file is damaged: %v", damage)
	}
	if checked.Events < 250 || checked.Commands < 10 || checked.Shapes != 1 || checked.Snapshots != 3 || checked.Unchecked != 0 {
		t.Errorf("checked %+v", checked)
	}
}

// TestG6_CheckFindsEveryChangedColumn changes each column of each table with
// plain SQL. Check reports it and nothing else.
func TestG6_CheckFindsEveryChangedColumn(t *testing.T) {
	whole := read(t, filledStore(t))
	for _, table := range []struct{ name, columns, where, blamed string }{
		{"events", "aggregate_type aggregate_id sequence event_type schema_version payload metadata recorded_at final checksum",
			"WHERE position = (SELECT max(position) FROM events)", "events commands"},
		{"commands", "aggregate_type aggregate_id command_id request first_position last_position version checksum", "", "commands events"},
		{"shapes", "aggregate_type event_type schema_version shape_hash first_position checksum", "", "shapes"},
		{"snapshots", "name fingerprint key position changed version state checksum", "", "snapshots"},
		{"checkpoints", "name fingerprint position keys checksum", "", "snapshots"},
	} {
		for column := range strings.FieldsSeq(table.columns) {
			t.Run(table.name+"."+column, func(t *testing.T) {
				file := filepath.Join(t.TempDir(), "changed.db")
				write(t, file, whole)
				value := "CASE typeof(%[2]s) WHEN 'integer' THEN %[2]s + 1 WHEN 'text' THEN %[2]s || '!' ELSE randomblob(length(%[2]s)) END"
				if column == "final" {
					value = "1 - %[2]s"
				}
				alter(t, file, "DROP TRIGGER events_no_update",
					fmt.Sprintf("UPDATE %[1]s SET %[2]s = "+value+" %[3]s", table.name, column, table.where))
				_, damage := check(t, file)
				if len(damage) == 0 {
					t.Fatal("nobody noticed")
				}
				for _, d := range damage {
					if !strings.Contains(table.blamed, string(d.Part)) {
						t.Errorf("blamed is %s", d)
					}
				}
			})
		}
	}
}

// contents is all that checksums are there for, "" if it cannot be read.
func contents(t *testing.T, file string) string {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	mustBe(t, err)
	defer db.Close()
	var all strings.Builder
	for _, table := range []string{"events", "commands", "shapes", "snapshots", "checkpoints"} {
		rows, err := db.Query("SELECT * FROM " + table + " NOT INDEXED")
		if err != nil {
			return ""
		}
		columns, _ := rows.Columns()
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		for rows.Next() {
			mustBe(t, rows.Scan(values...))
			for _, v := range values {
				fmt.Fprintf(&all, "%v ", *v.(*any))
			}
		}
		if rows.Close(); rows.Err() != nil {
			return ""
		}
	}
	return all.String()
}

// TestG6_CheckFindsEveryFlippedByte flips bytes anywhere in the file. Check
// finds every change of stored data.
func TestG6_CheckFindsEveryFlippedByte(t *testing.T) {
	file := filledStore(t)
	whole, content := read(t, file), contents(t, file)
	if content == "" {
		t.Fatal("nothing is stored")
	}
	random := rand.New(rand.NewPCG(1, 2))
	changed := 0
	flipped := filepath.Join(t.TempDir(), "flipped.db")
	for range 400 {
		at, bit := random.IntN(len(whole)), byte(1)<<random.IntN(8)
		b := append([]byte{}, whole...)
		b[at] ^= bit
		write(t, flipped, b)
		now := contents(t, flipped)
		if now == content {
			continue
		}
		changed++
		if _, damage := check(t, flipped); len(damage) == 0 {
			t.Errorf("byte %d ^ %#x: nobody noticed", at, bit)
		}
	}
	if changed < 100 {
		t.Errorf("only %d flips changed something: the test tests little", changed)
	}
}
