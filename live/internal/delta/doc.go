// Package delta codes a text as its difference to the one before it, as a piece
// of a zstd frame or of a deflate stream.
//
// A piece refers to nothing but the bytes of the old text: to no tables, codes or
// offsets of earlier pieces. So every decoder whose last output was the old text
// can take it, whatever that decoder was sent before, and whoever makes pieces
// keeps nothing but the old text. General compressors cannot do that: the state
// of each of theirs belongs to one stream from its beginning.
//
// Formats: RFC 8878 (zstd), RFC 1951 (deflate).
package delta
