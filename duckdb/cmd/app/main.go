// Command app is the reference application of Ironstar, with DuckDB for its queries.
package main

import (
	"log"

	"ironstar.dev/cmd/app/application"
	"ironstar.dev/duckdb"
	"ironstar.dev/ops"
	"ironstar.dev/query"
)

func main() {
	duck, err := duckdb.New(duckdb.Options{})
	if err != nil {
		log.Fatal(err)
	}
	app := application.App()
	app.QueryEngines = []query.Engine{duck}
	ops.Main(app)
}
