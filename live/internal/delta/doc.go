// Package delta codes a text as its difference to the text before it, as a
// piece of a zstd frame or of a deflate stream.
//
// A piece refers only to the bytes of the old text, not to tables, codes or
// offsets of earlier pieces. So every decoder whose last output was the old
// text can decode it, and the encoder needs only the old text. General
// compressors cannot do that: their state depends on the whole stream so far.
//
// Formats: RFC 8878 (zstd), RFC 1951 (deflate).
package delta
