package ops

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"ironstar.dev/engine"
	"ironstar.dev/live"
	"ironstar.dev/query"
	"ironstar.dev/sqlite"
)

// App is a whole application. [Main] runs its command line. What was forgotten
// is an error at the start that names it.
type App struct {
	Name  string // of the binary
	About string // one sentence, for --help

	// Domains are the generated packages that the application is made of, such
	// as shophttp.Domain{…}. A new project has none.
	Domains []Domain

	// Home returns the address to which a request for "/" is redirected. The
	// session is that of the browser; Session.Address makes addresses that
	// nobody can guess. Without Home and Routes, the answer is a page that says
	// what the application lacks, as the server does at its start.
	Home func(live.Session) string

	Welcome string // path of the address that is printed at the start; "/"

	// Document puts a page into a whole document, and ErrorPage shows a problem
	// to a browser. nil means those of package live.
	Document  func(live.Document) templ.Component
	ErrorPage func(*live.Problem) templ.Component

	Assets *live.BuiltAssets // what browsers load; nil is nothing

	// QueryEngines are engines for queries, in addition to SQLite, which is always
	// there: duckdb.New from the module ironstar.dev/duckdb.
	QueryEngines []query.Engine

	// What follows is for applications that need more. Each may be nil.

	// Commands are commands of the application's own, beside serve and the others.
	Commands []Command

	// EngineOptions and LiveOptions change the options with which the engine
	// and the server are made. They get those that would be used otherwise.
	EngineOptions func(*engine.Options)
	LiveOptions   func(*live.Options)

	// Routes adds addresses of the application's own to r.Server, before the
	// first request. The engine has not started then; handlers may use it.
	Routes func(r Running) error

	// Middleware returns a handler around all others. It gets every request
	// first, also one that is refused later. A writer that it puts around the
	// http.ResponseWriter must have a method Unwrap, see
	// http.ResponseController.
	Middleware func(http.Handler) http.Handler

	// Background functions run while the server does, each in a goroutine of
	// its own: from when this process owns the database, has folded all its
	// events and listens, until ctx ends, which is when the server stops. Then
	// they have ten seconds to return. Returning nil earlier is fine; an error
	// stops the server, which ends with exit code 1.
	Background []func(ctx context.Context, r Running) error
}

// Domain is what an application does. Each generated package that ends in http
// has one; [DomainFunc] makes one by hand.
type Domain interface {
	// Register adds aggregates and views to an engine, which may never start.
	// The function that it returns adds their addresses to a server; it may be
	// nil. An error names what is missing. It is called once for each engine.
	Register(*engine.Engine) (routes func(*live.Server), err error)
}

// DomainFunc is a domain that is not generated: its Register method calls the
// function.
type DomainFunc func(*engine.Engine) (routes func(*live.Server), err error)

// Register calls the function.
func (f DomainFunc) Register(e *engine.Engine) (func(*live.Server), error) { return f(e) }

// Running is what an application consists of while it serves. The functions of
// [App] that get it may use it until the server ends, and close nothing.
type Running struct {
	Flags  Flags         // of the command line
	Store  *sqlite.Store // of the engine
	Engine *engine.Engine
	Server *live.Server
}

// check returns everything that every command needs and that is missing.
func (app App) check() error {
	var missing []error
	if app.Name == "" {
		missing = append(missing, errors.New("ops.App has no Name: set it to the name of the binary"))
	}
	seen := map[string]bool{}
	for i, d := range app.Domains {
		name := fmt.Sprintf("%T", d)
		_, byHand := d.(DomainFunc)
		switch {
		case d == nil:
			missing = append(missing, fmt.Errorf("ops.App.Domains[%d] is nil: set it to the Domain of a generated package", i))
		case seen[name] && !byHand:
			missing = append(missing, fmt.Errorf("ops.App.Domains has %s twice: remove one of them", name))
		}
		seen[name] = true
	}
	return errors.Join(missing...)
}

// checkServing returns everything that a server needs in addition, and that is
// missing.
func (app App) checkServing() error {
	var missing []error
	if app.Welcome != "" && !strings.HasPrefix(app.Welcome, "/") {
		missing = append(missing, fmt.Errorf("ops.App.Welcome is %q: it is a path and begins with /", app.Welcome))
	}
	for i, f := range app.Background {
		if f == nil {
			missing = append(missing, fmt.Errorf("ops.App.Background[%d] is nil: remove it", i))
		}
	}
	if app.Assets != nil {
		missing = append(missing, app.Assets.Check())
	}
	return errors.Join(missing...)
}
