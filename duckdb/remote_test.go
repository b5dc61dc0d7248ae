package duckdb_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ironstar.dev"
	"ironstar.dev/duckdb"
)

// TestNoExtension: without the extension, a question about a file of an allowed host says
// what is missing, and others are answered.
func TestNoExtension(t *testing.T) {
	// A file where the folder of extensions should be: nothing can be installed there.
	extensions := filepath.Join(t.TempDir(), "extensions")
	if err := os.WriteFile(extensions, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	e := engineWith(t, duckdb.Options{Hosts: []string{"data.example.com"}, Extensions: extensions})
	tables, err := e.Open(t.Context(), options(t, t.TempDir(), bids()))
	if err != nil {
		t.Fatal(err)
	}
	defer tables.Close()
	feed(t, tables, bidRows(0, 10))
	holds(t, tables)
	q := question("SELECT count(*) AS n FROM lot_bid_placed AS b JOIN read_parquet('https://data.example.com/prices.parquet') AS p ON p.day = b._at::DATE", column("n", ironstar.IntColumn))
	if err := tables.Check(t.Context(), q); err != nil {
		t.Error(err)
	}
	_, err = tables.Ask(t.Context(), q, nil, func([]any) error { return nil })
	if !errors.Is(err, ironstar.ErrNoEngine) || !strings.Contains(err.Error(), "httpfs is not installed") || !strings.Contains(err.Error(), "duckdb.Options.Extensions") {
		t.Errorf("it is answered with %v", err)
	}
	t.Log(err)
	holds(t, tables)
}
