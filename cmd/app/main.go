// Command app serves the todo list: the reference application of Ironstar, and
// the only place where its parts are wired together.
package main

import (
	"context"
	"errors"
	"os"

	"ironstar.dev/engine"
	gen "ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
	"ironstar.dev/internal/app/todo"
	"ironstar.dev/live"
	"ironstar.dev/ops"
	"ironstar.dev/static"
	"ironstar.dev/web"
)

func main() {
	ops.Main(ops.App{
		Name: "app", About: "A todo list that all who look at it share.",
		Parts: func(eng *engine.Engine) { todos(eng) },
		Serve: serve,
	})
}

// todos adds the domain to an engine. What the command line has to know of it,
// it learns from there.
func todos(eng *engine.Engine) todohttp.Context {
	return todohttp.Context{
		List:       engine.Run(eng, gen.NewList(todo.List{})),
		Board:      engine.Follow(eng, gen.NewBoard(todo.List{})),
		BoardPage:  web.Board,
		BoardTitle: web.BoardTitle,
		Tally:      engine.Follow(eng, gen.NewTally(todo.Tally{})),
		TallyPage:  web.Tally,
		TallyTitle: web.TallyTitle,
	}
}

// serve runs until ctx ends, and then lets requests under way finish.
func serve(ctx context.Context, o ops.Serving) (err error) {
	if err := static.Check(); err != nil {
		return err
	}
	store, err := o.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()

	eng := engine.New(store, engine.Options{Progress: ops.Progress(os.Stderr), VerifySnapshots: o.VerifySnapshots})
	defer eng.Close()
	routes := todos(eng)
	if err := eng.Start(ctx); err != nil {
		return err
	}

	build, err := ops.Build()
	if err != nil {
		return err
	}
	assets, err := live.NewAssets(static.Files())
	if err != nil {
		return err
	}
	hosts := ops.Hosts(o.Addr)
	if o.Secure {
		hosts = nil // the proxy in front sees to the names
	}
	server, err := live.New(live.Options{
		Engine: eng, LogID: store.LogID(), Build: build,
		Document: web.Document, ErrorPage: web.ErrorPage, Insecure: !o.Secure, Hosts: hosts,
	})
	if err != nil {
		return err
	}
	server.Assets(static.Prefix, assets)
	server.Redirect("/{$}", func(s live.Session) string {
		return todohttp.BoardURL(s.Address("list"), gen.BoardParams{})
	})
	routes.Routes(server)
	welcome := todohttp.BoardURL("welcome", gen.BoardParams{}) // a list that all who open it share
	return o.Serve(ctx, store, eng, server.HTTP(o.Addr), welcome, os.Stderr)
}
