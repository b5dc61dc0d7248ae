package year_test

import (
	"crypto/sha256"
	"database/sql"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
	_ "modernc.org/sqlite" // an independent reader through database/sql

	"ironstar.dev/internal/year"
)

// production is the running application: one process and one database file.
type production struct {
	dir     string
	dayOne  int // how many events day one has
	addr    string
	client  *year.Client
	process *process // nil: none runs
	output  *output  // of the last process
}

// process is one process of the application.
type process struct {
	*exec.Cmd
	output *output
	ended  chan struct{} // closed at the end
}

// output is what a process writes.
type output struct {
	mu   sync.Mutex
	text strings.Builder
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// deploy BINARY stops the running build and starts another one on the same
// file.
func (p *production) deploy(ts *testscript.TestScript, args ...string) error {
	if p.process != nil {
		if err := p.shutdown(ts); err != nil {
			return err
		}
	}
	if p.addr == "" {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		p.addr = l.Addr().String()
		l.Close()
		p.client = year.NewClient("http://" + p.addr)
	}
	next, err := p.launch(ts.MkAbs(args[0]))
	p.process = next
	return err
}

// launch starts a binary, and waits until it serves.
func (p *production) launch(binary string, args ...string) (*process, error) {
	cmd := exec.Command(binary, append(args, "-addr", p.addr, "-db", filepath.Join(p.dir, "app.db"))...)
	next := &process{cmd, &output{}, make(chan struct{})}
	next.Env = append(os.Environ(), "AUCTION_MESSAGES="+filepath.Join(p.dir, "messages"))
	next.Stderr, p.output = next.output, next.output
	if err := next.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = next.Wait() // the state says how it ended
		close(next.ended)
	}()
	for end := time.Now().Add(5 * time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if strings.Contains(p.output.String(), "serving on") {
			return next, nil
		}
		select {
		case <-next.ended:
			return nil, fmt.Errorf("%s ends: %s", binary, p.output.String())
		default:
		}
	}
	_ = next.Process.Kill()
	return nil, fmt.Errorf("%s does not serve: %s", binary, p.output.String())
}

// shutdown stops the application as a deploy does.
func (p *production) shutdown(*testscript.TestScript, ...string) error {
	if err := p.process.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	<-p.process.ended
	code := p.process.ProcessState.ExitCode()
	p.process = nil
	if code != 0 {
		return fmt.Errorf("it ended with %d: %s", code, p.output.String())
	}
	return nil
}

func (p *production) kill() {
	if p.process != nil {
		_ = p.process.Process.Kill()
		<-p.process.ended
		p.process = nil
	}
}

// like GOT WANT compares two texts except for what differs in every run:
// numbers, ids, hashes, and the width of columns.
func like(_ *production, ts *testscript.TestScript, args ...string) error {
	return same(ts.ReadFile(args[0]), ts.ReadFile(args[1]))
}

var fickle = regexp.MustCompile(`[0-9A-Z]{26}|[0-9a-f]{8}-[0-9a-f]{4}|[0-9a-f]{32}|takes .* This|[0-9.:/-]+| +`)

func same(got, want string) error {
	if mask := func(s string) string { return fickle.ReplaceAllString(s, "#") }; mask(got) != mask(want) {
		return fmt.Errorf("it is\n%swant, but for numbers and ids,\n%s%s", got, want, cmp.Diff(mask(want), mask(got)))
	}
	return nil
}

// log FILE writes the output of the process after it ended.
func (p *production) log(ts *testscript.TestScript, args ...string) error {
	return os.WriteFile(ts.MkAbs(args[0]), []byte(p.output.String()), 0o666)
}

var (
	progress = regexp.MustCompile(`(?m)^.* … \d+s\n`)
	advice   = regexp.MustCompile(`(?m)^warning: .*\(query-reads\)\n(?: .*\n)*`)
)

// findings FILE writes what the last command wrote about the schema and the code to its
// error output. How long a command takes says nothing about them, so progress is left out.
func (p *production) findings(ts *testscript.TestScript, args ...string) error {
	return os.WriteFile(ts.MkAbs(args[0]), []byte(progress.ReplaceAllString(ts.ReadFile("stderr"), "")), 0o666)
}

// others FILE writes the findings that are not advice to read a query again.
func (p *production) others(ts *testscript.TestScript, args ...string) error {
	said := progress.ReplaceAllString(ts.ReadFile("stderr"), "")
	return os.WriteFile(ts.MkAbs(args[0]), []byte(advice.ReplaceAllString(said, "")), 0o666)
}

// edit FILE OLD NEW replaces a text in a file.
func (p *production) edit(ts *testscript.TestScript, args ...string) error {
	return year.Edit(ts.MkAbs(args[0]), args[1], args[2])
}

// stored FILE writes the stored events of day one: a hash of each hundred rows,
// all columns.
func (p *production) stored(ts *testscript.TestScript, args ...string) error {
	var b strings.Builder
	rows := 0
	hash := sha256.New()
	err := p.query(fmt.Sprintf("SELECT * FROM events WHERE position <= %d ORDER BY position", p.dayOne), func(row []any) {
		fmt.Fprintf(hash, "%q\n", row)
		if rows++; rows%100 == 0 {
			fmt.Fprintf(&b, "%d %x\n", rows, hash.Sum(nil))
		}
	})
	if err == nil && rows != p.dayOne {
		err = fmt.Errorf("%d events are stored, want %d", rows, p.dayOne)
	}
	if err != nil {
		return err
	}
	return os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o666)
}

// kinds FILE writes the number of stored events of each version.
func (p *production) kinds(ts *testscript.TestScript, args ...string) error {
	var b strings.Builder
	err := p.query("SELECT event_type || '.v' || schema_version, count(*) FROM events GROUP BY 1 ORDER BY 1", func(row []any) {
		fmt.Fprintf(&b, "%v %v\n", row...)
	})
	if err != nil {
		return err
	}
	return os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o666)
}

func (p *production) query(query string, each func(row []any)) error {
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: filepath.Join(p.dir, "app.db"), RawQuery: "mode=ro"}).String())
	if err != nil {
		return err
	}
	defer db.Close()
	rows, err := db.Query(query)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	for rows.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		each(row)
	}
	return rows.Err()
}
