// Package duckdb answers queries with DuckDB, which is made for questions over all
// events: it reads columns, and uses several processors.
//
// It is a module of its own, because DuckDB needs cgo and adds about 70 MB to a
// binary. An application that does not import it stays static and small.
//
// # Promises
//
// Each context with such queries has a file <database>.queries/<context>.duckdb with a table
// for each event. The rows and the checkpoint are stored in one transaction. A file
// that is damaged, of another build, of another schema or of another log is made again
// from the log, never believed.
//
// A question reads its declared tables only. DuckDB itself says what it read in the SQL,
// and everything in there that is not known to be harmless is refused: other tables,
// files, settings, functions whose result depends on a clock or on chance. In addition DuckDB
// has lost the right to open other files, to load extensions, and to change its
// settings. This protects an application from its own mistakes. It is no protection
// against strangers: never ask DuckDB SQL that somebody else wrote.
//
// # An application with DuckDB
//
// The application is a function of a package, which its server without DuckDB calls too:
//
//	package application
//
//	import "ironstar.dev/ops"
//
//	// App returns what the server is made of.
//	func App() ops.App {
//		return ops.App{Name: "shop", About: "A shop."}
//	}
//
// The server with DuckDB is in a nested module, in a folder duckdb. Its go.mod:
//
//	module example.com/shop/duckdb
//
//	go 1.26.0
//
//	require (
//		example.com/shop v0.0.0
//		ironstar.dev v1.0.0
//		ironstar.dev/duckdb v1.0.0
//	)
//
//	replace example.com/shop => ../
//
// Its main.go:
//
//	package main
//
//	import (
//		"log"
//
//		"example.com/shop/application"
//		"ironstar.dev/duckdb"
//		"ironstar.dev/ops"
//		"ironstar.dev/query"
//	)
//
//	func main() {
//		duck, err := duckdb.New(duckdb.Options{Memory: 1 << 30})
//		if err != nil {
//			log.Fatal(err)
//		}
//		app := application.App()
//		app.QueryEngines = []query.Engine{duck}
//		ops.Main(app)
//	}
//
// go mod tidy adds the rest, and CGO_ENABLED=1 go build needs a C compiler, which links the
// library of DuckDB that comes with the module (Linux, macOS, Windows). An
// application that always has DuckDB needs no nested module: it sets QueryEngines in its
// own main.go.
package duckdb
