package compat

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
)

// cueWriter writes payloads as CUE to paste. What is still declared as it was
// is referred to; what is not is written out, and what cannot be written in
// place becomes a definition.
type cueWriter struct {
	name  string   // of the payload: "AddedV1", for definitions
	defs  []string // "#AddedV1Payment: …"
	stack []string // definitions that are being written; "" for what is written in place
	pkg   *model.Package
}

// payload writes the fields of a struct, one a line, without braces.
func (w *cueWriter) payload(s *shape.Type, n *model.Named) []string {
	var now *model.Type
	if n != nil {
		now = n.Type
	}
	w.stack = append(w.stack, "")
	return w.fields(s.Fields, fieldsOf(now), w.name)
}

func fieldsOf(t *model.Type) []*model.Field {
	if t == nil {
		return nil
	}
	return t.Fields
}

func (w *cueWriter) fields(fields []shape.Field, now []*model.Field, name string) []string {
	var lines []string
	for _, f := range inOrder(fields, now) {
		var typ *model.Type
		if i := slices.IndexFunc(now, func(g *model.Field) bool { return g.Name == f.Name }); i >= 0 {
			typ = now[i].Type
		}
		lines = append(lines, label(f.Name)+mark(f)+": "+w.field(f, typ, name+title(f.Name)))
	}
	return lines
}

// inOrder puts fields in the order of the schema; what is not in it comes last.
func inOrder(fields []shape.Field, now []*model.Field) []shape.Field {
	place := func(f shape.Field) int {
		if i := slices.IndexFunc(now, func(g *model.Field) bool { return g.Name == f.Name }); i >= 0 {
			return i
		}
		return len(now)
	}
	fields = slices.Clone(fields)
	slices.SortStableFunc(fields, func(a, b shape.Field) int { return place(a) - place(b) })
	return fields
}

// label quotes what is no identifier, what would be hidden, and what would hide
// a type or package from its neighbours: a quoted label is in no scope.
func label(name string) string {
	if name == "" || name[0] == '_' || slices.Contains(hiding, name) {
		return strconv.Quote(name)
	}
	for i, r := range name {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return strconv.Quote(name)
		}
	}
	return name
}

var hiding = []string{"bool", "int", "list", "math", "number", "schema", "string", "strings", "struct", "time"}

func mark(f shape.Field) string {
	if f.Optional {
		return "?"
	}
	return ""
}

