// Package codegen writes a domain as Go and TypeScript. It turns a model.Schema
// into files in memory. It does no I/O, and the same schema gives the same
// bytes on every machine (G18).
//
// Generated Go is small: it declares types, and lists fields and calls in the order
// of the schema. Package wire and the root package do the work. Each package of
// the schema becomes one pure package, another package for HTTP, and one
// TypeScript file.
//
// It does not check the schema, because cueload has done so. If Go cannot express
// a part of the schema, it returns an [Error] with a position.
package codegen
