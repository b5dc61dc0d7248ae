package compat

import (
	"slices"
	"strconv"
	"strings"

	"ironstar.dev/internal/shape"
)

// change is one difference between two shapes.
type change struct {
	rule string
	path string // "lines[].qty"; "" for the payload itself
	op   string // the constraint that changed, to find its position; may be empty
	was  string // in English or CUE
	is   string
}

// diff lists the differences between two shapes. If no difference needs a new
// version, every value of the old shape is a value of the new one.
func diff(old, now *shape.Type) []change {
	d := &differ{}
	d.typ("", old, now)
	return d.changes
}

type differ struct{ changes []change }

func (d *differ) add(rule, path, op, was, is string) {
	d.changes = append(d.changes, change{rule, path, op, was, is})
}

// text lists the kinds that are strings in JSON.
var text = []string{"string", "time", "date", "decimal", "uuid", "duration", "bytes"}

func (d *differ) typ(path string, old, now *shape.Type) {
	if old.Kind != now.Kind || old.Of != now.Of || old.Up != now.Up {
		rule := "field-type"
		if slices.Contains(text, old.Kind) && slices.Contains(text, now.Kind) {
			rule = "encoding-changed"
		}
		d.add(rule, path, "", word(old), word(now))
		return
	}
	old, now = possible(old), possible(now)
	d.checks(path, old, now)
	switch old.Kind {
	case "enum":
		d.values(path, old.Values, now.Values)
	case "struct":
		d.fields(path, old.Fields, now.Fields)
	case "sum":
		d.arms(path, old, now)
	case "list":
		d.typ(path+"[]", old.Elem, now.Elem)
	case "map":
		d.typ(path+"{key}", key(old), key(now))
		d.typ(path+"{}", old.Elem, now.Elem)
	}
}

// possible returns an enum without the values that its constraints exclude, and
// without those constraints: (1 | 2 | 3) & !=2 becomes 1 | 3.
func possible(t *shape.Type) *shape.Type {
	if t.Kind != "enum" {
		return t
	}
	l := constraints(t)
	out := *t
	out.Values = slices.DeleteFunc(slices.Clone(t.Values), func(v string) bool {
		if t.Of == "string" {
			v = encode(v)
		}
		return l.excludes(v)
	})
	out.Checks = slices.DeleteFunc(slices.Clone(t.Checks), func(c shape.Check) bool {
		return slices.Contains([]string{"!=", "<", "<=", ">", ">="}, c.Op)
	})
	return &out
}

// key returns the type of a map's keys.
func key(t *shape.Type) *shape.Type {
	if t.Key == nil {
		return &shape.Type{Kind: "string"}
	}
	return t.Key
}

// word describes a type in a few words.
func word(t *shape.Type) string {
	switch t.Kind {
	case "enum":
		return "enum of " + t.Of + "s"
	case "sum":
		return "union"
	case "list":
		return "list of " + word(t.Elem)
	case "map":
		return "map of " + word(t.Elem)
	case "up":
		return "reference to a type " + strconv.Itoa(t.Up) + " levels out"
	}
	return t.Kind
}

func (d *differ) values(path string, old, now []string) {
	for _, v := range old {
		if !slices.Contains(now, v) {
			d.add("enum-narrowed", path, "", v, "")
		}
	}
	for _, v := range now {
		if !slices.Contains(old, v) {
			d.add("enum-widened", path, "", "", v)
		}
	}
}

func (d *differ) arms(path string, old, now *shape.Type) {
	if old.Tag != now.Tag {
		d.add("tag-changed", path, "", old.Tag, now.Tag)
		return
	}
	arm := func(t *shape.Type, value string) int {
		return slices.IndexFunc(t.Arms, func(a shape.Arm) bool { return a.Value == value })
	}
	for _, a := range old.Arms {
		if i := arm(now, a.Value); i >= 0 {
			d.fields(path+"("+a.Value+")", a.Fields, now.Arms[i].Fields)
		} else {
			d.add("arm-removed", path, "", a.Value, "")
		}
	}
	for _, a := range now.Arms {
		if arm(old, a.Value) < 0 {
			d.add("arm-added", path, "", "", a.Value)
		}
	}
}

func (d *differ) fields(path string, old, now []shape.Field) {
	var gone, come []shape.Field
	for _, f := range old {
		if g, ok := field(now, f.Name); ok {
			d.field(join(path, f.Name), f, g)
		} else {
			gone = append(gone, f)
		}
	}
	for _, f := range now {
		if _, ok := field(old, f.Name); !ok {
			come = append(come, f)
		}
	}
	for _, f := range gone {
		if i := renamed(f, gone, come); i >= 0 {
			d.add("field-renamed", join(path, come[i].Name), "", f.Name, come[i].Name)
			come = slices.Delete(come, i, i+1)
			continue
		}
		d.add("field-removed", join(path, f.Name), "", fieldWord(f), "")
	}
	for _, f := range come {
		d.add("field-added", join(path, f.Name), "", "", fieldWord(f))
	}
}

// renamed returns the index of the field that another was probably renamed to:
// the only new field of its type, if only one field of that type is gone. It
// returns -1 if there is none.
func renamed(f shape.Field, gone, come []shape.Field) int {
	same := func(g shape.Field) bool { return fieldShape(f) == fieldShape(g) }
	if len(slices.DeleteFunc(slices.Clone(gone), func(g shape.Field) bool { return !same(g) })) != 1 ||
		len(slices.DeleteFunc(slices.Clone(come), func(g shape.Field) bool { return !same(g) })) != 1 {
		return -1
	}
	return slices.IndexFunc(come, same)
}

func fieldShape(f shape.Field) string {
	f.Name = ""
	return encode(f)
}

func field(fields []shape.Field, name string) (shape.Field, bool) {
	i := slices.IndexFunc(fields, func(f shape.Field) bool { return f.Name == name })
	if i < 0 {
		return shape.Field{}, false
	}
	return fields[i], true
}

// join appends a field's name to a path.
func join(path, name string) string { return strings.TrimPrefix(path+"."+name, ".") }

func fieldWord(f shape.Field) string {
	if f.Const != "" {
		return f.Const
	}
	return word(f.Type)
}

func (d *differ) field(path string, old, now shape.Field) {
	if old.Const != "" || now.Const != "" {
		if old.Const != now.Const {
			d.add("constant-changed", path, "", fieldWord(old), fieldWord(now))
		}
		return
	}
	switch {
	case old.Optional && !now.Optional && now.Default == "":
		d.add("field-required", path, "", "optional", "required")
	case !old.Optional && now.Optional && old.Default == "":
		d.add("field-optional", path, "", "required", "optional")
	}
	switch {
	case old.Default == now.Default:
	case old.Default == "":
		d.add("default-added", path, "", "none", now.Default)
	case now.Default == "":
		d.add("default-removed", path, "", old.Default, "none")
	default:
		d.add("default-changed", path, "", old.Default, now.Default)
	}
	d.typ(path, old.Type, now.Type)
}
