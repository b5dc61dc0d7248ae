package duckdb_test

import (
	"cmp"
	"database/sql"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"ironstar.dev"
	"ironstar.dev/duckdb"
	"ironstar.dev/gen/auction"
	"ironstar.dev/query"
	"ironstar.dev/sqlite"
)

// TestExportOfAllBids: the Parquet file has every bid of the log, and nothing else.
func TestExportOfAllBids(t *testing.T) {
	s := season(t)
	duck := opened(t, s, engineWith(t, duckdb.Options{}))
	if rows := askHouse(t, duck, auction.NewAllBids(), ironstar.None{}); len(rows) != auction.NewAllBids().Rows {
		t.Errorf("the answer has %d rows", len(rows))
	}
	var reader *query.Reader[auction.AllBidsRow, ironstar.None]
	if err := query.Find(duck.engine, auction.AllBidsName, &reader); err != nil {
		t.Fatal(err)
	}
	f, err := reader.Export(t.Context(), ironstar.None{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want := bidsOf(t, s)
	have := bidsIn(t, f)
	if d := gocmp.Diff(want, have); d != "" || len(have) < 1000 {
		t.Errorf("%d rows; the log has -, the file has +\n%s", len(have), d)
	}
}

// bidsOf reads all bids of people from the log.
func bidsOf(t *testing.T, s *sqlite.Store) (all []auction.AllBidsRow) {
	t.Helper()
	category := map[string]auction.Category{}
	add := func(r *ironstar.Record, at time.Time, amount ironstar.Decimal) {
		n, err := strconv.ParseFloat(amount.String(), 32) // the query says FLOAT
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, auction.AllBidsRow{At: at.UTC(), Hour: int64(at.UTC().Hour()), Category: category[r.Stream.ID], Amount: n})
	}
	for r, err := range s.Log(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Stream.Kind != auction.LotKind {
			continue
		}
		events, err := auction.DecodeLotEvent(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, event := range events {
			switch e := event.(type) {
			case auction.LotDrafted:
				category[r.Stream.ID] = e.Category
			case auction.LotBidPlaced:
				add(r, e.At, e.Amount)
			case auction.LotBidTopped:
				add(r, e.At, e.Amount)
			}
		}
	}
	slices.SortFunc(all, inOrder)
	return all
}

// bidsIn reads all bids from a Parquet file, with a DuckDB of its own.
func bidsIn(t *testing.T, file io.Reader) (all []auction.AllBidsRow) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "bids.parquet")
	whole, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT \"at\", hour, category, amount FROM read_parquet('" + name + "')")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var row auction.AllBidsRow
		if err := rows.Scan(&row.At, &row.Hour, &row.Category, &row.Amount); err != nil {
			t.Fatal(err)
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(all, inOrder)
	return all
}

// inOrder orders bids: a file may have them in any order.
func inOrder(a, b auction.AllBidsRow) int {
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Category, b.Category), cmp.Compare(a.Amount, b.Amount))
}
