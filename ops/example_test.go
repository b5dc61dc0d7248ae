package ops_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/a-h/templ"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/live"
	"ironstar.dev/ops"
)

// Addresses of one's own: a handler that sends a command, and reads a view. With
// generated code, shophttp.PartsOf(r.Engine) finds both, with their types.
func ExampleApp_routes() {
	app := noteApp()
	app.Routes = func(r ops.Running) error {
		var note engine.Handler[string]
		var page *engine.Reader[notes]
		if err := errors.Join(engine.FindHandler(r.Engine, noteKind, &note), engine.FindReader(r.Engine, "test.Page", &page)); err != nil {
			return err
		}
		r.Server.Handle("GET /count/{id}", http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			receipt, err := note.Do(req.Context(), req.PathValue("id"), "hello")
			if err == nil {
				err = r.Engine.Wait(req.Context(), receipt.Last)
			}
			if err == nil {
				err = page.Read(req.PathValue("id"), func(n notes, _, _ ironstar.Position) error {
					_, err := fmt.Fprintf(w, "%d notes", n)
					return err
				})
			}
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
			}
		}))
		return nil
	}
	whileServing(app, func(url string) {
		fmt.Println(get(url + "/count/one"))
		fmt.Println(get(url + "/count/one"))
	})
	// Output:
	// 200 1 notes
	// 200 2 notes
}

// A handler around all others. It may answer requests by itself.
func ExampleApp_middleware() {
	app := noteApp()
	app.Middleware = func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/healthz" {
				fmt.Fprint(w, "alive")
				return
			}
			next.ServeHTTP(w, r)
		})
	}
	whileServing(app, func(url string) { fmt.Println(get(url + "/healthz")) })
	// Output:
	// 200 alive
}

// Functions that run while the server does, such as one that sends mail. They
// begin when this process owns the database, and end with the server.
func ExampleApp_background() {
	app := noteApp()
	app.Background = append(app.Background, func(ctx context.Context, r ops.Running) error {
		fmt.Println("begins at", r.Engine.Applied())
		<-ctx.Done()
		fmt.Println("ends")
		return nil
	})
	code, _ := whileServing(app, func(string) { time.Sleep(10 * time.Millisecond) })
	fmt.Println("exit code", code)
	// Output:
	// begins at 0
	// ends
	// exit code 0
}

// A command of one's own. This one adds a note to an empty database.
func ExampleApp_commands() {
	app := noteApp()
	app.Commands = []ops.Command{{Name: "fill", Help: "Add some notes to an empty database.", Do: &fillCommand{}}}
	dir, err := os.MkdirTemp("", "notes")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	app.Run(context.Background(), []string{"fill", "--notes", "3", "--db", filepath.Join(dir, "notes.db")}, os.Stdout, os.Stderr)
	// Output:
	// filled by notes
}

// Options of the engine that have no flag.
func ExampleApp_engineOptions() {
	app := noteApp()
	app.EngineOptions = func(o *engine.Options) {
		o.SnapshotStream = 1000 // snapshots of streams with more events only
		fmt.Println("verify snapshots:", o.VerifySnapshots)
	}
	whileServing(app, func(string) {}, "--verify-snapshots")
	// Output:
	// verify snapshots: true
}

// Options of the server that have no flag: who sends a request is in the metadata
// of its events.
func ExampleApp_liveOptions() {
	app := noteApp()
	app.LiveOptions = func(o *live.Options) {
		o.Actor = func(r *http.Request) string { return r.Header.Get("X-Forwarded-User") }
		o.MaxBody = 1 << 20
		fmt.Println("cookies by https only:", !o.Insecure)
	}
	whileServing(app, func(string) {}, "--origin", "https://notes.example")
	// Output:
	// cookies by https only: true
}

// A domain that is not generated: a view of events that are there already, and
// its page.
func ExampleDomainFunc() {
	app := noteApp()
	app.Domains = append(app.Domains, ops.DomainFunc(func(e *engine.Engine) (func(*live.Server), error) {
		reader := engine.Follow(e, ironstar.View[notes]{
			Name: "own.Records", By: ironstar.Global, Kinds: []string{noteKind},
			Initial: func(string) notes { return 0 },
			Evolve:  func(_ string, n notes, _ *ironstar.Record) (notes, bool, error) { return n + 1, true, nil },
		})
		return func(s *live.Server) {
			live.Pages(s, live.Feed[notes, live.None]{
				Path: "/records", Name: "own.Records", By: ironstar.Global, Reader: reader,
				Page:     func(n notes, _ live.At[live.None]) templ.Component { return templ.Raw(fmt.Sprint(n, " records")) },
				Document: func(d live.Document, _ live.At[live.None]) templ.Component { return d.Content },
			})
		}, nil
	}))
	whileServing(app, func(url string) { fmt.Println(get(url + "/records")) })
	// Output:
	// 200 <div id="live" data-live-title="own.Records">0 records</div>
}
