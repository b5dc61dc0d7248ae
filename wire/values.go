package wire

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"time"

	"ironstar.dev"
)

// Filled is the JSON of a command that was made from a form or from signals.
type Filled struct {
	JSON []byte

	moved []moved
}

// moved is an item of a list whose index in the JSON differs from the one in
// the form, because blank items before it were left out.
type moved struct{ json, form string }

// Named returns err with the names that fields have in the form. An error about
// "lines[0].qty" becomes one about "lines[2].qty" if the lines before it were
// blank. It returns errors that are not an [ironstar.Invalid] unchanged.
func (f Filled) Named(err error) error {
	var invalid ironstar.Invalid
	if len(f.moved) == 0 || !errors.As(err, &invalid) {
		return err
	}
	named := slices.Clone(invalid)
	for i := range named {
		named[i].Path = f.nameOf(named[i].Path)
	}
	return named
}

func (f Filled) nameOf(path string) string {
	best := moved{}
	for _, m := range f.moved {
		rest, ok := strings.CutPrefix(path, m.json)
		if ok && len(m.json) > len(best.json) && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			best = m
		}
	}
	return best.form + path[len(best.json):]
}

// Values makes the JSON of an object from a query string, such as the
// parameters of a view. Texts are converted as by [Form], except that a blank
// text stays a text: an address that was built for "" leads to "". Names that are
// not inputs are ignored, because links are often passed on with additions. A day
// and a time without a zone are in zone. The error is an [ironstar.Invalid].
func Values(query map[string][]string, zone *time.Location, inputs []Input) ([]byte, error) {
	v := values{zone: zone, blanks: true}
	filled, err := v.finish(entry{forms: []*typed{newTyped(query)}}, inputs)
	return filled.JSON, err
}

// ParseValues reads parameters from a query string. A day and a time without a zone are in
// UTC. The error is an [ironstar.Invalid] or that of parse.
func ParseValues[P any](query map[string][]string, inputs []Input, parse func([]byte) (P, error)) (p P, err error) {
	body, err := Values(query, time.UTC, inputs)
	if err != nil {
		return p, err
	}
	return parse(body)
}

// Form makes the JSON of a command from a form, whose values are all text.
// Fields in query, which may be nil, have precedence. The error is an
// [ironstar.Invalid].
//
//   - A field of a struct is named "address.city", an item of a list "tags[0]" or
//     several times "tags", a field of a struct in a list "lines[2].qty". Blank
//     items are left out, also structs of which nothing was filled in.
//   - A blank value is no value. Only a text that is not optional stays blank.
//   - A box that is not ticked is not sent: it is false if the field is required,
//     otherwise absent. If a flag occurs several times the last value counts, so
//     that a hidden "false" before a box works.
//   - Numbers may have a plus sign, leading zeros, and no digit before or after
//     the point. A comma is a point, unless it could separate thousands: "1,5" is
//     accepted and "1,500" is refused. An integer has no point, and "1e2" is 100.
//   - A day and a time without a zone are in zone. A time that a change of the
//     clock leaves out is refused; of a time that occurs twice it is the first.
//     A time that was not changed is the instant in the field "_at.NAME", if there
//     is one.
//   - A line of a text ends in "\n", also if the browser sends "\r\n".
//   - A union is the case that its tag names. Fields of other cases are ignored,
//     because a form without scripts sends them too. A union whose tag is sent
//     blank has no value. Names may carry the case, as "payment[card].number", so
//     that fields of two cases may have the same name; then all fields of the case do.
//   - Names in form that are not inputs are an error, except those that begin
//     with an underscore. Such names in query are ignored.
//
// Text that does not look like the type of its field becomes a string, and the
// strict decoder refuses it.
func Form(query, form map[string][]string, zone *time.Location, inputs []Input) (Filled, error) {
	body := newTyped(form)
	v := values{zone: zone, boxes: true}
	json := v.write(entry{forms: []*typed{newTyped(query), body}}, inputs)
	names := make([]string, len(inputs))
	for i := range inputs {
		names[i] = inputs[i].Name
	}
	for _, name := range body.names {
		if !body.used[name] && !strings.HasPrefix(name, "_") && len(v.problems) < maxProblems {
			v.report(name, problemUnknown(name, names))
		}
	}
	return v.result(json)
}

// Signals makes the JSON of a command from a page's signals, a JSON object with
// other fields too. It ignores those. A string for a field that is not a text
// is converted as by [Form], and so are blank strings and items; everything else
// is copied. Fields in query, which may be nil, have precedence. The error is a
// *[SyntaxError] or an [ironstar.Invalid].
func Signals(query map[string][]string, signals []byte, zone *time.Location, inputs []Input) (Filled, error) {
	json, err := Decode(signals, func(d *Decoder) string {
		if d.peek() != '{' {
			d.wrongType(expectObject)
			return ""
		}
		return d.token()
	})
	if err != nil {
		return Filled{}, err
	}
	v := values{zone: zone}
	return v.finish(entry{forms: []*typed{newTyped(query)}, json: json}, inputs)
}

// values converts what was sent and collects errors.
type values struct {
	zone     *time.Location
	boxes    bool // it is a form: a box that is not ticked is not sent
	blanks   bool // a blank text is a text, also if it is optional
	problems ironstar.Invalid
	moved    []moved
}

func (v *values) finish(e entry, inputs []Input) (Filled, error) {
	return v.result(v.write(e, inputs))
}

func (v *values) write(e entry, inputs []Input) []byte {
	b, _ := v.object([]byte{'{'}, e, inputs, "")
	return closeObject(b)
}

func (v *values) result(json []byte) (Filled, error) {
	if v.problems != nil {
		return Filled{}, v.problems
	}
	return Filled{json, v.moved}, nil
}

// closeObject replaces the last comma by a brace.
func closeObject(b []byte) []byte {
	return append(bytes.TrimSuffix(b, []byte{','}), '}')
}
