// Package cueload reads a domain written in CUE into internal/model. With
// cmd/ironstar it is the only place that knows CUE.
//
// It promises:
//
//   - The result depends neither on the path of the directory nor on the working
//     directory.
//   - It uses no network and no registry. It resolves imports from the directory
//     itself, from CUE's builtin packages, and from the embedded meta-schema, never
//     from a copy of that on disk.
//   - It returns all errors of a round at once. Each error has a stable code, a
//     place that is never inside the meta-schema and, where possible, a hint.
//   - It never panics, whatever the files contain.
//
// It writes nothing. It knows Go and TypeScript only by the names that things get
// there. It keeps no state between calls: every Load has its own CUE context,
// which is dropped at its end, or with the Values of LoadValues.
//
// Words of this package:
//
//   - meta-schema: schema.cue, the language that domains are written in.
//   - definition: a #Name at the top of a package. Its role is the structure of the
//     meta-schema that it uses, such as #Aggregate; without one it is a type.
//   - slot: the meaning of a label in a schema (a section, a command, a field).
//   - leaf: one conjunct of a value, split as far as possible.
//   - site: where a type is written: its package, its Go name, its name in messages,
//     and the types around it.
//   - union, case, tag: a choice between structs, one of the structs, and the
//     constant field that distinguishes them.
//   - step: converts one version of an event to the next (toV2), or a retired event
//     to others (becomes).
//   - problem: one error, before it is returned.
package cueload
