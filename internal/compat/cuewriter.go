package compat

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
	"ironstar.dev/internal/shape"
)

// cueWriter writes payloads as CUE that people paste. It refers to definitions
// that have not changed. It writes other types inline, or as new definitions
// where CUE does not allow them inline.
type cueWriter struct {
	name  string   // of the payload, for names of definitions: "AddedV1"
	defs  []string // "#AddedV1Payment: …"
	stack []string // definitions that are being written; "" for an inline type
	pkg   *model.Package

	imports map[string]string // packages of the schema that are referred to: name to path
}

// payload returns the fields of a struct, one line each, without braces.
func (w *cueWriter) payload(s *shape.Type, n *model.Named) []string {
	var now *model.Type
	if n != nil {
		now = n.Type
	}
	w.stack = append(w.stack, "")
	w.imports = map[string]string{}
	w.foreign(now, map[*model.Named]bool{})
	return w.fields(s.Fields, fieldsOf(now), w.name)
}

// foreign records the other packages that a type refers to.
func (w *cueWriter) foreign(t *model.Type, seen map[*model.Named]bool) {
	if t == nil {
		return
	}
	named := slices.Clone(t.Arms)
	if t.Named != nil {
		named = append(named, t.Named)
	}
	for _, n := range named {
		if seen[n] {
			continue
		}
		seen[n] = true
		if p := n.Package; p != nil && w.pkg != nil && p != w.pkg {
			w.imports[p.Name] = importPath(p)
		}
		w.foreign(n.Type, seen)
	}
	w.foreign(t.Elem, seen)
	w.foreign(t.Key, seen)
	for _, f := range t.Fields {
		w.foreign(f.Type, seen)
	}
}

// importPath returns the text that imports a package.
func importPath(p *model.Package) string {
	if path.Base(p.Path) != p.Name {
		return p.Path + ":" + p.Name
	}
	return p.Path
}

// label returns a field's name. It quotes a name that would hide a package.
func (w *cueWriter) label(name string) string {
	if w.imports[name] != "" {
		return strconv.Quote(name)
	}
	return label(name)
}

var (
	quoted  = regexp.MustCompile(`"(\\.|[^"\\])*"`)
	builtin = regexp.MustCompile(`\b(list|math|strings|struct|time)\.[A-Z]`)
)

// importsOf lists the imports that a pasted text needs.
func importsOf(text string, known map[string]string) string {
	text = quoted.ReplaceAllString(text, "")
	var all []string
	if strings.Contains(text, "schema.#") {
		all = append(all, "ironstar.dev/schema")
	}
	for _, m := range builtin.FindAllStringSubmatch(text, -1) {
		all = append(all, m[1])
	}
	for name, path := range known {
		if regexp.MustCompile(`\b` + name + `\.#`).MatchString(text) {
			all = append(all, path)
		}
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), " ")
}

func fieldsOf(t *model.Type) []*model.Field {
	if t == nil {
		return nil
	}
	return t.Fields
}

func (w *cueWriter) fields(fields []shape.Field, now []*model.Field, name string) []string {
	var lines []string
	for _, f := range labelled(inOrder(fields, now), now, name == w.name) {
		var typ *model.Type
		if i := slices.IndexFunc(now, func(g *model.Field) bool { return g.Name == f.Name }); i >= 0 {
			typ = now[i].Type
		}
		lines = append(lines, w.label(inCUE(f))+mark(f)+": "+w.field(f, typ, name+title(f.Name))+w.valueNames(f.Type, typ)+jsonName(f)+w.secret(f.Name, now))
	}
	return lines
}

// valueNames returns attributes for values of an inline enum. Values that would
// have the same Go name get different names.
func (w *cueWriter) valueNames(t *shape.Type, now *model.Type) string {
	for t != nil && (t.Kind == "list" || t.Kind == "map") {
		if t = t.Elem; now != nil {
			now = resolve(now).Elem
		}
	}
	if t == nil || t.Kind != "enum" || t.Of != "string" || w.reference(t, now) != "" {
		return ""
	}
	var b strings.Builder
	for _, a := range naming.ValueAttributes(possible(t).Values) {
		b.WriteString(" " + a)
	}
	return b.String()
}

