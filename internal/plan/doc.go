// Package plan brings a set of generated files to disk, or says how the disk
// differs from it.
//
// There are two owners and no third. Generated files (their names end in
// _gen.go or _gen_test.go, or they lie in gen/ts or a testdata folder; Go and
// TypeScript carry a header) are the generator's: overwritten and deleted. Files
// written once belong to people from then on: when there is anything at all
// under that name, it is not touched.
//
// A manifest, ironstar.gen.json in the schema's folder, remembers path and
// SHA-256 of every generated file. It lies beside the schema, not beside go.mod,
// so that two schemas in one module never delete each other's files. It is the
// proof that a file is ours; without proof nothing is overwritten or deleted.
//
// What it promises (G19): everything is compared in memory before anything is
// written, and an error writes nothing. New bytes go to temporary files beside
// their targets first, so a full disk or a folder that cannot be written is
// found before the first target changes; then they are renamed. Equal bytes are
// left alone, so that a build does not start over. Before the first change the
// manifest is written with both the old and the new sums: after a crash at any
// point the next run still knows every file as ours and finishes the work.
// Nothing outside the root is read or written, whatever symbolic links say.
//
// It does not merge, and it does not sync to the platters: what a power cut
// takes can be generated again. An empty file at a generated path is taken for
// such a loss. Line ends do not count, so that a checkout with CRLF is no edit.
package plan
