// Command app serves the todo list: the reference application of Ironstar, and
// the only place where its parts are wired together.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"ironstar.dev/engine"
	gen "ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
	"ironstar.dev/internal/app/todo"
	"ironstar.dev/live"
	"ironstar.dev/ops"
	"ironstar.dev/sqlite"
	"ironstar.dev/static"
	"ironstar.dev/web"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "listen on this `address`")
	db := flag.String("db", "app.db", "keep the events in this `file`; its folder must exist")
	secure := flag.Bool("secure", false, "people come over https, through a proxy: cookies go over nothing else")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "app: %q is not a flag; app -h lists them\n", flag.Arg(0))
		os.Exit(2)
	}
	if err := serve(ops.Signals(), *addr, *db, *secure); err != nil {
		fmt.Fprintln(os.Stderr, "app:", err)
		os.Exit(1)
	}
}

// serve runs until ctx ends, and then lets requests under way finish.
func serve(ctx context.Context, addr, db string, secure bool) (err error) {
	if err := static.Check(); err != nil {
		return err
	}
	store, err := sqlite.Open(ctx, db, sqlite.Options{Shapes: gen.ListShapes})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()

	eng := engine.New(store, engine.Options{Progress: ops.Progress(os.Stderr)})
	defer eng.Close()
	todos := todohttp.Context{
		List:       engine.Run(eng, gen.NewList(todo.List{})),
		Board:      engine.Follow(eng, gen.NewBoard(todo.List{})),
		BoardPage:  web.Board,
		BoardTitle: web.BoardTitle,
		Tally:      engine.Follow(eng, gen.NewTally(todo.Tally{})),
		TallyPage:  web.Tally,
		TallyTitle: web.TallyTitle,
	}
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
	hosts := ops.Hosts(addr)
	if secure {
		hosts = nil // the proxy in front sees to the names
	}
	server, err := live.New(live.Options{
		Engine: eng, LogID: store.LogID(), Build: build,
		Document: web.Document, ErrorPage: web.ErrorPage, Insecure: !secure, Hosts: hosts,
	})
	if err != nil {
		return err
	}
	server.Assets(static.Prefix, assets)
	server.Redirect("/{$}", func(s live.Session) string {
		return todohttp.BoardURL(s.Address("list"), gen.BoardParams{})
	})
	todos.Routes(server)
	welcome := todohttp.BoardURL("welcome", gen.BoardParams{}) // a list that all who open it share
	return ops.Serve(ctx, server.HTTP(addr), welcome, os.Stderr)
}
