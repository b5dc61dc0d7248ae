package ops_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"ironstar.dev/engine"
	"ironstar.dev/live"
	"ironstar.dev/ops"
)

// notesDomain is a domain as generated ones are: of a type of its own.
type notesDomain struct{ missing string }

func (d notesDomain) Register(e *engine.Engine) (func(*live.Server), error) {
	if d.missing != "" {
		return nil, errors.New("noteshttp.Domain has no " + d.missing)
	}
	return noteParts(e)
}

// TestWhatIsForgottenIsNamed: a start ends with everything that was forgotten,
// and opens no database.
func TestWhatIsForgottenIsNamed(t *testing.T) {
	for _, test := range []struct {
		name, command string
		change        func(*ops.App)
		code          int
		says          []string
	}{
		{"name", "serve", func(a *ops.App) { a.Name = "" }, 1, []string{"ops.App has no Name: set it to"}},
		{"a nil domain", "serve", func(a *ops.App) { a.Domains = append(a.Domains, nil) }, 1, []string{"ops.App.Domains[1] is nil"}},
		{"a domain twice", "serve", func(a *ops.App) { a.Domains = []ops.Domain{notesDomain{}, notesDomain{}} }, 1,
			[]string{"ops.App.Domains has ops_test.notesDomain twice: remove one"}},
		{"parts of two domains", "serve", func(a *ops.App) {
			a.Domains = []ops.Domain{notesDomain{"Note"}, ops.DomainFunc(notesDomain{"NotePage"}.Register)}
		}, 1, []string{"noteshttp.Domain has no Note\n", "noteshttp.Domain has no NotePage\n"}},
		{"parts of a domain for preflight", "preflight", func(a *ops.App) { a.Domains = []ops.Domain{notesDomain{"Note"}} }, 2,
			[]string{"noteshttp.Domain has no Note"}},
		{"welcome", "serve", func(a *ops.App) { a.Welcome = "notes" }, 1, []string{`ops.App.Welcome is "notes": it is a path`}},
		{"background", "serve", func(a *ops.App) { a.Background = append(a.Background, nil) }, 1, []string{"ops.App.Background[0] is nil"}},
		{"assets that are not built", "serve", func(a *ops.App) {
			a.Assets = live.NewBuiltAssets(fstest.MapFS{}, "app.js")
		}, 1, []string{"run: make assets"}},
		{"two things", "serve", func(a *ops.App) { a.Welcome, a.Assets = "notes", live.NewBuiltAssets(fstest.MapFS{}) }, 1, []string{"ops.App.Welcome", "assets are not built"}},
		{"middleware", "serve", func(a *ops.App) { a.Middleware = func(http.Handler) http.Handler { return nil } }, 1,
			[]string{"ops.App.Middleware returned nil"}},
		{"engine", "serve", func(a *ops.App) { a.LiveOptions = func(o *live.Options) { o.Engine = nil } }, 1, []string{"Options.Engine is missing"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			app := noteApp()
			test.change(&app)
			ctx, stop := context.WithTimeout(t.Context(), 10*time.Second) // it must not serve
			defer stop()
			var stdout, stderr strings.Builder
			code := app.Run(ctx, []string{test.command, "--db", "notes.db"}, &stdout, &stderr)
			if code != test.code {
				t.Errorf("it ended with %d, want %d", code, test.code)
			}
			for _, says := range test.says {
				if !strings.Contains(stderr.String(), says) {
					t.Errorf("it says %q, want %q", &stderr, says)
				}
			}
		})
	}
}

// TestHomeMayBeARoute: an application may answer requests for "/" by itself, and
// serve assets.
func TestHomeMayBeARoute(t *testing.T) {
	app := noteApp()
	app.Home = nil
	app.Assets = live.NewBuiltAssets(fstest.MapFS{"dist/manifest.json": {Data: []byte(`{"x.txt":"x-1.txt"}`)}, "dist/x-1.txt": {Data: []byte("an asset")}}, "x.txt")
	app.Routes = func(r ops.Running) error {
		r.Server.Handle("GET /{$}", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("the first page")) }))
		return nil
	}
	whileServing(app, func(url string) {
		if got := get(url + "/"); got != "200 the first page" {
			t.Errorf("/ answers %s", got)
		}
		if got := get(url + app.Assets.URL("x.txt")); got != "200 an asset" {
			t.Errorf("the asset is %s", got)
		}
	})
}

// TestWelcomeAndHome: the address of the welcome page is printed; "/" leads to
// what Home returns.
func TestWelcomeAndHome(t *testing.T) {
	app := noteApp()
	app.Welcome = "/notes/welcome"
	code, said := whileServing(app, func(url string) {
		client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		resp, err := client.Get(url + "/")
		if err != nil {
			t.Error(err)
			return
		}
		resp.Body.Close()
		if to := resp.Header.Get("Location"); resp.StatusCode != http.StatusFound || to != "/notes" {
			t.Errorf("/ answers %s and leads to %q", resp.Status, to)
		}
	})
	if code != 0 || !strings.Contains(said, "/notes/welcome\n") {
		t.Errorf("it ended with %d and said %q", code, said)
	}
}

// TestBackground: an error of a background function stops the server. Its context
// ends with the server. What ends because of that, or returns nil, stops nothing.
func TestBackground(t *testing.T) {
	ended := make(chan string, 3)
	app := noteApp()
	fail := make(chan struct{})
	app.Background = []func(context.Context, ops.Running) error{
		func(context.Context, ops.Running) error { ended <- "at once"; return nil },
		func(ctx context.Context, _ ops.Running) error {
			<-ctx.Done()
			ended <- "with the server"
			return ctx.Err()
		},
		func(ctx context.Context, r ops.Running) error {
			if _, err := r.Store.Head(ctx); err != nil {
				return err
			}
			<-fail
			return errors.New("the mail server is gone")
		},
	}
	code, said := whileServing(app, func(url string) {
		if got := <-ended; got != "at once" {
			t.Errorf("%s ended first", got)
		}
		if got := get(url + "/nothing"); !strings.HasPrefix(got, "404") {
			t.Errorf("the server answers %s", got)
		}
		close(fail)
		if got := <-ended; got != "with the server" {
			t.Errorf("%s ended", got)
		}
	})
	if code != 1 || !strings.Contains(said, "notes: ops.App.Background[2]: the mail server is gone\n") || strings.Contains(said, "canceled") {
		t.Errorf("it ended with %d and said %q", code, said)
	}
}

// TestBackgroundDoesNotBeginWithoutAnAddress: a server that cannot listen runs no
// function that could act on the world.
func TestBackgroundDoesNotBeginWithoutAnAddress(t *testing.T) {
	app := noteApp()
	app.Background = append(app.Background, func(context.Context, ops.Running) error {
		t.Error("it runs")
		return nil
	})
	code, said := whileServing(app, func(url string) { t.Error("it serves") }, "--addr", "256.0.0.1:1")
	if code != 1 || !strings.Contains(said, "choose another address with -addr") {
		t.Errorf("it ended with %d and said %q", code, said)
	}
	time.Sleep(time.Millisecond)
}