// inOrder sorts fields in the order of the schema. Fields that the schema does
// not have come last.
func inOrder(fields []shape.Field, now []*model.Field) []shape.Field {
	index := func(f shape.Field) int {
		if i := slices.IndexFunc(now, func(g *model.Field) bool { return g.Name == f.Name }); i >= 0 {
			return i
		}
		return len(now)
	}
	fields = slices.Clone(fields)
	slices.SortStableFunc(fields, func(a, b shape.Field) int { return index(a) - index(b) })
	return fields
}

// label quotes a name if it is not an identifier, or if other fields could refer
// to it by mistake where they mean a type or package. No expression can refer to
// a quoted label.
func label(name string) string {
	if !isIdentifier(name) || slices.Contains(hiding, name) {
		return strconv.Quote(name)
	}
	return name
}

// isIdentifier reports whether a name needs no quotes.
func isIdentifier(name string) bool {
	for i, r := range name {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return name != "" && name[0] != '_'
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
	case f.Default != "" && f.Type.Kind == "struct": // the default of a named struct is written next to its name
		typ := w.reference(f.Type, now)
		if typ == "" {
			typ = w.defined(f.Type, now, name)
		}
		return "*" + f.Default + " | " + typ
	case f.Default != "":
		rest := strings.Split(parenthesized(w.typ(f.Type, now, name)), " | ")
		rest = slices.DeleteFunc(rest, func(v string) bool { return v == f.Default })
		return "*" + f.Default + " | " + strings.Join(rest, " | ")
	}
	return w.typ(f.Type, now, name)
}

// parenthesized puts a type with constraints into brackets, so that it can be an
// operand of |.
func parenthesized(s string) string {
	if strings.Contains(s, " & ") && !strings.HasPrefix(s, "{") {
		return "(" + s + ")"
	}
	return s
}

// typ returns a type as CUE. name is the name for the definition if the type
// needs one.
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
	case "decimal":
		if len(t.Checks) > 0 { // an attribute belongs to a definition or a field
			return w.defined(t, now, name)
		}
	case "enum":
		t = possible(t)
		return with(strings.Join(enumValues(t, now), " | "), t.Checks)
	}
	return with(scalarNames[t.Kind], t.Checks)
}

var scalarNames = map[string]string{
	"string": "string", "int": "int", "number": "number", "bool": "bool", "time": "schema.#Time",
	"date": "schema.#Date", "decimal": "schema.#Decimal", "uuid": "schema.#UUID", "duration": "schema.#Duration", "bytes": "schema.#Bytes",
}

// enumValues lists the values, first those of the schema, in its order.
func enumValues(t *shape.Type, now *model.Type) []string {
	index := func(v string) int { return 0 }
	if now != nil {
		index = func(v string) int {
			i := slices.IndexFunc(now.Values, func(c model.Const) bool { return c.Text == v })
			if i < 0 {
				return len(now.Values)
			}
			return i
		}
	}
	values := slices.Clone(t.Values)
	slices.SortStableFunc(values, func(a, b string) int { return index(a) - index(b) })
	for i, v := range values {
		if t.Of == "string" {
			values[i] = strconv.Quote(v)
		}
	}
	return values
}

