// Package wire reads and writes the JSON of commands, events and states without
// reflection. Generated codecs call it; applications rarely do.
//
// Reading is strict. Unknown, duplicate and wrong-case fields, null, invalid
// UTF-8, lone surrogates, integers written as 3.0 or 1e2 or outside int64,
// numbers with more digits than a float64 keeps, and anything after the value
// are refused, with the path of the field. [Decoder] checks the shape only:
// fields, types, the arms of a sum. [Checker] checks bounds, lengths and
// patterns, so that old events can be read under new bounds.
//
// Writing is canonical: fields in the order of the schema, sorted map keys, no
// white space, and only the escapes that JSON requires.
package wire
