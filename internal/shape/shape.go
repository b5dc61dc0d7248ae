// Package shape is the normal form of a type: only what its JSON is. It omits
// comments, Go names, names of definitions and the order of fields. Two types
// with the same shape accept the same JSON. Locks store the shapes of released
// events, and shapes are compared and hashed, so the meaning of their JSON must
// never change.
//
// A definition is written inline where it is used. Within itself it is
// {"kind":"up","up":n}: the struct, sum, list or map n levels further out.
package shape

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"ironstar.dev/internal/model"
)

// Type is the shape of a type.
type Type struct {
	Kind   string   `json:"kind"`             // string int number bool time date decimal uuid duration bytes enum struct sum list map up
	Checks []Check  `json:"checks,omitempty"` // sorted
	Fields []Field  `json:"fields,omitempty"` // struct: sorted by name
	Of     string   `json:"of,omitempty"`     // enum: string or int
	Values []string `json:"values,omitempty"` // enum: as text, sorted
	Tag    string   `json:"tag,omitempty"`    // sum: the field that distinguishes the arms
	Arms   []Arm    `json:"arms,omitempty"`   // sum: sorted by value of the tag
	Key    *Type    `json:"key,omitempty"`    // map
	Elem   *Type    `json:"elem,omitempty"`   // list, map
	Up     int      `json:"up,omitempty"`     // up: 1 means the innermost struct, sum, list or map around it
}

// Field is a field of a struct.
type Field struct {
	Name     string `json:"name"`
	Type     *Type  `json:"type,omitempty"` // nil if there is a constant
	Optional bool   `json:"optional,omitempty"`
	Default  string `json:"default,omitempty"` // JSON
	Const    string `json:"const,omitempty"`   // JSON

	Label string `json:"-"` // name in CUE, if it differs; not a part of the shape
}

// Arm is one case of a sum: a struct with a constant tag.
type Arm struct {
	Value  string  `json:"value"` // of the tag
	Fields []Field `json:"fields"`
}

// Check is a constraint: an operator and its operand, as text or as digits.
type Check struct {
	Op  string `json:"op"`
	Arg string `json:"arg,omitempty"`
}

// Of returns the shape of a type.
func Of(t *model.Type) *Type { return (&normalizer{at: map[*model.Named]int{}}).typ(t) }

// String returns the shape as JSON on one line.
func (t *Type) String() string {
	return encode(t)
}

// Parse reads what String writes.
func Parse(text string) (*Type, error) {
	var t Type
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&t); err != nil {
		return nil, err
	}
	return &t, nil
}

// Hash returns a hash of what must not change in a released or stored shape. It
// omits constraints and the values of enums, which may be widened.
func (t *Type) Hash() string { return Sum("shape", t.frozen().String()) }

// Sum returns the first half of the SHA-256 of texts, in hexadecimal.
func Sum(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return hex.EncodeToString(sum[:16])
}

// frozen returns a copy without what may be widened.
func (t *Type) frozen() *Type {
	if t == nil {
		return nil
	}
	out := *t
	out.Checks, out.Values = nil, nil
	out.Key, out.Elem = t.Key.frozen(), t.Elem.frozen()
	out.Fields = frozenFields(t.Fields)
	out.Arms = slices.Clone(t.Arms)
	for i, a := range out.Arms {
		out.Arms[i].Fields = frozenFields(a.Fields)
	}
	return &out
}

func frozenFields(fields []Field) []Field {
	fields = slices.Clone(fields)
	for i, f := range fields {
		fields[i].Type = f.Type.frozen()
	}
	return fields
}

// normalizer converts types to shapes.
type normalizer struct {
	depth int                  // number of enclosing structs, sums, lists and maps
	at    map[*model.Named]int // the enclosing definitions and their depths
}

var kindNames = map[model.Kind]string{
	model.String: "string", model.Int: "int", model.Number: "number", model.Bool: "bool", model.Time: "time",
	model.Date: "date", model.Decimal: "decimal", model.UUID: "uuid", model.Duration: "duration", model.Bytes: "bytes", model.Enum: "enum", model.Struct: "struct",
	model.Sum: "sum", model.List: "list", model.Map: "map",
}

