package duckdb_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"ironstar.dev"
	"ironstar.dev/duckdb"
	"ironstar.dev/query"
	"ironstar.dev/query/querytest"
)

const asFeeder = "IRONSTAR_TEST_AS_FEEDER"

// TestMain lets the test binary be a process that feeds tables: see feeder, and
// querytest.Main.
func TestMain(m *testing.M) {
	if dir := os.Getenv(asFeeder); dir != "" {
		feeder(dir)
		return
	}
	e, err := duckdb.New(duckdb.Options{})
	if err != nil {
		panic(err)
	}
	querytest.Main(m, e)
}

var count = question("SELECT count(*) AS n, coalesce(sum(amount), 0) AS amount FROM lot_bid_placed", column("n", ironstar.IntColumn), ironstar.Column{Name: "amount", Type: money})

// holds fails unless the tables have all events up to their position, once.
func holds(t *testing.T, tables query.Tables) ironstar.Position {
	t.Helper()
	rows, p := ask(t, tables, count)
	sum := cents(int64(p) * (int64(p) + 1) / 2)
	if n := rows[0][0]; n != int64(p) || rows[0][1].(ironstar.Decimal).Cmp(sum) != 0 {
		t.Errorf("at position %d there are %v", p, rows)
	}
	return p
}

// TestReopened: tables are there after closing, and are asked for by their checkpoint.
func TestReopened(t *testing.T) {
	dir, set := filepath.Join(t.TempDir(), "it's a folder & more"), bids()
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	e := engineWith(t, duckdb.Options{})
	tables, err := e.Open(t.Context(), options(t, dir, set))
	if err != nil {
		t.Fatal(err)
	}
	feed(t, tables, bidRows(0, 5000))
	if err := errors.Join(tables.Close(), tables.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := tables.Position(t.Context()); err == nil {
		t.Error("closed tables have a position")
	}
	if err := errors.Join(tables.Feed(t.Context(), bidRows(5000, 5001)), tables.Check(t.Context(), count)); err == nil {
		t.Error("closed tables are fed")
	}
	o := options(t, dir, set)
	var seen query.Checkpoint
	o.Believe = func(_ context.Context, c query.Checkpoint) (string, error) { seen = c; return "", nil }
	if p := holds(t, open(t, o)); p != 5000 {
		t.Errorf("it is at %d", p)
	}
	if want := (query.Checkpoint{Fingerprint: "one", LogID: "log", Position: 5000, Proof: "proof"}); seen != want {
		t.Errorf("it was asked about %+v", seen)
	}
}

// TestNotBelieved: a file that is not what it should be is made again, and the log says
// why.
func TestNotBelieved(t *testing.T) {
	other := bids()
	other.Fingerprint = "two"
	write := func(name, text string) func(*testing.T, string, *query.OpenOptions) {
		return func(t *testing.T, dir string, _ *query.OpenOptions) {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, c := range map[string]struct {
		change func(*testing.T, string, *query.OpenOptions)
		says   string
	}{
		"another schema": {func(_ *testing.T, _ string, o *query.OpenOptions) { o.Set = other }, "another schema"},
		"another log":    {func(_ *testing.T, _ string, o *query.OpenOptions) { o.LogID = "other" }, "another log"},
		"doubted": {func(_ *testing.T, _ string, o *query.OpenOptions) {
			o.Believe = func(context.Context, query.Checkpoint) (string, error) { return "the log is shorter", nil }
		}, "the log is shorter"},
		"asked for":                            {func(_ *testing.T, _ string, o *query.OpenOptions) { o.Again = true }, "asked for"},
		"empty":                                {write("auction.duckdb", ""), "no file of DuckDB"},
		"text":                                 {write("auction.duckdb", strings.Repeat("text ", 5000)), "no file of DuckDB"},
		"SQLite":                               {write("auction.duckdb", "SQLite format 3\x00"+strings.Repeat("\x00", 5000)), "no file of DuckDB"},
		"only the first bytes":                 {write("auction.duckdb", "\x00\x00\x00\x00\x00\x00\x00\x00DUCK"), "damaged"},
		"cut":                                  {func(t *testing.T, dir string, _ *query.OpenOptions) { truncate(t, dir, 3) }, "damaged"},
		"half":                                 {func(t *testing.T, dir string, _ *query.OpenOptions) { truncate(t, dir, 2) }, ""},
		"newer":                                {newer, "damaged"},
		"damaged":                              {damaged, "damaged"},
		"a process that ended while it opened": {write("auction.duckdb.opening", ""), "while DuckDB read it"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			e := engineWith(t, duckdb.Options{})
			first, err := e.Open(t.Context(), options(t, dir, bids()))
			if err != nil {
				t.Fatal(err)
			}
			feed(t, first, bidRows(0, 4000))
			if err := first.Close(); err != nil {
				t.Fatal(err)
			}
			var said bytes.Buffer
			o := options(t, dir, bids())
			o.Logger = slog.New(slog.NewTextHandler(&said, nil))
			c.change(t, dir, &o)
			again := open(t, o)
			if p := holds(t, again); p != 0 {
				t.Errorf("it is at %d", p)
			}
			if !strings.Contains(said.String(), "tables are made again") || !strings.Contains(said.String(), c.says) {
				t.Errorf("it says %q", &said)
			}
			feed(t, again, bidRows(0, 10))
			holds(t, again)
		})
	}
}

// TestDamagedWAL: what DuckDB cannot read in its write-ahead log was never committed.
func TestDamagedWAL(t *testing.T) {
	dir := t.TempDir()
	cmd, lines := feeding(t, dir)
	for range 10 {
		lines.Scan()
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	patch(t, filepath.Join(dir, "auction.duckdb.wal"), func(b []byte) {
		for i := len(b) / 2; i < len(b); i++ {
			b[i] ^= 0x55
		}
	})
	tables := open(t, options(t, dir, bids()))
	p := holds(t, tables)
	feed(t, tables, bidRows(p, p+10))
	holds(t, tables)
}

func truncate(t *testing.T, dir string, part int64) {
	t.Helper()
	name := filepath.Join(dir, "auction.duckdb")
	info, err := os.Stat(name)
	if err == nil {
		err = os.Truncate(name, info.Size()/part)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// newer makes a file that says that a later DuckDB wrote it.
func newer(t *testing.T, dir string, _ *query.OpenOptions) {
	patch(t, filepath.Join(dir, "auction.duckdb"), func(b []byte) { binary.LittleEndian.PutUint64(b[12:], 9999) })
}

// damaged changes all that is behind the headers.
func damaged(t *testing.T, dir string, _ *query.OpenOptions) {
	patch(t, filepath.Join(dir, "auction.duckdb"), func(b []byte) {
		for i := 3 * 4096; i < len(b); i++ {
			b[i] ^= 0x55
		}
	})
}

func patch(t *testing.T, name string, change func([]byte)) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	change(b)
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestFoldersThatCannotBeUsed: what is not about the file itself is an error, and
// nothing is deleted.
func TestFoldersThatCannotBeUsed(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "auction.duckdb"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ dir, says string }{
		{filepath.Join(dir, "nothing"), "no such file"},
		{dir, "is a folder: move it away"},
		{filepath.Join(dir, "100%"), "put the database somewhere else"},
		{filepath.Join(dir, "what?"), "put the database somewhere else"},
	} {
		_, err := engineWith(t, duckdb.Options{}).Open(t.Context(), options(t, c.dir, bids()))
		if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "auction") {
			t.Errorf("%s: %v", c.dir, err)
		}
	}
	o := options(t, t.TempDir(), bids())
	open(t, o).Close()
	o.Believe = func(context.Context, query.Checkpoint) (string, error) { return "", io.ErrUnexpectedEOF }
	if _, err := engineWith(t, duckdb.Options{}).Open(t.Context(), o); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("it is believed: %v", err)
	}
}

// TestOptions: options that cannot work are refused before anything is opened.
func TestOptions(t *testing.T) {
	for _, c := range []struct {
		o    duckdb.Options
		says string
	}{
		{duckdb.Options{Memory: -1}, "Memory"}, {duckdb.Options{Memory: 1 << 20}, "Memory"}, {duckdb.Options{Threads: -1}, "Threads"},
		{duckdb.Options{Disk: -1}, "Disk"}, {duckdb.Options{Export: -1}, "Export"},
		{duckdb.Options{Hosts: []string{""}}, "Hosts"}, {duckdb.Options{Hosts: []string{"https://example.com"}}, "Hosts"},
		{duckdb.Options{Hosts: []string{"example.com/x"}}, "Hosts"}, {duckdb.Options{Hosts: []string{"a@example.com"}}, "Hosts"},
		{duckdb.Options{Hosts: []string{"example.com:port"}}, "Hosts"}, {duckdb.Options{Hosts: []string{"*"}}, "Hosts"}, {duckdb.Options{Hosts: []string{"example.com?x"}}, "Hosts"},
	} {
		if _, err := duckdb.New(c.o); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v", c.o, err)
		}
	}
	engineWith(t, duckdb.Options{Memory: 64 << 20, Threads: 64, Disk: 1, Export: 1})
}

// feeder feeds tables in the folder until it is killed, and prints each position.
func feeder(dir string) {
	e, err := duckdb.New(duckdb.Options{})
	if err != nil {
		panic(err)
	}
	tables, err := e.Open(context.Background(), query.OpenOptions{Dir: dir, Set: bids(), LogID: "log", Logger: slog.Default()})
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := tables.Position(context.Background())
	for ; err == nil; p += 500 {
		fmt.Println(int64(p))
		err = tables.Feed(context.Background(), bidRows(p, p+500))
	}
	fmt.Println(err)
}

// feeding starts a process that feeds.
func feeding(t *testing.T, dir string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), asFeeder+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd, bufio.NewScanner(out)
}

