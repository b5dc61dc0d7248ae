package wire

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"ironstar.dev"
)

// Values makes the JSON of an object from what a form or a query string holds,
// whose values are all text. Fields are taken from first, and those that are
// not there from second, which may be nil. Names that are no input are left
// alone. A field that is in neither is left out, and so is a number, a flag or
// JSON text that is empty: that is how a form says "nothing".
//
// A flag that comes several times has its last value, so that a hidden "false"
// in front of a checkbox works. Text that does not look like what the field
// wants goes on as a string, for the strict decoder to refuse. The error is an
// [ironstar.Invalid].
func Values(first, second map[string][]string, inputs []Input) ([]byte, error) {
	v := values{sources: []map[string][]string{first, second}}
	b, _ := v.object(nil, inputs)
	if v.problems != nil {
		return nil, v.problems
	}
	return b, nil
}

// Signals makes the JSON of an object from a page's signals, a JSON object that
// holds more than that: the fields of inputs are taken, as they are, and
// everything else is left alone. Fields that are in query, which may be nil,
// are taken from there, as by [Values]. The error is a *[SyntaxError] or an
// [ironstar.Invalid].
func Signals(query map[string][]string, signals []byte, inputs []Input) ([]byte, error) {
	raw, err := Decode(signals, func(d *Decoder) map[string][]string {
		found := map[string][]string{}
		for d.Object(); d.Field(); {
			name := d.Name()
			d.peek()
			start := d.at
			d.skip()
			found[name] = append(found[name], d.src[start:d.at])
		}
		return found
	})
	if err != nil {
		return nil, err
	}
	v := values{sources: []map[string][]string{query}}
	b := []byte{'{'}
	for _, in := range inputs {
		if with, ok := v.field(b, in); ok {
			b = with
			continue
		}
		// A field that comes twice is written twice: the decoder refuses it.
		for _, text := range raw[in.Name] {
			b = append(append(append(AppendString(b, in.Name), ':'), text...), ',')
		}
	}
	if v.problems != nil {
		return nil, v.problems
	}
	return closeObject(b), nil
}

// closeObject takes the last comma away.
func closeObject(b []byte) []byte {
	return append(bytes.TrimSuffix(b, []byte{','}), '}')
}

// values converts text, and collects what is wrong with it.
type values struct {
	sources  []map[string][]string
	prefix   string // of names within an object: "payment."
	problems ironstar.Invalid
}

// object writes the fields that are there, and says whether any was.
func (v *values) object(b []byte, inputs []Input) ([]byte, bool) {
	b = append(b, '{')
	some := false
	for _, in := range inputs {
		with, ok := v.field(b, in)
		if ok {
			b, some = with, true
		}
	}
	return closeObject(b), some
}

// field writes name, value and a comma. Without a value it writes nothing that
// counts and returns false.
func (v *values) field(b []byte, in Input) ([]byte, bool) {
	b = append(AppendString(b, in.Name), ':')
	if in.Kind == InputObject && !in.Many {
		outer := v.prefix
		v.prefix += in.Name + "."
		b, some := v.object(b, in.Fields)
		v.prefix = outer
		return append(b, ','), some
	}
	texts := v.texts(in.Name)
	if in.Kind != InputText {
		texts = withoutEmpty(texts)
	}
	switch {
	case len(texts) == 0:
		return b, false
	case in.Many:
		b = AppendList(b, texts, func(b []byte, s string) []byte { return v.value(b, in, s) })
	case len(texts) > 1 && in.Kind != InputFlag:
		v.problem(in.Name, "duplicate", "is there twice")
	default:
		b = v.value(b, in, texts[len(texts)-1])
	}
	return append(b, ','), true
}

func (v *values) texts(name string) []string {
	for _, source := range v.sources {
		if texts := source[v.prefix+name]; len(texts) > 0 {
			return texts
		}
	}
	return nil
}

func withoutEmpty(texts []string) []string {
	var kept []string
	for _, s := range texts {
		if strings.TrimSpace(s) != "" {
			kept = append(kept, s)
		}
	}
	return kept
}

func (v *values) problem(name, code, message string) {
	if len(v.problems) < maxProblems {
		v.problems = append(v.problems, ironstar.Problem{Path: v.prefix + name, Code: code, Message: message})
	}
}

func (v *values) value(b []byte, in Input, s string) []byte {
	if !utf8.ValidString(s) {
		v.problem(in.Name, "utf8", "is not valid UTF-8")
		return b
	}
	trimmed := strings.TrimSpace(s)
	switch in.Kind {
	case InputNumber:
		if isNumber(trimmed) {
			return append(b, trimmed...)
		}
	case InputFlag:
		switch trimmed {
		case "true", "on":
			return append(b, "true"...)
		case "false", "off":
			return append(b, "false"...)
		}
	case InputJSON, InputObject:
		if err := isJSON(trimmed); err != nil {
			v.problem(in.Name, "json", err.Error())
			return b
		}
		return append(b, trimmed...)
	}
	return AppendString(b, s)
}

// isNumber says whether s is a JSON number, whatever its size.
func isNumber(s string) bool {
	if s == "" || s[0] != '-' && (s[0] < '0' || s[0] > '9') {
		return false
	}
	return isJSON(s) == nil
}

// isJSON checks that s is one JSON value and nothing else: it is put in the
// middle of other JSON.
func isJSON(s string) error {
	_, err := Decode([]byte(s), func(d *Decoder) struct{} {
		d.skip()
		return struct{}{}
	})
	return err
}
