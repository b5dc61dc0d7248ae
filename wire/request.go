package wire

import "strings"

// Request ends the reading of a command that came from outside, with d, and its
// check, with c. The error is a *[SyntaxError] or an [ironstar.Invalid]: first
// what d found, and only of a command that could be read what c found.
func Request(d *Decoder, c *Checker) error {
	problems := c.finish()
	if err := d.finish(); err != nil {
		return err
	}
	return problems
}

// Checked reads a value that came from outside and checks it; check may be nil.
// The error is a *[SyntaxError] or an [ironstar.Invalid].
func Checked[T any](body []byte, read func(*Decoder) T, check func(*Checker, T)) (T, error) {
	v, err := Decode(body, read)
	if err == nil && check != nil {
		err = Check(v, check)
	}
	if err != nil {
		var zero T
		return zero, err
	}
	return v, nil
}

// Default reads a default out of the schema, which the generator has checked.
func Default[T any](json string, read func(*Decoder) T) T {
	v, err := Decode([]byte(json), read)
	if err != nil {
		panic("a default of the schema: " + err.Error())
	}
	return v
}

// Trimmed reads a string without the white space around it.
//
//go:noinline
func (d *Decoder) Trimmed() string { return strings.TrimSpace(d.String()) }
