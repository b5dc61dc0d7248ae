package duckdb_test

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/duckdb"
	"ironstar.dev/query"
)

// money is a decimal with two digits and a bound, which fits the narrow decimals.
var money = ironstar.ColumnType{Kind: ironstar.DecimalColumn, Digits: 2, Most: "999999999.99"}

func column(name string, kind ironstar.ColumnKind) ironstar.Column {
	return ironstar.Column{Name: name, Type: ironstar.ColumnType{Kind: kind}}
}

// bids is a set with a table of every kind of column, and one that questions do not
// declare.
func bids() *ironstar.TableSet {
	columns := append(ironstar.EventColumns[:len(ironstar.EventColumns):len(ironstar.EventColumns)],
		column("bidder", ironstar.TextColumn), ironstar.Column{Name: "amount", Type: money})
	return &ironstar.TableSet{Context: "auction", Fingerprint: "one", Aggregates: []ironstar.EventTables{{
		Kind: "auction.Lot",
		Tables: []ironstar.EventTable{
			{Name: "lot_bid_placed", Columns: columns},
			{Name: "lot_secret", Columns: ironstar.EventColumns},
		},
	}}}
}

func options(t testing.TB, dir string, set *ironstar.TableSet) query.OpenOptions {
	t.Helper()
	return query.OpenOptions{Dir: dir, Set: set, LogID: "log", Logger: slog.New(slog.DiscardHandler),
		Believe: func(context.Context, query.Checkpoint) (string, error) { return "", nil }}
}

func engineWith(t testing.TB, o duckdb.Options) *duckdb.Engine {
	t.Helper()
	e, err := duckdb.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func open(t testing.TB, o query.OpenOptions) *duckdb.Tables {
	t.Helper()
	tables, err := engineWith(t, duckdb.Options{}).Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tables.Close(); err != nil {
			t.Error(err)
		}
	})
	return tables.(*duckdb.Tables)
}

var start = time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)

// bidRows are bids at the positions from (after, upto], of n cents at position n.
func bidRows(after, upto ironstar.Position) *query.Batch {
	rows := query.TableRows{Table: "lot_bid_placed"}
	for p := after + 1; p <= upto; p++ {
		rows.Rows = append(rows.Rows, []any{int64(p), "lot-1", int64(p), start.Add(time.Duration(p) * time.Second), "ann", cents(int64(p))})
	}
	return &query.Batch{After: after, Upto: upto, Proof: "proof", Tables: []query.TableRows{rows}}
}

func cents(n int64) ironstar.Decimal {
	return ironstar.MustDecimal(strconv.FormatInt(n/100, 10) + fmt.Sprintf(".%02d", n%100))
}

func feed(t testing.TB, tables query.Tables, b *query.Batch) {
	t.Helper()
	if err := tables.Feed(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}

// ask returns the rows of an answer.
func ask(t testing.TB, tables query.Tables, q *query.Question, args ...ironstar.QueryArg) ([][]any, ironstar.Position) {
	t.Helper()
	var rows [][]any
	p, err := tables.Ask(t.Context(), q, args, func(values []any) error {
		rows = append(rows, values)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows, p
}

func question(sql string, columns ...ironstar.Column) *query.Question {
	return &query.Question{Name: "auction.Bids", File: "auction/bids.sql", SQL: sql, Reads: []string{"lot_bid_placed"}, Columns: columns, Rows: 100}
}
