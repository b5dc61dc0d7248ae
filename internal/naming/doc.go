// Package naming is the table of all names that are generated from a schema.
// Code that writes a name takes it from here, and the schema reader uses the
// table to find collisions.
//
// A [Pattern] makes a name: "New*" gives the constructor of List, NewList.
// [Table] lists every name of a schema with the scope in which it must be
// unique: a Go package, the fields of a struct, the files of a folder, a
// TypeScript module. [Collisions] lists names that two things would have.
//
// The reader sets the Go names of types, fields and constants in the model:
// [Exported] derives them from names in the schema, or @go(name=…) sets them.
package naming