// reference returns the current definition if its shape is unchanged. For a
// field that is gone it returns the only definition with that shape.
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
	if t.Kind == "decimal" && len(now.Checks) > 0 {
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

// declared returns the only definition of the package that has this shape. It
// returns "" for plain types such as string or int.
func (w *cueWriter) declared(t *shape.Type) string {
	if w.pkg == nil || len(t.Checks) == 0 && scalarNames[t.Kind] != "" {
		return ""
	}
	found := ""
	for _, n := range w.pkg.Types {
		if !n.Inline && n.Package == w.pkg && shape.Of(n.Type).String() == t.String() {
			if found != "" {
				return "" // two definitions have this shape
			}
			found = "#" + n.Name
		}
	}
	return found
}

// nested reports whether a definition is being written. Types in it may refer to
// it. The shapes of such types differ inside and outside the definition.
func (w *cueWriter) nested() bool {
	return slices.ContainsFunc(w.stack, func(s string) bool { return s != "" })
}

func (w *cueWriter) composite(t *shape.Type, now *model.Type, name string) string {
	if t.Kind != "sum" && !isTarget(t) {
		w.stack = append(w.stack, "")
		defer func() { w.stack = w.stack[:len(w.stack)-1] }()
		return w.body(t, now, name)
	}
	return w.defined(t, now, name)
}

// defined writes a type as a definition and returns its name.
func (w *cueWriter) defined(t *shape.Type, now *model.Type, name string) string {
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
	case "decimal":
		return scalarNames[t.Kind] + " " + decimalBounds(t.Checks)
	case "sum":
		var arms []string
		for _, a := range armsInOrder(t.Arms, now) {
			arms = append(arms, w.arm(a, now, name+title(a.Value)))
		}
		return strings.Join(arms, " | ")
	}
	return braced(w.fields(t.Fields, now.Fields, name))
}

// decimalBounds writes the constraints of a decimal as an attribute.
func decimalBounds(checks []shape.Check) string {
	var all []string
	for _, as := range [...]struct{ op, name string }{{">=", "min"}, {">", "above"}, {"<=", "max"}, {"<", "below"}, {"digits", "digits"}} {
		for _, c := range checks {
			if c.Op != as.op {
				continue
			}
			if as.op != "digits" {
				c.Arg = strconv.Quote(c.Arg)
			}
			all = append(all, as.name+"="+c.Arg)
		}
	}
	return "@decimal(" + strings.Join(all, ", ") + ")"
}

// armsInOrder sorts the cases of a union in the order of the schema.
func armsInOrder(arms []shape.Arm, now *model.Type) []shape.Arm {
	index := func(a shape.Arm) int {
		if i := slices.IndexFunc(now.Arms, func(n *model.Named) bool { return tagOf(now, n) == a.Value }); i >= 0 {
			return i
		}
		return len(now.Arms)
	}
	arms = slices.Clone(arms)
	slices.SortStableFunc(arms, func(a, b shape.Arm) int { return index(a) - index(b) })
	return arms
}

// arm returns the name of the definition for a case of a union: the current
// definition if that is unchanged, otherwise a new one. The schema language
// requires a definition for each case.
func (w *cueWriter) arm(a shape.Arm, now *model.Type, name string) string {
	var fields []*model.Field
	for _, n := range now.Arms {
		if tagOf(now, n) != a.Value {
			continue
		}
		was := &shape.Type{Kind: "struct", Fields: a.Fields}
		if !n.Inline && n.Package == w.pkg && closed(was) && shape.Of(n.Type).String() == was.String() {
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

// isTarget reports whether something inside a type refers to it.
func isTarget(t *shape.Type) bool { return refersUp(t, 0) }

func refersUp(t *shape.Type, depth int) bool {
	return refers(t, depth, func(up, depth int) bool { return up == depth })
}

// closed reports whether nothing in a type refers to a type around it.
func closed(t *shape.Type) bool {
	return !refers(t, 0, func(up, depth int) bool { return up > depth })
}

// refers reports whether a type refers to a type around it for which wanted
// returns true.
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

// with returns a type with its constraints.
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
	case "digits":
		return "digits=" + c.Arg
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
	if c.Op == "<" && strings.HasPrefix(c.Arg, "-") {
		return "<(" + c.Arg + ")" // CUE would read <- as another token, and cue fmt removes a blank
	}
	return c.Op + c.Arg
}
