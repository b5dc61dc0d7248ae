package wire

import "strings"

// FinishRequest finishes the reading of a command with d and its check with c. The
// error is a *[SyntaxError] or an [ironstar.Invalid]. Errors of c are returned
// only if d found none.
func FinishRequest(d *Decoder, c *Checker) error {
	problems := c.finish()
	if err := d.finish(); err != nil {
		return err
	}
	return problems
}

// DecodeChecked reads and checks a value that came from outside. check may be nil.
// The error is a *[SyntaxError] or an [ironstar.Invalid].
func DecodeChecked[T any](body []byte, read func(*Decoder) T, check func(*Checker, T)) (T, error) {
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

// Default reads a default of the schema. The generator has checked it.
func Default[T any](json string, read func(*Decoder) T) T {
	v, err := Decode([]byte(json), read)
	if err != nil {
		panic("a default of the schema: " + err.Error())
	}
	return v
}

// Trimmed reads a string and removes white space around it.
//
//go:noinline
func (d *Decoder) Trimmed() string { return strings.TrimSpace(d.String()) }
