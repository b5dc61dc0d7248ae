// Package wire reads and writes the JSON of commands, events and states without
// reflection. Generated codecs call it; applications rarely do.
//
// Reading is strict. Unknown, duplicate and wrong-case fields, null, invalid
// UTF-8, lone surrogates, integers written as 3.0 or 1e2 or outside int64,
// numbers with more digits than a float64 keeps, and anything after the value
// are refused, with the path of the field. What [Decoder] checks is shape:
// fields, types, the arms of a sum. Bounds, lengths and patterns are the
// business of [Checker], so that an old event can be read under new bounds.
//
// Writing is canonical: fields in the order of the schema, map keys sorted, no
// white space, no escapes but the ones JSON demands.
package wire
