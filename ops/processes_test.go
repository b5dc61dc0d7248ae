package ops_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/live"
	"ironstar.dev/ops"
)

type forbidden struct{}

func (forbidden) Error() string              { return "notes with this text are forbidden" }
func (forbidden) Code() string               { return "Forbidden" }
func (forbidden) AppendJSON(b []byte) []byte { return append(b, `{}`...) }

// parts adds notes, and a process that writes "echo" after "hello", wants to write
// "no" after "stick", which is refused, sets a timer after "later" and one of an hour
// before after "past", tries in vain to call somebody after "call", and panics after "break". If unique is not "", it is the declaration of the rule that two notes do not end with the same text.
func (e echo) parts(eng *engine.Engine) (func(*live.Server), error) {
	var rules []ironstar.Unique[written]
	if e.unique != "" {
		rules = []ironstar.Unique[written]{{Rule: "Text", Declaration: e.unique, Claim: func(w written) (string, bool) { return strings.TrimPrefix(w.Text, "free"), true }}}
	}
	engine.Run(eng, ironstar.Aggregate[notes, string, written]{
		Kind: noteKind, Unique: rules, Fingerprint: "fp-note", Shapes: noteShapes,
		Codec: ironstar.Codec[written]{Encode: encodeNote, Decode: decodeNote},
		Decider: ironstar.Decider[notes, string, written]{
			Initial: func() notes { return 0 },
			Decide: func(_ notes, text string, _ ironstar.States) ([]written, error) {
				if text == "no" {
					return nil, forbidden{}
				}
				return []written{{Text: text}}, nil
			},
			Evolve: func(n notes, _ written) notes { return n + 1 },
		},
	})
	p := ironstar.Process[notes]{
		React: func(_ string, n notes, r *ironstar.Record) (notes, []ironstar.Action, error) {
			events, err := decodeNote(r)
			if err != nil {
				return n, nil, err
			}
			var all []ironstar.Action
			switch events[0].Text {
			case "hello":
				all = append(all, ironstar.Action{Name: "echo", To: r.Stream})
			case "stick":
				all = append(all, ironstar.Action{Name: "no", To: r.Stream})
			case "call":
				all = append(all, ironstar.Action{Do: ironstar.Perform, Name: "Call"})
			case "hang":
				all = append(all, ironstar.Action{Do: ironstar.Perform, Name: "Hang"})
			case "break":
				panic("never heard of this")
			case "past":
				all = append(all, ironstar.Action{Do: ironstar.Set, Name: "Past", At: r.RecordedAt.Add(-time.Hour)})
			case "later":
				all = append(all, ironstar.Action{Do: ironstar.Set, Name: "Alarm", At: r.RecordedAt.Add(time.Hour)})
			}
			return n + 1, all, nil
		},
		Due: func(string, notes, *ironstar.Timer) ([]ironstar.Action, error) { return nil, nil },
		Refused: func(string, notes, *ironstar.Outgoing, ironstar.Refusal) ([]ironstar.Action, bool, error) {
			return nil, false, nil
		},
		Commands: map[string]func(string, []byte, ironstar.Origin) (any, error){
			noteKind: func(name string, _ []byte, _ ironstar.Origin) (any, error) { return name, nil },
		},
		Effects: map[string]ironstar.Effect{"Hang": {Within: time.Hour, Check: func([]byte) error { return nil },
			Perform: func(context.Context, ironstar.Try, []byte) (ironstar.Action, error) {
				<-e.hang
				return ironstar.Action{}, nil
			}}, "Call": {Within: time.Hour, Check: func([]byte) error { return nil },
			Perform: func(context.Context, ironstar.Try, []byte) (ironstar.Action, error) {
				return ironstar.Action{}, errors.New("the line\nis dead")
			}}},
		Timers: map[string]func([]byte) error{"Alarm": func([]byte) error { return nil }},
	}
	p.Name, p.By, p.Kinds, p.Initial = e.name, ironstar.ByStream, []string{noteKind}, func(string) notes { return 0 }
	engine.RunProcess(eng, p)
	return nil, nil
}

// echo is an application with a process, and a file.
type echo struct {
	t    *testing.T
	file string
	name string // of the process

	unique string        // see parts
	flags  []string      // of the server, in addition
	said   *output       // of the server; may be nil
	hang   chan struct{} // an effect after "hang" waits for its end
}

func (e echo) app() ops.App {
	return ops.App{Name: "echo", About: "x", Domains: []ops.Domain{ops.DomainFunc(e.parts)}}
}

