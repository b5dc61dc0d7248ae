// Package compat says whether a schema can take the place of one that was
// released: whether every event that may lie in a store is still read as what it
// was, and what will be different outside.
//
// What was released is in a [Lock], a text file that ironstar release writes.
// [Compare] compares it with a schema, by rules over the normal form of types
// (package shape) alone; [Rules] lists them. A change is wider only when that
// can be proven: everything else is taken for narrower. An [Exemption] lets one
// change pass, by its hash and with a reason.
//
// It works on models without files, needs no CUE, keeps nothing between two
// calls and says the same each time. It never writes; commands do.
package compat
