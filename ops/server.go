package ops

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"ironstar.dev/engine"
	"ironstar.dev/live"
)

// serveUntil serves the application until ctx ends, and then lets requests in
// progress finish. Everything that can be wrong in the application's code is
// found before the database is opened.
func (app App) serveUntil(ctx context.Context, f Flags, out io.Writer) (err error) {
	if err := app.checkServing(); err != nil {
		return err
	}
	parts, err := app.parts()
	if err != nil {
		return err
	}
	if app.Home == nil && app.Routes == nil {
		fmt.Fprintln(out, app.lacks())
	}
	if err := app.checkQueries(ctx, parts); err != nil {
		return err
	}
	reached, err := f.addresses()
	if err != nil {
		return err
	}
	store, err := f.open(ctx, parts.Shapes())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()

	options := engine.Options{Progress: Progress(out), VerifySnapshots: f.VerifySnapshots}
	if app.EngineOptions != nil {
		app.EngineOptions(&options)
	}
	eng := engine.New(store, options)
	defer eng.Close()
	r := Running{Flags: f, Store: store, Engine: eng}
	if r.Server, err = app.server(r, reached); err != nil {
		return err
	}
	r.Queries = app.queries(r, out)
	if app.Routes != nil {
		if err := app.Routes(r); err != nil {
			return fmt.Errorf("add addresses: %w", err)
		}
	}
	if f.Dev {
		app.addDev(r, out)
	}
	h, err := app.http(r)
	if err != nil {
		return err
	}
	if err := eng.Start(ctx); err != nil {
		return err
	}
	return app.run(ctx, r, h, out)
}

// server makes the server with the addresses of all domains, which it adds to
// the engine of r.
func (app App) server(r Running, reached addresses) (*live.Server, error) {
	routes, err := app.register(r.Engine)
	if err != nil {
		return nil, err
	}
	build, err := Build()
	if err != nil {
		return nil, err
	}
	options := live.Options{
		Engine: r.Engine, LogID: r.Store.LogID(), Build: build,
		Document: app.Document, ErrorPage: app.ErrorPage, Assets: app.Assets,
		Insecure: !reached.secure, Hosts: reached.hosts, TrustedOrigins: reached.origins, Advice: reached.advice,
		TrustedProxies: r.Flags.TrustedProxy, MaxFeedsPerAddress: r.Flags.PagesPerAddress,
	}
	if app.LiveOptions != nil {
		app.LiveOptions(&options)
	}
	server, err := live.New(options)
	if err != nil {
		return nil, err
	}
	switch {
	case app.Home != nil:
		server.Redirect("/{$}", app.Home)
	case app.Routes == nil:
		server.Handle("GET /{$}", app.nextSteps())
	}
	for _, add := range routes {
		add(server)
	}
	return server, nil
}

// http returns what listens, with the middleware around it.
func (app App) http(r Running) (*http.Server, error) {
	h := r.Server.HTTP(r.Flags.Addr)
	if app.Middleware == nil {
		return h, nil
	}
	if h.Handler = app.Middleware(h.Handler); h.Handler == nil {
		return nil, errors.New("ops.App.Middleware returned nil: return the handler that it was given, or one around it")
	}
	return h, nil
}