// TestKilled: after kill -9 the rows and the checkpoint are those of the same moment, and
// nothing that was committed is missing.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	for round := range 5 {
		cmd, lines := feeding(t, dir)
		committed := int64(0)
		for i := 0; i < 5+11*round && lines.Scan(); i++ {
			n, err := strconv.ParseInt(lines.Text(), 10, 64)
			if err != nil {
				t.Fatal(lines.Text())
			}
			committed = n
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		cmd.Wait()
		tables := open(t, options(t, dir, bids()))
		if p := holds(t, tables); int64(p) < committed {
			t.Errorf("round %d: it is at %d, after %d was committed", round, p, committed)
		}
		if err := tables.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAnotherProcess: a file that another process has is not touched. When that process
// is gone, it is opened.
func TestAnotherProcess(t *testing.T) {
	dir := t.TempDir()
	cmd, lines := feeding(t, dir)
	if !lines.Scan() || lines.Text() != "0" {
		t.Fatal(lines.Text())
	}
	o := options(t, dir, bids())
	for _, again := range []bool{false, true} {
		o.Again = again
		if _, err := engineWith(t, duckdb.Options{}).Open(t.Context(), o); !errors.Is(err, query.ErrLocked) {
			t.Fatalf("it is opened: %v", err)
		}
	}
	for range 3 {
		if !lines.Scan() {
			t.Fatal("the other process ended")
		}
		if _, err := strconv.Atoi(lines.Text()); err != nil {
			t.Fatal(lines.Text())
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	o.Again = false
	if p := holds(t, open(t, o)); p < 1000 {
		t.Errorf("it is at %d", p)
	}
}
