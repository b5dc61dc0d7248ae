// Package compat compares a schema with what was released. It reports whether
// every event that a store may hold keeps its meaning, whether what waits for a
// process can still be read, and what changes for open tabs and links.
//
// A [Lock] records what was released; ironstar release writes it as a text file.
// [Compare] compares it with a schema. Its rules use only the normal form of
// types (package shape); [Rules] lists them. A change counts as wider only if
// that can be proven; otherwise it counts as narrower. An [Exemption] permits one
// change, by its hash and with a reason.
//
// Words of this package:
//
//	finding     one difference that matters, by a rule
//	exemption   permits one finding
//	step        makes a payload of one version from a payload of the version before
//	outcome     a possible result of an expression: a constant, or a shape with bounds
//	narrower    a constraint that refuses something that it allowed before
//
// It works on models, without files and without CUE. It keeps no state between
// calls, and the same input gives the same findings. It writes no files; the
// commands do.
package compat
