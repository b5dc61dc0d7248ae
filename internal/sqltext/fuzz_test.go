package sqltext_test

import (
	"testing"

	"ironstar.dev/internal/sqltext"
)

// FuzzRead: no text makes the reader fail, and what it finds is in the text, in order,
// with nothing but white space and comments between.
func FuzzRead(f *testing.F) {
	for _, sql := range []string{
		"", "SELECT 1", "WITH a(b) AS (SELECT $x FROM c) SELECT * FROM a, (d JOIN e) f(g);", "SELECT 'a''b', \"c\", [d], `e`, E'\\'' -- f\n/* g /* h */ */",
		"((([[[{{{", ")]}", "FROM FROM JOIN , , .", "?1 :a @b $1 ::", "\x00\xff", "SELECT $$", "AS (", "x AS NOT MATERIALIZED (", ") AS (", "a.b.c.", "LATERAL LATERAL (",
	} {
		f.Add(sql, false)
		f.Add(sql, true)
	}
	f.Fuzz(func(t *testing.T, sql string, duck bool) {
		d := sqltext.SQLite
		if duck {
			d = sqltext.DuckDB
		}
		s, err := sqltext.Read(sql, d)
		if err != nil {
			if err.Offset < 0 || err.Offset >= len(sql) {
				t.Fatalf("an error at %d of %d", err.Offset, len(sql))
			}
			return
		}
		end := 0
		for _, token := range s.Tokens {
			if token.Offset < end || token.Text == "" || sql[token.Offset:token.Offset+len(token.Text)] != token.Text {
				t.Fatalf("token %+v is not behind %d", token, end)
			}
			end = token.Offset + len(token.Text)
		}
		if s.End() != end {
			t.Fatalf("the end is %d, want %d", s.End(), end)
		}
		again, err := sqltext.Read(sql[:s.End()], d)
		if err != nil || len(again.Tokens) != len(s.Tokens) || len(again.Tables) != len(s.Tables) || len(again.Calls) != len(s.Calls) {
			t.Fatalf("the statement alone is read otherwise: %v", err)
		}
	})
}
