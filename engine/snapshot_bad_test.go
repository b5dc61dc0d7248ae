package engine_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // an independent way into the file

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/sqlite"
)

// alter changes the file while the store has it open.
func alter(t *testing.T, file, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	done, err := db.Exec(statement)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	if n, err := done.RowsAffected(); n == 0 || err != nil {
		t.Fatalf("%s: %d rows, %v", statement, n, err)
	}
}

// save puts a snapshot into a file with all that the store adds to it.
func save(t *testing.T, file string, row ironstar.Snapshot) {
	t.Helper()
	saveWith(t, file, func(store *sqlite.Store) error { return store.SaveSnapshots(t.Context(), row) })
}

func saveWith(t *testing.T, file string, save func(*sqlite.Store) error) {
	t.Helper()
	store, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := save(store); err != nil {
		t.Fatal(err)
	}
}

// TestG9_BadSnapshotsAreNotUsed: a bad snapshot is logged and not used, the
// state is folded, and the next snapshot is good.
func TestG9_BadSnapshotsAreNotUsed(t *testing.T) {
	const good = `{"Order":["hostile"],"Sum":{"north":1}}`
	odd := func(name, key string, at, changed ironstar.Position, version ironstar.Version, state string) func(*testing.T, string) {
		return func(t *testing.T, file string) {
			save(t, file, ironstar.Snapshot{
				Name: name, Fingerprint: "1", Key: key,
				Position: at, Changed: changed, Version: version, State: []byte(state),
			})
		}
	}
	sql := func(statement string) func(*testing.T, string) {
		return func(t *testing.T, file string) { alter(t, file, statement) }
	}
	for name, spoil := range map[string]func(*testing.T, string){
		"a byte of a state":       sql(`UPDATE snapshots SET state = CAST(replace(CAST(state AS TEXT), 'x0', 'y0') AS BLOB)`),
		"half a state":            sql(`UPDATE snapshots SET state = substr(state, 1, length(state) / 2)`),
		"no state":                sql(`UPDATE snapshots SET state = x''`),
		"no checksum":             sql(`UPDATE snapshots SET checksum = x''`),
		"checkpoint, no checksum": sql(`UPDATE checkpoints SET checksum = x''`),
		"a later position":        sql(`UPDATE snapshots SET position = position + 1`),
		"an earlier position":     sql(`UPDATE snapshots SET position = position - 1`),
		"a huge position":         sql(`UPDATE snapshots SET position = 9223372036854775807`),
		"a huge version":          sql(`UPDATE snapshots SET version = 9223372036854775807`),
		"another key":             sql(`UPDATE snapshots SET key = key || '2'`),
		"another name":            sql(`UPDATE snapshots SET name = 'all', key = 'global2' WHERE name = 'region' AND key = 'ra'`),
		"another fingerprint":     sql(`UPDATE OR REPLACE snapshots SET fingerprint = '0'`),
		"a key is missing":        sql(`DELETE FROM snapshots WHERE key IN ('ra', 'global')`),
		"another log":             sql(`UPDATE log SET log_id = 'another'`),
		"checkpoint moved":        sql(`UPDATE checkpoints SET position = position - 1`),
		"checkpoint beyond":       sql(`UPDATE checkpoints SET position = 1000`),
		"checkpoint of the future": func(t *testing.T, file string) {
			saveWith(t, file, func(store *sqlite.Store) error {
				return store.SaveCheckpoint(t.Context(), ironstar.Checkpoint{Name: "all", Fingerprint: "1", Position: 1000, Keys: 1})
			})
		},
		"nothing of what came before a bad one": func(t *testing.T, file string) {
			odd("region", "ra", 6, 5, 0, good)(t, file)
			odd("region", "rz", 1000, 5, 0, good)(t, file)
		},
		"more keys than there are": func(t *testing.T, file string) {
			saveWith(t, file, func(store *sqlite.Store) error {
				return store.SaveCheckpoint(t.Context(), ironstar.Checkpoint{Name: "all", Fingerprint: "1", Position: 6, Keys: 2})
			})
		},
		"view beyond the head":   odd("all", ironstar.GlobalKey, 1000, 3, 0, good),
		"changed after":          odd("region", "rz", 3, 4, 0, good),
		"never changed":          odd("region", "rz", 3, 0, 0, good),
		"a view with a version":  odd("region", "ra", 4, 3, 2, good),
		"second key of a global": odd("all", "elsewhere", 3, 3, 0, good),
		"no JSON":                odd("region", "rz", 3, 3, 0, "state"),
		"JSON of something else": odd("region", "rz", 3, 3, 0, `{"items":[]}`),
		"stream beyond the head": odd("stream", "a", 1000, 3, 4, good),
		"version beyond the end": odd(ledgerKind, "a", 5, 5, 1000, good),
		"version 0":              odd(ledgerKind, "a", 5, 5, 0, good),
		"version -1":             odd("stream", "a", 5, 5, -1, good),
		"position of another":    odd(ledgerKind, "a", 2, 2, 3, good),
		"aggregate, no JSON":     odd(ledgerKind, "a", 5, 5, 3, "state"),
		"stream, no JSON":        odd("stream", "a", 5, 5, 3, ""),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "log.db")
			b := &build{fingerprint: "1", times: 1}
			a := b.start(t, file, eager)
			a.enter(t, "x", "a", "b", "a", "c", "a", "b") // positions 1 to 6
			a.stop(t)
			if found := b.verify(t, file); len(found.Differences) > 0 {
				t.Errorf("verifying finds %v before", found.Differences)
			}
			spoil(t, file)
			if found := b.verify(t, file); len(found.Differences) == 0 && name != "another fingerprint" {
				t.Error("verifying finds nothing")
			}

			healing := engine.Options{SnapshotEvery: 1, SnapshotStream: 1}
			a = b.start(t, file, healing)
			if err := a.same(t.Context()); err != nil {
				t.Error(err)
			}
			switch log := a.log.String(); {
			case name == "another fingerprint": // which is nothing bad
			case strings.Count(log, " not used") == 0 || strings.Contains(log, "level=ERROR"):
				t.Errorf("it says %q", log)
			}
			a.enter(t, "y", "a", "b", "c")
			a.stop(t)

			// An engine that ends takes half a second at most to save
			// snapshots. On a busy machine that may not be enough for all, and
			// the next engine continues.
			folded := int64(1)
			for tries := 0; folded != 0 && tries < 10; tries++ {
				b.folds.Store(0)
				a = b.start(t, file, healing)
				if folded = int64(b.folds.Load()); folded != 0 {
					a.stop(t)
				}
			}
			if folded != 0 {
				t.Fatalf("%d events were folded at the start after that", folded)
			}
			a.mustBeSame(t)
			a.crash(t)
			if found := b.verify(t, file); len(found.Differences) > 0 && name != "another key" { // of a stream that there is not
				t.Errorf("verifying finds %v afterwards", found.Differences)
			}
		})
	}
}