func title(name string) string {
	var b strings.Builder
	for i, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
		case i == 0:
			b.WriteRune(unicode.ToUpper(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func (w *cueWriter) field(f shape.Field, now *model.Type, name string) string {
	switch {
	case f.Const != "":
		return f.Const
	case f.Default != "":
		rest := strings.Split(parenthesized(w.typ(f.Type, now, name)), " | ")
		rest = slices.DeleteFunc(rest, func(v string) bool { return v == f.Default })
		return "*" + f.Default + " | " + strings.Join(rest, " | ")
	}
	return w.typ(f.Type, now, name)
}

// parenthesized keeps | and & apart.
func parenthesized(s string) string {
	if strings.Contains(s, " & ") && !strings.HasPrefix(s, "{") {
		return "(" + s + ")"
	}
	return s
}

// typ writes a type; name is what it is called if it needs a name.
func (w *cueWriter) typ(t *shape.Type, now *model.Type, name string) string {
	if ref := w.reference(t, now); ref != "" {
		return ref
	}
	if now != nil {
		now = resolve(now)
	}
	switch t.Kind {
	case "struct", "sum", "list", "map":
		return w.composite(t, now, name)
	case "up":
		if at := len(w.stack) - t.Up; at >= 0 && w.stack[at] != "" {
			return with(w.stack[at], t.Checks)
		}
		return "_"
	case "enum":
		t = possible(t)
		return with(strings.Join(enumValues(t, now), " | "), t.Checks)
	}
	return with(scalarNames[t.Kind], t.Checks)
}

var scalarNames = map[string]string{
	"string": "string", "int": "int", "number": "number", "bool": "bool", "time": "schema.#Time",
	"date": "schema.#Date", "decimal": "schema.#Decimal", "uuid": "schema.#UUID",
}

// enumValues writes them in the order of the schema, as far as they are in it.
func enumValues(t *shape.Type, now *model.Type) []string {
	place := func(v string) int { return 0 }
	if now != nil {
		place = func(v string) int {
			i := slices.IndexFunc(now.Values, func(c model.Const) bool { return c.Text == v })
			if i < 0 {
				return len(now.Values)
			}
			return i
		}
	}
	values := slices.Clone(t.Values)
	slices.SortStableFunc(values, func(a, b string) int { return place(a) - place(b) })
	for i, v := range values {
		if t.Of == "string" {
			values[i] = strconv.Quote(v)
		}
	}
	return values
}

// reference is the definition that is used now, when it is still the same. For a
// field that is gone it is the one definition that says just that.
func (w *cueWriter) reference(t *shape.Type, now *model.Type) string {
	if w.nested() && !closed(t) {
		return ""
	}
	if now == nil {
		return w.declared(t)
	}
	if now.Kind != model.Ref || now.Named.Inline || now.Named.Package == nil || shape.Of(now).String() != t.String() {
		return ""
	}
	own := shape.Of(&model.Type{Kind: model.String, Checks: now.Checks})
	return with(w.definition(now.Named), own.Checks)
}

func (w *cueWriter) definition(n *model.Named) string {
	if w.pkg != nil && n.Package != w.pkg {
		return n.Package.Name + ".#" + n.Name
	}
	return "#" + n.Name
}

// declared is the only definition of the package that has this shape, if that
// says more than string or int.
func (w *cueWriter) declared(t *shape.Type) string {
	if w.pkg == nil || len(t.Checks) == 0 && scalarNames[t.Kind] != "" {
		return ""
	}
	found := ""
	for _, n := range w.pkg.Types {
		if !n.Inline && n.Package == w.pkg && shape.Of(n.Type).String() == t.String() {
			if found != "" {
				return "" // either may be meant
			}
			found = "#" + n.Name
		}
	}
	return found
}

// nested says whether a definition is being written: what is in it may refer to
// it, and shapes within say so in another way than on their own.
func (w *cueWriter) nested() bool {
	return slices.ContainsFunc(w.stack, func(s string) bool { return s != "" })
}

func (w *cueWriter) composite(t *shape.Type, now *model.Type, name string) string {
	if t.Kind != "sum" && !isTarget(t) {
		w.stack = append(w.stack, "")
		defer func() { w.stack = w.stack[:len(w.stack)-1] }()
		return w.body(t, now, name)
	}
	def := "#" + name
	w.stack = append(w.stack, def)
	at := len(w.defs)
	w.defs = append(w.defs, "")
	w.defs[at] = def + ": " + w.body(t, now, name)
	w.stack = w.stack[:len(w.stack)-1]
	return def
}

func (w *cueWriter) body(t *shape.Type, now *model.Type, name string) string {
	if now == nil {
		now = &model.Type{}
	}
	switch t.Kind {
	case "list":
		return with("[..."+w.typ(t.Elem, now.Elem, name+"Element")+"]", t.Checks)
	case "map":
		return with("{["+w.typ(key(t), now.Key, name+"Key")+"]: "+w.typ(t.Elem, now.Elem, name+"Element")+"}", t.Checks)
	case "sum":
		var arms []string
		for _, a := range armsInOrder(t.Arms, now) {
			arms = append(arms, w.arm(a, now, name+title(a.Value)))
		}
		return strings.Join(arms, " | ")
	}
	return braced(w.fields(t.Fields, now.Fields, name))
}

// armsInOrder puts the cases of a union in the order of the schema.
func armsInOrder(arms []shape.Arm, now *model.Type) []shape.Arm {
	place := func(a shape.Arm) int {
		if i := slices.IndexFunc(now.Arms, func(n *model.Named) bool { return tagOf(now, n) == a.Value }); i >= 0 {
			return i
		}
		return len(now.Arms)
	}
	arms = slices.Clone(arms)
	slices.SortStableFunc(arms, func(a, b shape.Arm) int { return place(a) - place(b) })
	return arms
}

// arm makes a case of a union a definition, as the language wants it: the one
// that it is now, when that is still the same.
func (w *cueWriter) arm(a shape.Arm, now *model.Type, name string) string {
	var fields []*model.Field
	for _, n := range now.Arms {
		if tagOf(now, n) != a.Value {
			continue
		}
		was := &shape.Type{Kind: "struct", Fields: a.Fields}
		if !n.Inline && n.Package != nil && closed(was) && shape.Of(n.Type).String() == was.String() {
			return w.definition(n)
		}
		fields = n.Type.Fields
	}
	def := "#" + name
	w.stack = append(w.stack, def)
	at := len(w.defs)
	w.defs = append(w.defs, "")
	w.defs[at] = def + ": " + braced(w.fields(a.Fields, fields, name))
	w.stack = w.stack[:len(w.stack)-1]
	return def
}

func braced(lines []string) string {
	if len(lines) == 0 {
		return "{}"
	}
	return "{" + strings.Join(lines, ", ") + "}"
}

// isTarget says whether a type refers to itself from within.
func isTarget(t *shape.Type) bool { return refersUp(t, 0) }

func refersUp(t *shape.Type, depth int) bool {
	return refers(t, depth, func(up, depth int) bool { return up == depth })
}

// closed says whether nothing in a type refers to what it is in.
func closed(t *shape.Type) bool {
	return !refers(t, 0, func(up, depth int) bool { return up > depth })
}

// refers says whether a type refers upwards to where is wanted.
func refers(t *shape.Type, depth int, wanted func(up, depth int) bool) bool {
	if t == nil {
		return false
	}
	if t.Kind == "up" {
		return wanted(t.Up, depth)
	}
	in := func(fs []shape.Field, depth int) bool {
		return slices.ContainsFunc(fs, func(f shape.Field) bool { return refers(f.Type, depth, wanted) })
	}
	if refers(t.Key, depth+1, wanted) || refers(t.Elem, depth+1, wanted) || in(t.Fields, depth+1) {
		return true
	}
	return slices.ContainsFunc(t.Arms, func(a shape.Arm) bool { return in(a.Fields, depth+2) })
}

// with puts constraints behind a type.
func with(typ string, checks []shape.Check) string {
	if len(checks) > 0 && strings.Contains(typ, " | ") {
		typ = "(" + typ + ")"
	}
	for _, c := range checks {
		typ += " & " + checkText(c)
	}
	return typ
}

func checkText(c shape.Check) string {
	switch c.Op {
	case "=~", "!~":
		return c.Op + strconv.Quote(c.Arg)
	case "unique":
		return "list.UniqueItems()"
	case "timeFormat":
		return "time.Format(" + strconv.Quote(c.Arg) + ")"
	case "prefix", "suffix", "contains":
		return map[string]string{"prefix": "strings.HasPrefix(", "suffix": "strings.HasSuffix(", "contains": "strings.Contains("}[c.Op] + strconv.Quote(c.Arg) + ")"
	}
	if call, ok := map[string]string{"minRunes": "strings.MinRunes", "maxRunes": "strings.MaxRunes", "minItems": "list.MinItems", "maxItems": "list.MaxItems",
		"minFields": "struct.MinFields", "maxFields": "struct.MaxFields", "multipleOf": "math.MultipleOf"}[c.Op]; ok {
		return call + "(" + c.Arg + ")"
	}
	return c.Op + c.Arg
}
