package main

import (
	"bufio"
	"database/sql"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const asApp = "IRONSTAR_TEST_AS_APP"

// TestMain lets the test binary be the application.
func TestMain(m *testing.M) {
	if os.Getenv(asApp) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// app returns a command line of the application.
func app(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), asApp+"=1")
	return cmd
}

// serving calls use while the application serves a database. It must end well.
func serving(t *testing.T, db string, use func()) {
	t.Helper()
	cmd := app(t, "-addr", "127.0.0.1:0", "-db", db)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := ""
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		said += lines.Text() + "\n"
		if strings.Contains(lines.Text(), "serving on") {
			use()
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Error(err)
			}
		}
	}
	if err := cmd.Wait(); err != nil || !strings.Contains(said, "serving on") {
		t.Errorf("it ended with %v and said %s", err, said)
	}
}

// TestAllBidsToAFile: the file of all bids is the same whether a server answers or this
// command itself. Nothing is left beside the database and its tables.
func TestAllBidsToAFile(t *testing.T) {
	db, dir := filepath.Join(t.TempDir(), "app.db"), t.TempDir()
	if out, err := app(t, "seed", "--db", db, "--season", "300", "--days", "10").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	file := func(name string) []string {
		t.Helper()
		name = filepath.Join(dir, name)
		if out, err := app(t, "query", "AllBids", "--db", db, "--format", "parquet", "--out", name).CombinedOutput(); err != nil || len(out) > 0 {
			t.Fatalf("%v: %s", err, out)
		}
		return inParquet(t, name)
	}
	alone := file("alone.parquet")
	if len(alone) < 250 {
		t.Errorf("the file has %d bids", len(alone))
	}
	serving(t, db, func() {
		for conn, err := net.Dial("unix", db+".sock"); ; conn, err = net.Dial("unix", db+".sock") { // until it takes orders
			if err == nil {
				conn.Close()
				break
			}
		}
		if served := file("served.parquet"); !slices.Equal(alone, served) {
			t.Errorf("%d bids alone, %d from the server", len(alone), len(served))
		}
		waits(t, db, filepath.Join(dir, "never.parquet"))
		if out, err := app(t, "query", "Conversion", "--db", db).CombinedOutput(); err != nil || !strings.Contains(string(out), "5 rows, up to event ") {
			t.Errorf("%v: %s", err, out)
		}
	})
	if again := file("again.parquet"); !slices.Equal(alone, again) {
		t.Errorf("%d bids alone, %d afterwards", len(alone), len(again))
	}
	left, err := filepath.Glob(db + ".queries/*")
	if err != nil || len(left) != 1 || filepath.Base(left[0]) != "auction.duckdb" {
		t.Errorf("left is %v, %v", left, err)
	}
}

// waits asks for the file of all bids while a server has the tables, and cannot be reached.
func waits(t *testing.T, db, file string) {
	t.Helper()
	if err := os.Rename(db+".sock", db+".hidden"); err != nil {
		t.Fatal(err)
	}
	cmd := app(t, "query", "AllBids", "--db", db, "--format", "parquet", "--out", file)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := ""
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		said += lines.Text() + "\n"
		if strings.HasPrefix(lines.Text(), "another process has the tables auction.duckdb") {
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Error(err)
			}
		}
	}
	err = cmd.Wait()
	if cmd.ProcessState.ExitCode() != 130 || !strings.Contains(said, "interrupted") {
		t.Errorf("it ended with %v and said %s", err, said)
	}
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an answer that never came leaves a file: %v", err)
	}
	if err := os.Rename(db+".hidden", db+".sock"); err != nil {
		t.Fatal(err)
	}
}

// inParquet returns the rows of a Parquet file in order, with a DuckDB of its own.
func inParquet(t *testing.T, name string) (all []string) {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT concat_ws(' ', \"at\", hour, category, amount) AS bid FROM read_parquet('" + name + "') ORDER BY bid")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var row string
		if err := rows.Scan(&row); err != nil {
			t.Fatal(err)
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestServes: the application with DuckDB starts, serves and stops.
func TestServes(t *testing.T) {
	serving(t, filepath.Join(t.TempDir(), "app.db"), func() {})
}
