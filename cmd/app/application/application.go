// Package application is the todo list, the reference application of Ironstar, as one value.
// Its servers are cmd/app, and one with DuckDB in duckdb/cmd/app.
package application

import (
	"ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
	code "ironstar.dev/internal/app/todo"
	"ironstar.dev/internal/auctiondemo"
	"ironstar.dev/live"
	"ironstar.dev/ops"
	"ironstar.dev/static"
	"ironstar.dev/web"
)

// App returns what the server is made of.
func App() ops.App {
	return ops.App{
		Name: "app", About: "A todo list that all who look at it share.",
		Domains: []ops.Domain{
			todohttp.Domain{
				List:      code.List{},
				BoardPage: web.Board, BoardTitle: web.BoardTitle, BoardDocument: web.BoardDocument,
				Tally:     code.Tally{},
				TallyPage: web.Tally, TallyTitle: web.TallyTitle,
			},
			auctionHouse(), // auction.go
		},
		Home: func(s live.Session) string { // a list of their own
			return todohttp.BoardURL(s.Address("list"), todo.BoardParams{})
		},
		Welcome:  todohttp.BoardURL("welcome", todo.BoardParams{}), // a list that all visitors share
		Document: web.Document, ErrorPage: web.ErrorPage,
		Assets:   static.Assets,
		Commands: auctiondemo.Commands(),
	}
}
