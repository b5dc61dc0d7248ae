package compat

import (
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
)

// outcome is one possible result of an expression: a constant, or any value of
// a shape.
type outcome struct {
	value *model.Value
	shape *shape.Type // if value is nil
}

// mostConstants is the greatest number of constants that the analysis tracks one by
// one. Of more constants, it only knows bounds.
const mostConstants = 64

func constantValue(s string) *model.Value {
	return &model.Value{Kind: model.String, Text: s, JSON: encode(s)}
}

// sized returns a list or map with a number of elements. The elements satisfy
// the bounds of the type.
func sized(t *model.Type, low, high int64, unique bool) outcome {
	out := *shape.Of(t)
	least, most := "minItems", "maxItems"
	if out.Kind == "map" {
		least, most = "minFields", "maxFields"
	}
	out.Checks = []shape.Check{{Op: least, Arg: strconv.FormatInt(low, 10)}}
	if high < math.MaxInt64 {
		out.Checks = append(out.Checks, shape.Check{Op: most, Arg: strconv.FormatInt(high, 10)})
	}
	if unique || high < 2 {
		out.Checks = append(out.Checks, shape.Check{Op: "unique"})
	}
	return outcome{shape: &out}
}

// size returns how many elements a list or map can have, and whether they all
// differ.
func (o outcome) size() (low, high int64, unique bool) {
	l := constraints(o.shape)
	if o.shape.Kind == "map" {
		return l.count("minFields", 0, 1), l.count("maxFields", math.MaxInt64, -1), false
	}
	return l.count("minItems", 0, 1), l.count("maxItems", math.MaxInt64, -1), l.args["unique"] != nil
}

// outcomes lists the possible results of an expression.
func (a *stepAnalysis) outcomes(e *model.Expr) []outcome {
	switch e.Op {
	case model.Literal:
		return []outcome{{value: e.Value}}
	case model.Variable:
		if v := a.variable[e.Name]; v.can != nil {
			return v.can
		}
	case model.Lookup, model.Index:
		return a.elements(e.Args[0])
	case model.Else:
		if e.Args[0].Missing() == nil {
			return a.outcomes(e.Args[0])
		}
		return slices.Concat(a.outcomes(e.Args[0]), a.outcomes(e.Args[1]))
	case model.Choose:
		var all []outcome
		_, values := e.Choices()
		for _, x := range values {
			all = append(all, a.outcomes(x)...)
		}
		return all
	case model.Table:
		var all []outcome
		for _, x := range a.reachable(e) {
			all = append(all, outcome{value: x.Value.Value})
		}
		return all
	case model.Convert:
		return a.outcomes(e.Args[0])
	case model.Text:
		return a.asText(e.Args[0])
	case model.Join:
		return a.joined(e.Args)
	case model.Call:
		return a.called(e)
	case model.Length:
		return []outcome{a.lengths(e.Args[0]).outcome("int")}
	case model.Arithmetic:
		return []outcome{a.computed(e).outcome(kindOf(e.Type))}
	}
	return []outcome{{shape: a.shapeOf(e)}}
}

// shapeOf returns the shape of an expression's type. It omits bounds that the value
// may violate.
func (a *stepAnalysis) shapeOf(e *model.Expr) *shape.Type {
	if a.isBeyond(e) {
		return unbounded(shape.Of(e.Type))
	}
	return shape.Of(e.Type)
}

// unbounded returns a shape without constraints: it allows every value that
// decodes.
func unbounded(t *shape.Type) *shape.Type {
	if t == nil {
		return nil
	}
	out := *t
	out.Checks, out.Key, out.Elem = nil, unbounded(t.Key), unbounded(t.Elem)
	fields := func(all []shape.Field) []shape.Field {
		all = slices.Clone(all)
		for i := range all {
			all[i].Type = unbounded(all[i].Type)
		}
		return all
	}
	out.Fields, out.Arms = fields(t.Fields), slices.Clone(t.Arms)
	for i := range out.Arms {
		out.Arms[i].Fields = fields(t.Arms[i].Fields)
	}
	return &out
}

func kindOf(t *model.Type) string { return shape.Of(&model.Type{Kind: under(t).Kind}).Kind }

// elements lists the possible elements of a list or map.
func (a *stepAnalysis) elements(e *model.Expr) []outcome {
	declared := outcome{shape: shape.Of(under(e.Type).Elem)}
	if a.isBeyond(e) {
		declared.shape = unbounded(declared.shape)
	}
	var all []outcome
	for _, list := range a.outcomes(e) {
		if list.shape == nil || !plain(list.shape.Elem) { // a shape inside a struct may refer to a type around it
			return []outcome{declared}
		}
		all = append(all, outcome{shape: list.shape.Elem})
	}
	return all
}

// keys lists the possible keys of a map.
func (a *stepAnalysis) keys(e *model.Expr) []outcome {
	var all []outcome
	for _, one := range a.outcomes(e) {
		all = append(all, outcome{shape: key(one.shape)})
	}
	return all
}

// plain reports whether a type has no fields.
func plain(t *shape.Type) bool {
	return t != nil && t.Kind != "struct" && t.Kind != "sum" && t.Kind != "up" && (t.Elem == nil || plain(t.Elem))
}

// constants lists the possible results of an expression, if these are constants and
// not too many.
func (a *stepAnalysis) constants(e *model.Expr) ([]*model.Value, bool) {
	var all []*model.Value
	for _, one := range a.outcomes(e) {
		switch {
		case one.value != nil:
			all = append(all, one.value)
		case one.shape.Kind == "enum":
			all = append(all, enumConstants(one.shape)...)
		case one.shape.Kind == "bool":
			all = append(all, &model.Value{Kind: model.Bool, Text: "true", JSON: "true"}, &model.Value{Kind: model.Bool, Text: "false", JSON: "false"})
		default:
			return nil, false
		}
	}
	return all, len(all) <= mostConstants
}

