// Package plan writes a set of generated files to disk, or reports how the disk
// differs from it.
//
// Each file has one of two owners. Generated files belong to the generator,
// which overwrites and deletes them: their names end in _gen.go or
// _gen_test.go, or they are in gen/ts or a testdata folder, and Go and
// TypeScript files have a header. Files that are written once belong to people
// afterwards: if anything with that name exists, it is not changed. Only
// [Plan.Edit], which ironstar add uses, changes a file that people have written.
//
// A manifest, ironstar.gen.json in the schema's folder, holds the path and
// SHA-256 of every generated file. It is next to the schema, not next to
// go.mod, so that two schemas in one module never delete each other's files. It
// proves that the generator wrote a file. Without that proof no file is
// overwritten or deleted.
//
// Package plan promises (G19): everything is compared in memory before anything
// is written, and an error writes nothing. New content first goes to temporary
// files next to their targets, so a full disk or a read-only folder is found
// before the first target changes. Then the files are renamed. Unchanged files
// are not written, so that builds stay cached. Before the first change the
// manifest is written with both the old and the new sums: after a crash the
// next run still recognizes every generated file and finishes the work. Nothing
// outside the root is read or written, also through symbolic links.
//
// It does not merge, and it does not sync to disk: files that a power cut
// destroys can be generated again. An empty file at a generated path is taken
// for such a loss. Line ends are not compared, so a checkout with CRLF is not
// an edit.
package plan
