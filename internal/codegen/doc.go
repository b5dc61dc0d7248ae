// Package codegen writes a domain as Go and TypeScript. It turns a
// model.Schema into files in memory: it reads and writes nothing, runs nothing,
// and the same schema gives the same bytes on every machine (G18).
//
// Generated Go is small: it declares types and lists what there is to do, in
// the order of the schema; how it is done is in package wire and the root
// package. Each context becomes one pure package, its HTTP half another, and
// its types one TypeScript file.
//
// It does not check the schema: cueload has. What cannot be written in Go all
// the same is an [Error] with a place.
package codegen