func enumConstants(t *shape.Type) []*model.Value {
	var all []*model.Value
	for _, v := range possible(t).Values {
		if t.Of == "string" {
			all = append(all, constantValue(v))
		} else {
			all = append(all, &model.Value{Kind: model.Int, Text: v, JSON: v})
		}
	}
	return all
}

// reachable lists the entries of a table that its possible keys select.
func (a *stepAnalysis) reachable(e *model.Expr) []model.Entry {
	keys, few := a.constants(e.Args[0])
	if !few {
		return e.Entries
	}
	return slices.DeleteFunc(slices.Clone(e.Entries), func(x model.Entry) bool {
		return !slices.ContainsFunc(keys, func(k *model.Value) bool { return k.Text == x.Key })
	})
}

// stringOf returns a string with bounds on its length.
func stringOf(low, high int64, more ...shape.Check) outcome {
	checks := append(more, shape.Check{Op: "minRunes", Arg: strconv.FormatInt(low, 10)})
	if high < math.MaxInt64 {
		checks = append(checks, shape.Check{Op: "maxRunes", Arg: strconv.FormatInt(high, 10)})
	}
	return outcome{shape: &shape.Type{Kind: "string", Checks: checks}}
}

// widths are the lengths, in characters, of types that are strings in JSON.
var widths = map[model.Kind][2]int64{
	model.UUID: {36, 36}, model.Date: {10, 10}, model.Time: {20, 35}, model.Decimal: {1, math.MaxInt64}, model.Duration: {1, math.MaxInt64},
}

// asText lists the possible texts of a value in an interpolation.
func (a *stepAnalysis) asText(e *model.Expr) []outcome {
	if all, few := a.constants(e); few {
		var out []outcome
		for _, v := range all {
			out = append(out, outcome{value: constantValue(v.Text)})
		}
		return out
	}
	if under(e.Type).Kind == model.Bytes { // the bounds of bytes apply to their base64
		return []outcome{stringOf(a.runes(e))}
	}
	if w, ok := widths[under(e.Type).Kind]; ok {
		return []outcome{stringOf(w[0], w[1])}
	}
	i := a.intervalOf(e)
	return []outcome{stringOf(1, int64(max(len(i.low.at.RatString()), len(i.high.at.RatString()))))}
}

// runes returns the least and greatest length of an expression's text.
func (a *stepAnalysis) runes(e *model.Expr) (low, high int64) {
	low = math.MaxInt64
	for _, one := range a.outcomes(e) {
		l, h := one.runes()
		low, high = min(low, l), max(high, h)
	}
	return low, high
}

func (o outcome) runes() (low, high int64) {
	if o.value != nil {
		n := int64(utf8.RuneCountInString(o.value.Text))
		return n, n
	}
	if o.shape.Kind == "enum" {
		low = math.MaxInt64
		for _, v := range o.shape.Values {
			n := int64(utf8.RuneCountInString(v))
			low, high = min(low, n), max(high, n)
		}
		return low, high
	}
	l := constraints(o.shape)
	return l.count("minRunes", 0, 1), l.count("maxRunes", math.MaxInt64, -1)
}

// joined lists the possible results of a concatenation.
func (a *stepAnalysis) joined(args []*model.Expr) []outcome {
	all := []string{""}
	for _, e := range args {
		values, few := a.constants(e)
		if !few || len(values)*len(all) > mostConstants {
			return []outcome{a.joinedShape(args)}
		}
		var longer []string
		for _, s := range all {
			for _, v := range values {
				longer = append(longer, s+v.Text)
			}
		}
		all = longer
	}
	var out []outcome
	for _, s := range all {
		out = append(out, outcome{value: constantValue(s)})
	}
	return out
}

// joinedShape describes a concatenation by its length, and by the constants at its
// beginning, at its end and inside.
func (a *stepAnalysis) joinedShape(args []*model.Expr) outcome {
	var low, high int64
	var known []shape.Check
	for i, e := range args {
		l, h := a.runes(e)
		low, high = low+l, added(high, h)
		if e.Op != model.Literal {
			continue
		}
		op := "contains"
		switch i {
		case 0:
			op = "prefix"
		case len(args) - 1:
			op = "suffix"
		}
		known = append(known, shape.Check{Op: op, Arg: e.Value.Text})
	}
	return stringOf(low, high, known...)
}

// added returns a+b for lengths. math.MaxInt64 means no limit.
func added(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// called lists the possible results of a function.
func (a *stepAnalysis) called(e *model.Expr) []outcome {
	switch e.Name {
	case "strconv.Atoi":
		return []outcome{{shape: &shape.Type{Kind: "int"}}}
	case "strings.HasPrefix", "strings.HasSuffix", "strings.Contains":
		return []outcome{{shape: &shape.Type{Kind: "bool"}}}
	case "strings.Split":
		_, high := a.runes(e.Args[0])
		part := stringOf(0, high)
		return []outcome{{shape: &shape.Type{Kind: "list", Elem: part.shape, Checks: []shape.Check{{Op: "minItems", Arg: "1"}}}}}
	case "strings.ToLower", "strings.ToUpper":
		return []outcome{stringOf(a.runes(e.Args[0]))}
	case "strings.TrimSpace", "strings.TrimPrefix", "strings.TrimSuffix", "strings.Trim":
		_, high := a.runes(e.Args[0])
		return []outcome{stringOf(0, high)}
	}
	return []outcome{{shape: &shape.Type{Kind: kindOf(e.Type)}}}
}
