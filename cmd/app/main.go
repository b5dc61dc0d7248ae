// Command app serves the todo list: the reference application of Ironstar, and
// the only place where its parts are wired together.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"ironstar.dev/engine"
	gen "ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
	"ironstar.dev/internal/app/todo"
	"ironstar.dev/live"
	"ironstar.dev/sqlite"
	"ironstar.dev/static"
	"ironstar.dev/web"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "listen on this `address`")
	db := flag.String("db", "app.db", "keep the events in this `file`")
	secure := flag.Bool("secure", false, "pages are reached over https, through a proxy: cookies are sent over nothing else")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, *addr, *db, *secure); err != nil {
		fmt.Fprintln(os.Stderr, "app:", err)
		os.Exit(1)
	}
}

// serve runs until ctx ends, and then lets open requests finish.
func serve(ctx context.Context, addr, db string, secure bool) (err error) {
	if err := static.Check(); err != nil {
		return err
	}
	store, err := sqlite.Open(ctx, db, sqlite.Options{Shapes: gen.ListShapes})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()

	eng := engine.New(store, engine.Options{})
	defer eng.Close()
	todos := todohttp.Context{
		List:      engine.Run(eng, gen.NewList(todo.List{})),
		Board:     engine.Follow(eng, gen.NewBoard(todo.List{})),
		BoardPage: web.Board,
		Tally:     engine.Follow(eng, gen.NewTally(todo.Tally{})),
		TallyPage: web.Tally,
	}
	if err := eng.Start(ctx); err != nil {
		return err
	}
	server, err := live.New(live.Options{
		Engine: eng, LogID: store.LogID(), Build: build(), Document: web.Document, ErrorPage: web.ErrorPage, Insecure: !secure,
	})
	if err != nil {
		return err
	}
	assets, err := live.NewAssets(static.Files())
	if err != nil {
		return err
	}
	todos.Routes(server)
	server.Assets(static.Prefix, assets)
	server.Redirect("/{$}", func(s live.Session) string {
		return todohttp.BoardURL(s.Address("list"), gen.BoardParams{})
	})
	return listen(ctx, server.HTTP(addr), addr)
}

func listen(ctx context.Context, server *http.Server, addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "serving on http://%s\n", l.Addr())
	stopped := make(chan error, 1) // the one result of Shutdown
	context.AfterFunc(ctx, func() {
		slog.Info("stopping")
		patience, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		stopped <- server.Shutdown(patience)
	})
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// build names this binary: a page that another one rendered is sent anew.
func build() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	return fmt.Sprint(info.Size(), info.ModTime().UnixNano())
}