// do runs a command of the operator, and expects an exit code and words.
func (e echo) do(code int, want []string, args ...string) string {
	e.t.Helper()
	var out, errs bytes.Buffer
	args = append(args, "--db", e.file)
	got := e.app().Run(e.t.Context(), args, &out, &errs)
	all := out.String() + errs.String()
	if got != code {
		e.t.Errorf("%v ended with %d, want %d: %s", args, got, code, all)
	}
	for _, w := range want {
		if !strings.Contains(all, w) {
			e.t.Errorf("%v does not say %q: %s", args, w, all)
		}
	}
	return all
}

// serving calls use while the application serves the file.
func (e echo) serving(use func(note func(id, text string), events func(id string) string)) {
	e.t.Helper()
	app := e.app()
	ctx, stop := context.WithCancel(e.t.Context())
	defer stop()
	app.Background = append(app.Background, func(ctx context.Context, r ops.Running) error {
		defer stop()
		var h engine.Handler[string]
		if err := engine.FindHandler(r.Engine, noteKind, &h); err != nil {
			return err
		}
		note := func(id, text string) {
			e.t.Helper()
			if _, err := h.Do(ctx, id, text); err != nil {
				e.t.Error(err)
			}
			if err := r.Engine.SettleProcesses(ctx); err != nil {
				e.t.Error(err)
			}
		}
		use(note, func(id string) (all string) {
			if err := r.Engine.SettleProcesses(ctx); err != nil {
				e.t.Error(err)
			}
			for rec, err := range r.Store.Stream(ctx, ironstar.Stream{Kind: noteKind, ID: id}, 0) {
				if err != nil {
					e.t.Error(err)
					break
				}
				events, err := decodeNote(rec)
				if err != nil {
					e.t.Error(err)
					break
				}
				all += events[0].Text + " "
			}
			return all
		})
		return nil
	})
	errs := e.said
	if errs == nil {
		errs = &output{}
	}
	if code := app.Run(ctx, append([]string{"--addr", "127.0.0.1:0", "--db", e.file}, e.flags...), io.Discard, errs); code != 0 {
		e.t.Errorf("the server ended with %d: %s", code, errs)
	}
}

// await waits until a text is as wanted: a process begins again a moment after an order.
func (e echo) await(want string, text func() string) {
	e.t.Helper()
	for end := time.Now().Add(20 * time.Second); text() != want; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			e.t.Fatalf("%q, want %q", text(), want)
		}
	}
}

// TestProcesses gives orders to a process while a server runs, and while none does.
func TestProcesses(t *testing.T) {
	e := echo{t: t, file: filepath.Join(t.TempDir(), "app.db"), name: "test.Echo"}
	e.serving(func(note func(string, string), events func(string) string) {
		note("a", "hello")
		e.await("hello echo ", func() string { return events("a") })
		e.do(0, []string{"test.Echo", "BEHIND", "ok"}, "processes")

		e.do(0, []string{"is paused"}, "processes", "pause", "Echo")
		note("b", "hello")
		e.do(0, []string{"paused"}, "processes", "list")
		e.do(0, []string{"1 commands and effects are outgoing", "echo to test.Note/b"}, "processes", "show", "test.Echo")
		e.do(0, []string{"goes on, with 0 timers and 1 commands"}, "processes", "resume", "Echo")
		e.await("hello echo ", func() string { return events("b") })

		note("c", "stick")
		letters := e.do(0, []string{"1 commands and effects wait for a person", "refused: Forbidden: notes with this text are forbidden"}, "processes", "show", "Echo")
		e.do(0, []string{"waits for a person"}, "processes")
		_, id, _ := strings.Cut(letters, "wait for a person\n  ")
		id, _, _ = strings.Cut(id, " ")
		e.do(0, []string{"1 are sent again"}, "processes", "again", "Echo", id)
		e.do(2, []string{"nothing with id x waits"}, "processes", "again", "Echo", "x")
		e.await("1", func() string {
			events("c")
			return e.do(0, nil, "processes", "show", "Echo")[len("test.Echo has reacted to everything up to 5\n\n"):][:1]
		})
		e.do(2, []string{"--reason"}, "processes", "drop", "Echo", id)
		e.do(0, []string{"1 were dropped: never mind"}, "processes", "drop", "Echo", "--all", "--reason", "never mind")
		e.do(0, []string{"0 commands and effects wait for a person"}, "processes", "show", "Echo")
		note("d", "later")
		e.do(0, []string{"1 timers", "Alarm of d"}, "processes", "show", "Echo")
	})
	e.do(0, []string{"is paused"}, "processes", "pause", "Echo") // without a server
	e.do(0, []string{"paused"}, "processes")
	e.do(0, []string{"goes on; 1 timers and 0 commands and effects were removed"}, "processes", "resume", "--forget", "Echo")
	e.do(0, []string{"0 timers"}, "processes", "show", "Echo")
	e.do(2, []string{"there is no process Ecko; there is test.Echo"}, "processes", "pause", "Ecko")
	e.do(0, []string{"1 hello: echo", "after position 0 lead to 4 actions", "timer Alarm"}[1:], "processes", "dry-run", "Echo", "--from", "0")
	e.do(0, []string{"lead to 0 actions"}, "processes", "dry-run", "Echo")
	e.do(0, []string{"rows of processes"}, "verify")
}

