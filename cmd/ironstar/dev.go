package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"ironstar.dev/internal/assets"
	"ironstar.dev/internal/cueload"
	"ironstar.dev/internal/dev"
)

// devCmd is `ironstar dev`.
type devCmd struct {
	Root    string `help:"The application's folder. By default, the nearest folder with a go.mod, from the working folder upwards." placeholder:"DIR"`
	Addr    string `default:"127.0.0.1:8080" help:"Where browsers reach the application: a loopback address, with its port."`
	DB      string `name:"db" default:"data/app.db" help:"The file of the database, as seen from the application's folder." placeholder:"FILE"`
	Package string `default:"./cmd/app" help:"The application's command, as the go command takes it." placeholder:"PATH"`
}

// Help is shown by ironstar dev --help.
func (devCmd) Help() string {
	return `Runs the application while you write it. Save a file, and open pages show what followed from it:

    schema/*.cue, *.sql  generate, build, new server
    web/*.templ          templ, build, new server
    *.go                 build, new server
    web/*.css            new style sheet, without loading pages again
    web/*.ts             new script; pages are loaded again

A new server takes over from the old one. Pages are loaded again only if something around their live part changed; what
was typed, focus and scroll stay. Errors stand in the terminal and over each page (Escape closes them) until they are
mended, and the last server that worked goes on. http://127.0.0.1:8080/dev lists commands, events, views and pages, and
shows the last events as they come.

If you change an event that is not released (ironstar release), and the database has some of it, the database gets
another name, data/app.db.TIME, and a new one begins. Released events are never lost: dev shows what ironstar check says.

Ctrl-C ends everything. Only this machine can reach the addresses.

Examples:

    ironstar dev
    ironstar dev --addr 127.0.0.1:8081 --db /tmp/try.db`
}

// Run runs the application until Ctrl-C.
func (c *devCmd) Run(ctx context.Context, s *session) error {
	root, err := (&assetsCmd{Root: c.Root}).root(s)
	if err != nil {
		return err
	}
	if real, err := filepath.EvalSymlinks(root); err == nil {
		root = real // the system names watched files so
	}
	if !exists(filepath.Join(root, "go.mod")) {
		return &trouble{code: codeNoModule, message: c.Root + " has no go.mod", hint: "--root names the application's folder"}
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	inside := &session{stdout: io.Discard, stderr: io.Discard, dir: root, format: "text"}
	d := &developer{session: inside, root: root}
	err = dev.Run(ctx, dev.Options{
		Root: root, Addr: c.Addr, DB: absolute(root, c.DB), Package: c.Package, Out: s.stderr,
		Generate: d.generate, Assets: d.assets, Released: d.released, Check: d.check, Missing: d.missing,
	})
	if err != nil {
		return &trouble{code: codeDev, message: err.Error()}
	}
	return nil
}

// developer runs the stages of ironstar dev that this command does itself.
type developer struct {
	*session
	root string
}

// generate is ironstar generate. A project without a schema needs none.
func (d *developer) generate(ctx context.Context) (wrote []string, problems []dev.Problem) {
	p, err := d.open("")
	var t *trouble
	if errors.As(err, &t) && t.code == codeNoSchema {
		return nil, nil
	}
	if err != nil {
		return nil, problemsOf(dev.StageSchema, err, d.session)
	}
	loaded, values, err := d.loadValues(p)
	if isEmpty(err) {
		return nil, nil // a new project without a domain runs too
	}
	if err != nil {
		return nil, problemsOf(dev.StageSchema, err, d.session)
	}
	todo, _, err := d.plan(p, loaded, values)
	if err != nil {
		return nil, problemsOf(dev.StageSchema, err, d.session)
	}
	wrote, err = d.applyPlan(ctx, p, todo)
	return wrote, problemsOf(dev.StageSchema, err, d.session)
}

// isEmpty reports whether an error says only that a schema has no package yet.
func isEmpty(err error) bool {
	var wrong *schemaErrors
	return errors.As(err, &wrong) && len(wrong.errs) == 1 && wrong.errs[0].Code == cueload.CodeEmpty
}

// assets is ironstar assets.
func (d *developer) assets(ctx context.Context) []dev.Problem {
	err := assets.Build(ctx, assets.Options{Root: d.root, Datastar: datastar(os.Getenv("DATASTAR_JS")), Log: io.Discard})
	var sources assets.SourceErrors
	if !errors.As(err, &sources) {
		if err == nil {
			err = d.embedAssets(d.root)
		}
		return problemsOf(dev.StageAssets, err, d.session)
	}
	var all []dev.Problem
	for _, e := range sources {
		all = append(all, dev.Problem{Stage: dev.StageAssets, File: e.File, Line: e.Line, Col: e.Column, Message: e.Message, Source: e.Text})
	}
	return all
}
