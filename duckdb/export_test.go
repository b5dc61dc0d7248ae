package duckdb_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/duckdb/duckdb-go/v2"

	"ironstar.dev"
	"ironstar.dev/duckdb"
)

// parquet asks a file what is in it, with a DuckDB of its own.
func parquet(t *testing.T, file []byte, ask string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "x.parquet")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var answer string
	if err := db.QueryRow(fmt.Sprintf(ask, "read_parquet('"+name+"')")).Scan(&answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

// TestExport: an answer as a Parquet file has its rows, names and types, and leaves
// nothing in the folder.
func TestExport(t *testing.T) {
	dir := t.TempDir()
	tables := open(t, options(t, dir, bids()))
	feed(t, tables, bidRows(0, 1000))
	q := question("SELECT _at AS moment, amount, $who AS who FROM lot_bid_placed WHERE amount > $least ORDER BY moment DESC;", column("moment", ironstar.TimeColumn), ironstar.Column{Name: "amount", Type: money}, column("who", ironstar.TextColumn))
	q.Params = []ironstar.Column{column("who", ironstar.TextColumn), {Name: "least", Type: money}}
	args := []ironstar.QueryArg{{Name: "who", Value: "it's me"}, {Name: "least", Value: ironstar.MustDecimal("9.50")}}
	var file bytes.Buffer
	p, err := tables.Export(t.Context(), q, args, &file)
	if err != nil || p != 1000 {
		t.Fatalf("at %d: %v", p, err)
	}
	const ask = "SELECT concat_ws(' ', count(*), any_value(who), max(amount), min(amount), typeof(any_value(moment)), typeof(any_value(amount)), first(amount)) FROM %s"
	if got, want := parquet(t, file.Bytes(), ask), "50 it's me 10.00 9.51 TIMESTAMP DECIMAL(18,2) 10.00"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	q.Rows = 3
	wide := *q
	file.Reset()
	if _, err := tables.Export(t.Context(), &wide, args, &file); err != nil {
		t.Fatal(err)
	}
	if got := parquet(t, file.Bytes(), "SELECT string_agg(amount, ' ') FROM %s"); got != "10.00 9.99 9.98" {
		t.Errorf("got %s", got)
	}
	if left, err := os.ReadDir(filepath.Join(dir, "auction.duckdb.export")); err != nil || len(left) > 0 {
		t.Errorf("%v is left: %v", left, err)
	}
}

// refusingWriter takes nothing.
type refusingWriter struct{}

func (refusingWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// TestExportsThatFail: nothing is written, nothing is left, and the tables go on.
func TestExportsThatFail(t *testing.T) {
	dir := t.TempDir()
	tables, err := engineWith(t, duckdb.Options{Export: 10_000}).Open(t.Context(), options(t, dir, bids()))
	if err != nil {
		t.Fatal(err)
	}
	defer tables.Close()
	exporter := tables.(*duckdb.Tables)
	feed(t, tables, bidRows(0, 1000))
	small := question("SELECT 1 AS n", column("n", ironstar.IntColumn))
	if _, err := exporter.Export(t.Context(), small, nil, refusingWriter{}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("a writer that refuses: %v", err)
	}
	for rows, sql := range map[int]string{
		2000:          "SELECT hash(range)::VARCHAR AS n FROM range(1000000)",
		1_000_000_000: "SELECT hash(range)::VARCHAR AS n FROM range(1000000000000)",
	} {
		q := question(sql, column("n", ironstar.TextColumn))
		q.Rows = rows
		var file bytes.Buffer
		if _, err := exporter.Export(t.Context(), q, nil, &file); err == nil || !strings.Contains(err.Error(), "raise duckdb.Options.Export") || file.Len() > 0 {
			t.Errorf("%d bytes are written: %v", file.Len(), err)
		}
	}
	deadline, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := exporter.Export(deadline, endless, nil, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
	if left, err := os.ReadDir(filepath.Join(dir, "auction.duckdb.export")); err != nil || len(left) > 0 {
		t.Errorf("%v is left: %v", left, err)
	}
	holds(t, tables)
}

// TestLeftovers: what a killed process left in the folder is deleted at the next start.
func TestLeftovers(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"auction.duckdb.export/1/answer.parquet", "auction.duckdb.spill/duckdb_temp_storage-0.tmp"} {
		name = filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, []byte("x"), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	tables := open(t, options(t, dir, bids()))
	if err := tables.Close(); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) != 1 {
		t.Errorf("%v is left: %v", left, err)
	}
}