func (n *normalizer) typ(t *model.Type) *Type {
	if t == nil {
		return nil
	}
	if t.Kind == model.Ref {
		return n.named(t)
	}
	n.depth++
	defer func() { n.depth-- }()
	out := &Type{Kind: kindNames[t.Kind], Checks: checks(t.Checks), Fields: n.fields(t.Fields), Tag: t.Tag}
	out.Key, out.Elem = n.typ(t.Key), n.typ(t.Elem)
	if t.Kind == model.Enum {
		out.Of = "string"
		for _, v := range t.Values {
			if v.Kind == model.Int {
				out.Of = "int"
			}
			out.Values = append(out.Values, v.Text)
		}
		slices.Sort(out.Values)
	}
	for _, arm := range t.Arms {
		out.Arms = append(out.Arms, Arm{Value: t.TagOf(arm), Fields: n.arm(arm)})
	}
	slices.SortFunc(out.Arms, func(a, b Arm) int { return strings.Compare(a.Value, b.Value) })
	return out
}

// named returns the type that a reference stands for, with the reference's own
// checks added.
func (n *normalizer) named(t *model.Type) *Type {
	if depth, within := n.at[t.Named]; within {
		return &Type{Kind: "up", Up: n.depth - depth, Checks: checks(t.Checks)}
	}
	n.at[t.Named] = n.depth
	out := n.typ(t.Named.Type)
	delete(n.at, t.Named)
	out.Checks = merged(out.Checks, checks(t.Checks))
	return out
}

// arm counts as a level, because a case can refer to itself and not only to the
// sum.
func (n *normalizer) arm(arm *model.Named) []Field {
	n.at[arm] = n.depth
	n.depth++
	defer func() { n.depth--; delete(n.at, arm) }()
	return n.fields(arm.Type.Fields)
}

func (n *normalizer) fields(fields []*model.Field) []Field {
	var out []Field
	for _, f := range fields {
		one := Field{Name: f.Name, Label: f.Label, Optional: f.Optional}
		if f.Const != nil {
			one.Const = constant(*f.Const)
		} else {
			one.Type = n.typ(f.Type)
			if f.Default != nil {
				one.Default = f.Default.JSON
			}
		}
		out = append(out, one)
	}
	slices.SortFunc(out, func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// constant returns a constant as JSON.
func constant(c model.Const) string {
	if c.Kind == model.String {
		return encode(c.Text)
	}
	return c.Text
}

// encode returns JSON without escapes for < and &.
func encode(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // cannot happen: shapes and strings can be encoded
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// opNames are stored in locks: never change one.
var opNames = map[model.Op]string{
	model.Greater: ">", model.GreaterOrEqual: ">=", model.Less: "<", model.LessOrEqual: "<=", model.NotEqual: "!=",
	model.Match: "=~", model.NotMatch: "!~", model.MinRunes: "minRunes", model.MaxRunes: "maxRunes",
	model.MinItems: "minItems", model.MaxItems: "maxItems", model.UniqueItems: "unique", model.MinFields: "minFields",
	model.MaxFields: "maxFields", model.TimeFormat: "timeFormat", model.MultipleOf: "multipleOf",
	model.HasPrefix: "prefix", model.HasSuffix: "suffix", model.Contains: "contains", model.Digits: "digits",
}

func checks(of []model.Check) []Check {
	var out []Check
	for _, c := range of {
		one := Check{Op: opNames[c.Op], Arg: c.Text}
		switch c.Op {
		case model.MinRunes, model.MaxRunes, model.MinItems, model.MaxItems, model.MinFields, model.MaxFields, model.Digits:
			one.Arg = strconv.FormatInt(c.Count, 10)
		}
		switch {
		case c.Value != nil:
			one.Arg = constant(*c.Value)
		case c.Num != "":
			one.Arg = c.Num
		}
		out = append(out, one)
	}
	return merged(out, nil)
}

// merged returns the union of both, sorted.
func merged(a, b []Check) []Check {
	all := slices.Concat(a, b)
	slices.SortFunc(all, func(x, y Check) int {
		if c := strings.Compare(x.Op, y.Op); c != 0 {
			return c
		}
		return strings.Compare(x.Arg, y.Arg)
	})
	return slices.Compact(all)
}
