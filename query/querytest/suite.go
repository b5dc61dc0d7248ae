// Package querytest checks that an engine of tables keeps the contract of package query.
package querytest

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/query"
)

// hangs ends a test that hangs.
const hangs = 2 * time.Minute

// Dialect is an engine, and what the suite has to know about its SQL.
type Dialect struct {
	Engine query.Engine
	Field  func(column, field string) string // how a field of a record is written in SQL

	// Endless never ends and returns the number 1 as n again and again; Silent never
	// ends and returns nothing. Both read no table.
	Endless, Silent string
	// Forbidden are questions with a column n that must be refused, in addition to those of
	// the suite: they read a clock, files, other databases, or settings.
	Forbidden []string
	// Allowed are questions with a column n, a whole number, that read table sale_sold.
	Allowed []string
}

// EngineSuite checks the contract of [query.Engine] and [query.Tables]. The package that
// calls it has [Main] in its TestMain.
func EngineSuite(t *testing.T, d Dialect) {
	for _, test := range []struct {
		name string
		run  func(*suite)
	}{
		{"EveryKindOfColumn", testKinds},
		{"ValuesThatCannotBeStored", testBadValues},
		{"Parameters", testParameters},
		{"AnswersOfOtherTypes", testOtherTypes},
		{"Rows", testRows},
		{"Check", testCheck},
		{"Forbidden", testForbidden},
		{"FeedOnlyWhereTheCheckpointIs", testMoved},
		{"Reopened", testReopened},
		{"NotBelieved", testNotBelieved},
		{"DamagedFiles", testDamaged},
		{"SomethingElseAtThePath", testSomethingElse},
		{"KilledWhileFeeding", testKilled},
		{"Cancelled", testCancelled},
		{"TimeLimit", testTimeLimit},
		{"SnapshotsWhileFeeding", testSnapshots},
		{"Closed", testClosed},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), hangs)
			defer cancel()
			test.run(&suite{T: t, Dialect: d, ctx: ctx, dir: t.TempDir()})
		})
	}
}

// suite is one test in a folder of its own.
type suite struct {
	*testing.T
	Dialect
	ctx context.Context
	dir string
}

// Names of the tables that the suite uses.
const (
	sold  = "sale_sold"
	kinds = "sale_kinds"
)

func columns(own ...ironstar.Column) []ironstar.Column {
	return append(slices.Clone(ironstar.EventColumns), own...)
}

func column(name string, kind ironstar.ColumnKind) ironstar.Column {
	return ironstar.Column{Name: name, Type: ironstar.ColumnType{Kind: kind, Digits: -1}}
}

// set is a context with one table for sales and one with a column of every kind.
func set() *ironstar.TableSet {
	return &ironstar.TableSet{Context: "shop", Fingerprint: "first", Aggregates: []ironstar.EventTables{{
		Kind: "shop.Sale",
		Tables: []ironstar.EventTable{
			{Name: sold, Columns: columns(column("units", ironstar.IntColumn), column("item", ironstar.TextColumn))},
			{Name: kinds, Columns: columns(kindColumns()...)},
		},
	}}}
}

// options open the tables of a set, which are believed if they are of the set and the log.
func options(dir string, set *ironstar.TableSet, logID string) query.OpenOptions {
	return query.OpenOptions{
		Dir: dir, Set: set, LogID: logID, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Believe: func(_ context.Context, c query.Checkpoint) (string, error) {
			if c.Fingerprint != set.Fingerprint || c.LogID != logID || c.Position > 0 && c.Proof != proof(c.Position) {
				return "it is of something else", nil
			}
			return "", nil
		},
	}
}

func proof(p ironstar.Position) string { return "proof of " + time.Duration(p).String() }

// open opens the tables, and closes them after the test.
func (s *suite) open() query.Tables {
	s.Helper()
	t, err := s.Engine.Open(s.ctx, options(s.dir, set(), "log"))
	if err != nil {
		s.Fatalf("open: %v", err)
	}
	return t
}

// began is when the first event of the suite was stored.
var began = time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC)

// event returns the values of the columns that every table has.
func event(p ironstar.Position, own ...any) []any {
	return append([]any{int64(p), "stream", int64(p), began.Add(time.Duration(p) * time.Second)}, own...)
}

// salesAt is how many rows a position has in the table of sales. A record may become
// several events.
const salesAt = 3

// sales is a batch with rows at each position.
func sales(after, upto ironstar.Position) *query.Batch {
	b := &query.Batch{After: after, Upto: upto, Proof: proof(upto), Tables: []query.TableRows{{Table: sold}}}
	for p := after + 1; p <= upto; p++ {
		for n := range int64(salesAt) {
			b.Tables[0].Rows = append(b.Tables[0].Rows, event(p, n, "item"))
		}
	}
	return b
}

func (s *suite) feed(t query.Tables, b *query.Batch) {
	s.Helper()
	if err := t.Feed(s.ctx, b); err != nil {
		s.Fatalf("feed: %v", err)
	}
}

// question asks for one column n of the table of sales.
func question(sql string) *query.Question {
	return &query.Question{
		Name: "shop.Question", File: "shop/question.sql", SQL: sql, Rows: 1 << 30,
		Reads: []string{sold}, Columns: []ironstar.Column{column("n", ironstar.IntColumn)},
	}
}

// ask returns all rows.
func (s *suite) ask(t query.Tables, q *query.Question, args ...ironstar.QueryArg) ([][]any, ironstar.Position, error) {
	var rows [][]any
	p, err := t.Ask(s.ctx, q, args, func(values []any) error {
		rows = append(rows, values)
		return nil
	})
	return rows, p, err
}

// counted checks that the tables hold exactly the sales up to their checkpoint, and
// returns it.
func (s *suite) counted(t query.Tables) ironstar.Position {
	s.Helper()
	q := question("SELECT count(*) AS n, max(_position) AS last FROM " + sold)
	last := column("last", ironstar.IntColumn)
	last.Type.Optional = true
	q.Columns = append(q.Columns, last)
	rows, p, err := s.ask(t, q)
	if err != nil {
		s.Fatalf("ask: %v", err)
	}
	if n := rows[0][0]; n != int64(p)*salesAt || p > 0 && rows[0][1] != int64(p) {
		s.Fatalf("at position %d there are %v rows, the last at %v; want %d", p, n, rows[0][1], p*salesAt)
	}
	if at, err := t.Position(s.ctx); err != nil || at < p {
		s.Fatalf("Position is %d, %v, and an answer was at %d", at, err, p)
	}
	return p
}

func (s *suite) close(t query.Tables) {
	s.Helper()
	if err := t.Close(); err != nil {
		s.Errorf("close: %v", err)
	}
}