// TestTriesOfAnEffect: while a server runs, show says how often an effect was tried, when it is
// tried again and why it failed. Timers of keys that stand still are said to be so.
func TestTriesOfAnEffect(t *testing.T) {
	e := echo{t: t, file: filepath.Join(t.TempDir(), "app.db"), name: "test.Echo"}
	e.serving(func(note func(string, string), _ func(string) string) {
		note("a", "later")
		note("b", "later")
		note("b", "break")
		note("c", "call")
		tried := regexp.MustCompile(`effect Call  \{\}\n    tried \d+ times, again at \d+-\d+-\d+ \d+:\d+:\d+ \(in \d+s\); the last error: the line.is dead\n`)
		e.await("true", func() string { return fmt.Sprint(tried.MatchString(e.do(0, nil, "processes", "show", "Echo"))) })
		shown := e.do(0, []string{"2 timers\n", "1 of these timers lead to nothing, because their keys stand still\n"}, "processes", "show", "Echo")
		wait, still, _ := strings.Cut(shown, "1 of these timers")
		if !strings.Contains(wait, "Alarm of a") || strings.Contains(wait, "Alarm of b") || !strings.Contains(still, "Alarm of b") {
			t.Errorf("it shows %s", shown)
		}
		e.do(0, []string{"TIMERS  RESTING  OUTGOING  DEAD  PARKED", "       2        1         1     0       1  reads what waits"}, "preflight")
		e.do(0, []string{`"timers":2`, `"resting":1`}, "preflight", "--format", "json")
	})
	e.do(0, []string{"no server that sends them can be asked"}, "processes", "show", "Echo")
}

// TestPauseThatDoesNotEnd: a pause says that something is still under way.
func TestPauseThatDoesNotEnd(t *testing.T) {
	e := echo{t: t, file: filepath.Join(t.TempDir(), "app.db"), name: "test.Echo", hang: make(chan struct{})}
	e.do(2, []string{"--wait -1s: 0 or more"}, "processes", "pause", "Echo", "--wait=-1s")
	e.serving(func(note func(string, string), _ func(string) string) {
		note("z", "hello")
		var noted sync.WaitGroup
		noted.Go(func() { note("a", "hang") }) // its process does not settle before hang is closed
		e.await("true", func() string {
			return fmt.Sprint(strings.Contains(e.do(0, nil, "processes", "show", "Echo"), "try 1 is under way"))
		})
		e.do(1, []string{"test.Echo is paused", "1 send of it did not end"}, "processes", "pause", "Echo", "--wait", "1ms")
		close(e.hang)
		e.do(0, []string{"test.Echo is paused"}, "processes", "pause", "Echo")
		noted.Wait()
	})
}

// TestPreflightOfProcesses: a build that does not have a process, or cannot read what
// waits, is found out before it starts.
func TestPreflightOfProcesses(t *testing.T) {
	e := echo{t: t, file: filepath.Join(t.TempDir(), "app.db"), name: "test.Echo"}
	e.serving(func(note func(string, string), _ func(string) string) { note("a", "later") })
	e.do(0, []string{"test.Echo", "reads what waits"}, "preflight")
	e.do(0, []string{`"processes"`, `"timers":1`, `"ready"`}, "preflight", "--format", "json")
	e.name = "test.Gong"
	e.do(1, []string{"DOES NOT HAVE IT", `write was: ["Echo"]`}, "preflight")
	e.do(0, []string{"not in this build", "has not run yet"}, "processes")
	e.do(1, []string{`"stops"`}, "preflight", "--format", "json")
}

// TestProcessesOfACopy: the list says that a copy is on hold, and what to do.
func TestProcessesOfACopy(t *testing.T) {
	e := echo{t: t, file: filepath.Join(t.TempDir(), "app.db"), name: "test.Echo"}
	e.serving(func(note func(string, string), _ func(string) string) { note("a", "later") })
	copied := echo{t: t, file: filepath.Join(t.TempDir(), "copy.db"), name: "test.Echo"}
	copyFile(t, e.file, copied.file)
	copied.serving(func(note func(string, string), events func(string) string) {
		note("b", "hello")
		if got := events("b"); got != "hello " {
			t.Errorf("the copy has sent something: %s", got)
		}
		copied.do(0, []string{"on hold: the database was copied or restored"}, "processes")
		copied.do(0, []string{"goes on"}, "processes", "resume", "Echo")
		copied.await("hello echo ", func() string { return events("b") })
	})
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
