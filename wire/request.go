package wire

import "strings"

// Request reads a command that came from outside: it decodes strictly, fills in
// what the boundary knows, and checks. T is one of the commands C; check and
// fill may be nil. The error is a *[SyntaxError] or an [ironstar.Invalid].
func Request[C, T any](body []byte, read func(*Decoder) T, fill func(*T), check func(*Checker, T)) (C, error) {
	var none C
	v, err := Decode(body, read)
	if err != nil {
		return none, err
	}
	if fill != nil {
		fill(&v)
	}
	if check != nil {
		if err := Check(v, check); err != nil {
			return none, err
		}
	}
	return any(v).(C), nil
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
