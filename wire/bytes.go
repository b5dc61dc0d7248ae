package wire

import (
	"encoding/base64"
	"errors"
	"strings"
)

// base64Text is the base64 encoding in which bytes have exactly one text: the
// standard alphabet, padded, with the unused bits of the last character zero.
var base64Text = base64.StdEncoding.Strict()

// Bytes reads bytes in base64. The result is a copy and never nil, because an
// absent field differs from an empty one.
//
//go:noinline
func (d *Decoder) Bytes() []byte { return parsed(d, expectBytes, bytesOf) }

// bytesOf decodes base64. It refuses line breaks, which package base64 skips:
// they would give the same bytes several texts.
func bytesOf(s string) ([]byte, error) {
	if strings.ContainsAny(s, "\r\n") {
		return nil, errors.New("base64 in one line is expected")
	}
	return base64Text.AppendDecode([]byte{}, []byte(s))
}

// Base64 returns the text of bytes.
func Base64(v []byte) string { return base64Text.EncodeToString(v) }

// AppendBytes writes bytes in base64; nil becomes "".
//
//go:noinline
func AppendBytes(b, v []byte) []byte {
	return append(base64Text.AppendEncode(append(b, '"'), v), '"')
}

// MemberBytes writes a field that is bytes.
//
//go:noinline
func MemberBytes(b []byte, name string, v []byte) []byte { return AppendBytes(Name(b, name), v) }

// MinBytes checks how many bytes there are.
func (c *Checker) MinBytes(has, n int) {
	if has < n {
		c.report(tooFew("min_bytes", has, n, "byte"))
	}
}

// MaxBytes checks how many bytes there are.
func (c *Checker) MaxBytes(has, n int) {
	if has > n {
		c.report(tooMany("max_bytes", has, n, "byte"))
	}
}
