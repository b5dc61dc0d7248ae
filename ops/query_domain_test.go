package ops_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/live"
	"ironstar.dev/ops"
	"ironstar.dev/query"
)

// textRow is a row of the answer to the query of the tests.
type textRow struct {
	Text string
	N    int64
	By   *string
}

// textsSQL counts the notes. The first row says which build answers: the parameter text
// of noteQuery. With least=-1, computing the sum fails.
const textsSQL = `SELECT '%s' AS text, 0 AS n, NULL AS "by" FROM (SELECT sum(CASE WHEN $least < 0 THEN 9223372036854775807 ELSE 0 END) FROM note_written)
UNION ALL
SELECT text, count(*), max("by") FROM note_written WHERE text <> 'never' GROUP BY text HAVING count(*) >= $least
ORDER BY n, text`

// noteTables is how notes are laid out: note_written has all of them.
func noteTables() *ironstar.TableSet {
	text := ironstar.ColumnType{Kind: ironstar.TextColumn}
	columns := append(slices.Clone(ironstar.EventColumns), ironstar.Column{Name: "text", Type: text}, ironstar.Column{Name: "by", Type: text})
	return &ironstar.TableSet{Context: "test", Fingerprint: "notes 1", Aggregates: []ironstar.EventTables{{
		Kind: noteKind, Tables: []ironstar.EventTable{{Name: "note_written", Columns: columns}},
		Rows: func(r *ironstar.Record, add func(int, []any)) error {
			var w written
			if err := json.Unmarshal(r.Payload, &w); err != nil {
				return err
			}
			add(0, []any{int64(r.Position), r.Stream.ID, int64(r.Sequence), r.RecordedAt, w.Text, w.By})
			return nil
		},
	}}}
}

// noteQuery asks how often each text was written, at least least times.
func noteQuery(build string) ironstar.Query[textRow, int64] {
	text, whole := ironstar.ColumnType{Kind: ironstar.TextColumn}, ironstar.ColumnType{Kind: ironstar.IntColumn}
	maybe := ironstar.ColumnType{Kind: ironstar.TextColumn, Optional: true}
	return ironstar.Query[textRow, int64]{
		Name: "test.Texts", Fingerprint: build,
		Ways:   []ironstar.QueryWay{{Engine: "sqlite", SQL: fmt.Sprintf(textsSQL, build), File: "test/texts.sql"}},
		Tables: noteTables(), Reads: []string{"note_written"},
		Columns: []ironstar.Column{{Name: "text", Type: text}, {Name: "n", Type: whole}, {Name: "by", Type: maybe}},
		Rows:    4, Export: 4, Fresh: time.Millisecond, Within: time.Minute,
		Args: func(least int64) []ironstar.QueryArg {
			return []ironstar.QueryArg{{Name: "least", Type: whole, Value: least}}
		},
		Params: []string{"least"},
		Parse: func(v map[string][]string) (least int64, err error) {
			for _, value := range v["least"] {
				if _, err := fmt.Sscan(value, &least); err != nil {
					return 0, fmt.Errorf("least: %q is no number", value)
				}
			}
			return least, nil
		},
		Key: func(least int64) string { return fmt.Sprint(least) },
		Scan: func(v []any) (row textRow, err error) {
			row.Text, row.N = v[0].(string), v[1].(int64)
			if by, ok := v[2].(string); ok {
				row.By = &by
			}
			return row, nil
		},
		Values: func(row textRow) []any {
			var by any
			if row.By != nil {
				by = *row.By
			}
			return []any{row.Text, row.N, by}
		},
	}
}

// asking is the application for notes with its query.
func asking(build string) ops.App {
	app := noteApp()
	app.Domains = append(app.Domains, ops.DomainFunc(func(e *engine.Engine) (func(*live.Server), error) {
		query.Register(e, noteQuery(build))
		return nil, nil
	}))
	return app
}
