package year_test

import (
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
	_ "modernc.org/sqlite" // an independent reader through database/sql

	"ironstar.dev/internal/year"
)

// TestYear runs testdata/script/year.txtar: the commands of a developer, on a
// copy of the application, and its binaries, on one database file. UPDATE=1 go
// test ./internal/year writes the output of commands anew.
func TestYear(t *testing.T) {
	repository, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	tools := t.TempDir()
	if err := year.Build(repository, "./cmd/ironstar", filepath.Join(tools, "ironstar")); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		UpdateScripts:       os.Getenv("UPDATE") != "",
		Setup: func(e *testscript.Env) error {
			for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH"} {
				value, err := exec.Command("go", "env", name).Output()
				if err != nil {
					return err
				}
				e.Setenv(name, strings.TrimSpace(string(value)))
			}
			e.Setenv("GOFLAGS", "-trimpath")
			e.Setenv("CGO_ENABLED", "0")
			e.Setenv("PATH", tools+string(os.PathListSeparator)+e.Getenv("PATH"))
			e.Setenv("SEASONS", filepath.Join(repository, "internal/year/testdata"))
			application := filepath.Join(e.WorkDir, "app")
			if err := os.Mkdir(application, 0o777); err != nil {
				return err
			}
			p := &production{dir: e.WorkDir}
			e.Values["production"] = p
			e.Defer(p.kill)
			return year.Copy(repository, application)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"deploy": command(1, (*production).deploy), "shutdown": command(0, (*production).shutdown), "fill": command(0, (*production).fill),
			"lists": command(1, (*production).lists), "tell": command(2, (*production).tell), "shows": command(2, (*production).shows),
			"stored": command(1, (*production).stored), "kinds": command(1, (*production).kinds), "edit": command(3, (*production).edit),
			"log": command(1, (*production).log), "refused": command(2, (*production).refused), "like": command(2, like),
		},
	})
}

// production is the running application: one process and one database file.
type production struct {
	dir     string
	client  *year.Client
	process *exec.Cmd
	output  strings.Builder
}

func command(args int, run func(*production, *testscript.TestScript, ...string) error) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, given []string) {
		if len(given) != args || neg {
			ts.Fatalf("%d arguments, want %d", len(given), args)
		}
		ts.Check(run(ts.Value("production").(*production), ts, given...))
	}
}

// deploy BINARY stops the running build and starts another one on the same
// file.
func (p *production) deploy(ts *testscript.TestScript, args ...string) error {
	if p.process != nil {
		if err := p.shutdown(ts); err != nil {
			return err
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	addr := l.Addr().String()
	l.Close()
	p.output.Reset()
	p.process = exec.Command(ts.MkAbs(args[0]), "-addr", addr, "-db", filepath.Join(p.dir, "app.db"))
	p.process.Stderr = &p.output
	if err := p.process.Start(); err != nil {
		return err
	}
	p.client = year.NewClient("http://" + addr)
	for range 400 {
		if resp, err := http.Get(p.client.URL + "/todo/board/welcome"); err == nil {
			return resp.Body.Close()
		}
		if err := p.process.Process.Signal(syscall.Signal(0)); err != nil {
			break
		}
		time.Sleep(25 * time.Millisecond)
	}
	p.kill()
	return fmt.Errorf("%s does not answer: %s", args[0], p.output.String())
}

// shutdown stops the application as a deploy does.
func (p *production) shutdown(*testscript.TestScript, ...string) error {
	if err := p.process.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	err := p.process.Wait()
	p.process = nil
	if err != nil {
		err = fmt.Errorf("%w: %s", err, p.output.String())
	}
	return err
}

func (p *production) kill() {
	if p.process != nil {
		p.process.Process.Kill()
		p.process.Wait()
		p.process = nil
	}
}

// fill does everything of day one.
func (p *production) fill(*testscript.TestScript, ...string) error { return p.client.Fill() }

// lists FILE writes what all pages show.
func (p *production) lists(ts *testscript.TestScript, args ...string) error {
	all, err := p.client.All()
	if err != nil {
		return err
	}
	return os.WriteFile(ts.MkAbs(args[0]), []byte(all), 0o666)
}

// tell LIST TEXT adds a line, LIST n=TEXT changes the nth.
func (p *production) tell(_ *testscript.TestScript, args ...string) error {
	var n int
	list, text := args[0], args[1]
	if count, _ := fmt.Sscanf(text, "%d=", &n); count == 0 {
		return p.client.Do(list, "add", map[string]string{"text": text})
	}
	all, err := p.client.Await(list, func(all []year.Line) bool { return len(all) >= n })
	if err != nil {
		return err
	}
	_, text, _ = strings.Cut(text, "=")
	return p.client.Do(list, "rename", map[string]string{"id": all[n-1].ID, "text": text})
}

// shows LIST FILE waits until the page of a list shows these texts.
func (p *production) shows(ts *testscript.TestScript, args ...string) error {
	_, err := p.client.Await(args[0], func(all []year.Line) bool {
		var got strings.Builder
		for _, l := range all {
			got.WriteString(l.Text + "\n")
		}
		return got.String() == ts.ReadFile(args[1])
	})
	return err
}

// refused LIST FILE sends a command that must be refused.
func (p *production) refused(ts *testscript.TestScript, args ...string) error {
	err := p.client.Do(args[0], "add", map[string]string{"text": "x"})
	if err == nil {
		return errors.New("it was taken")
	}
	return same(err.Error()+"\n", ts.ReadFile(args[1]))
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
	err := p.query(fmt.Sprintf("SELECT * FROM events WHERE position <= %d ORDER BY position", year.Events), func(row []any) {
		fmt.Fprintf(hash, "%q\n", row)
		if rows++; rows%100 == 0 {
			fmt.Fprintf(&b, "%d %x\n", rows, hash.Sum(nil))
		}
	})
	if err == nil && rows != year.Events {
		err = fmt.Errorf("%d events are stored, want %d", rows, year.Events)
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
