package cueload_test

import (
	"fmt"
	"strconv"
	"strings"

	"ironstar.dev/internal/model"
)

// dump writes a model as text that people can check and that gives readable
// diffs.
func dump(s *model.Schema) string {
	d := &dumper{seen: map[*model.Named]bool{}}
	for _, p := range s.Packages {
		d.pkg(p)
	}
	return d.b.String()
}

type dumper struct {
	b      strings.Builder
	indent string
	seen   map[*model.Named]bool
}

func (d *dumper) line(format string, args ...any) {
	fmt.Fprintf(&d.b, "%s%s\n", d.indent, strings.TrimRight(fmt.Sprintf(format, args...), " "))
}

func (d *dumper) in(f func()) {
	old := d.indent
	d.indent += "  "
	f()
	d.indent = old
}

func (d *dumper) doc(text string) {
	if text != "" {
		for l := range strings.SplitSeq(text, "\n") {
			d.line("// %s", l)
		}
	}
}

func (d *dumper) pkg(p *model.Package) {
	d.doc(p.Doc)
	d.line("package %s %q in %s: %s", p.Name, p.Path, p.Dir, strings.Join(p.Files, " "))
	d.in(func() {
		for _, t := range p.Types {
			d.doc(t.Doc)
			d.line("type %s go %s ts %s at %s%s", t.Name, t.GoName, t.TSName, at(t.Pos), message(t.Message))
			d.in(func() { d.typ(t.Type) })
		}
		for _, a := range p.Aggregates {
			d.aggregate(a)
		}
		for _, v := range p.Views {
			d.view(v)
		}
		for _, p := range p.Processes {
			d.process(p)
		}
		for _, q := range p.Queries {
			d.query(q)
		}
		for _, s := range p.Signals {
			d.doc(s.Doc)
			d.line("signals %s at %s", s.Name, at(s.Pos))
			d.in(func() { d.payload(s.Payload) })
		}
	})
}

func (d *dumper) aggregate(a *model.Aggregate) {
	d.doc(a.Doc)
	d.line("aggregate %s at %s", a.Name, at(a.Pos))
	d.in(func() {
		if a.ID != nil {
			d.line("id")
			d.in(func() { d.typ(a.ID) })
		}
		d.line("state")
		d.in(func() { d.typ(a.State) })
		for _, c := range a.Commands {
			d.doc(c.Doc)
			d.line("command %s%s at %s", c.Name, when(c.Internal, " internal")+within(c.In), at(c.Pos))
			d.in(func() { d.payload(c.Payload) })
		}
		for _, e := range a.Events {
			d.doc(e.Doc)
			d.line("event %s%s at %s", e.Name, when(e.Final, " final")+within(e.In)+leadingTo(e.To), at(e.Pos))
			d.versions(e.Versions)
		}
		for _, e := range a.Retired {
			d.doc(e.Doc)
			d.line("retired %s%s at %s", e.Name, when(e.Hand != "", " by "+e.Hand), at(e.Pos))
			d.versions(e.Versions)
			d.in(func() {
				for _, p := range e.Becomes {
					name := ""
					if p.Event != nil {
						name = p.Event.Name
					} else {
						name = "retired " + p.Retired.Name
					}
					d.line("becomes %s v%d at %s", name, p.Version, at(p.Pos))
					d.in(func() { d.upcast(p.Upcast) })
				}
			})
		}
		for _, u := range a.Unique {
			d.doc(u.Doc)
			d.line("unique %s as %s at %s: refusal %s", u.Name, u.As, at(u.Pos), u.Refusal.Name)
			for _, t := range u.Take {
				for _, f := range t.Fields {
					d.line("  take %s %s", t.Event.Name, f.Name)
				}
			}
			for _, e := range u.Give {
				d.line("  give %s", e.Name)
			}
		}
		for _, f := range a.Refusals {
			d.doc(f.Doc)
			d.line("refusal %s at %s%s", f.Name, at(f.Pos), message(f.Message))
			d.in(func() { d.payload(f.Payload) })
		}
	})
}

func (d *dumper) view(v *model.View) {
	d.doc(v.Doc)
	d.line("view %s %s key %s at %s", v.Name, v.Scope, v.Key, at(v.Pos))
	d.in(func() {
		if v.MustExist {
			d.line("must exist")
		}
		if v.Of != nil {
			d.line("of %s", v.Of.Name)
		}
		for _, s := range v.On {
			var names []string
			for _, e := range s.Events {
				names = append(names, e.Name)
			}
			d.line("on %s: %s", s.Aggregate.Name, strings.Join(names, " "))
		}
		if v.Param != nil {
			d.line("param")
			d.in(func() { d.payload(v.Param) })
		}
		if v.List != nil {
			d.list(v.List)
			return
		}
		if v.Shows != nil {
			for _, s := range v.Shows {
				d.line("shows %s go %s is %s at %s", s.Name, s.GoName, s.Query.Name, at(s.Pos))
			}
			return
		}
		d.line("state")
		d.in(func() { d.typ(v.State) })
	})
}

func (d *dumper) process(p *model.Process) {
	d.doc(p.Doc)
	d.line("process %s key %s start %s at %s", p.Name, p.Key, p.Start, at(p.Pos))
	d.in(func() {
		for _, former := range p.Was {
			d.line("was %s", former)
		}
		for _, s := range p.On {
			for _, e := range s.Events {
				d.line("on %s.%s", s.Aggregate.Name, e.Name)
			}
		}
		for _, s := range p.Sends {
			for _, c := range s.Commands {
				d.line("sends %s.%s", s.Aggregate.Name, c.Name)
			}
		}
		for _, c := range p.Refused {
			d.line("refused %s.%s", c.Aggregate.Name, c.Command.Name)
		}
		for _, f := range p.Ignore {
			d.line("ignore %s.%s", f.Aggregate.Name, f.Refusal.Name)
		}
		for _, t := range p.Timers {
			d.doc(t.Doc)
			d.line("timer %s at %s", t.Name, at(t.Pos))
			d.in(func() { d.payload(t.Payload) })
		}
		for _, e := range p.Effects {
			d.doc(e.Doc)
			d.line("effect %s within %s%s%s at %s", e.Name, e.Within, end(" done ", e.Done), end(" failed ", e.Failed), at(e.Pos))
			d.in(func() { d.payload(e.Payload) })
		}
		if p.State != nil {
			d.line("state")
			d.in(func() { d.typ(p.State) })
		}
	})
}

func end(which string, c *model.CommandOf) string {
	if c == nil {
		return ""
	}
	return which + c.Aggregate.Name + "." + c.Command.Name
}

func (d *dumper) list(l *model.ListView) {
	for _, c := range l.Cases {
		d.line("case %s", c.GoName)
	}
	for _, c := range l.Where {
		var values []string
		for _, v := range c.Values {
			values = append(values, fmt.Sprintf("%s %q", kinds[v.Kind], v.Text))
		}
		d.line("where %s: %s", strings.Join(c.Path, "."), strings.Join(values, " "))
	}
	for _, c := range l.Columns {
		d.line("column %s is %s", strings.Join(c.Path, "."), c.Field.Name)
	}
	for _, f := range l.Filters {
		d.line("filter %s %s", f.Field.Name, f.Kind)
	}
	for _, s := range l.Sorts {
		d.line("sort %s, %s", s.Up, s.Down)
	}
	d.line("sizes %v", l.Sizes)
	d.line("row")
	d.in(func() { d.payload(l.Row) })
	if l.More != nil {
		d.line("more")
		d.in(func() { d.payload(l.More) })
	}
}

func (d *dumper) payload(n *model.Named) {
	d.doc(n.Doc)
	d.line("go %s ts %s", n.GoName, n.TSName)
	d.typ(n.Type)
}

func (d *dumper) typ(t *model.Type) {
	d.line("%s%s", kinds[t.Kind], refName(t))
	d.in(func() {
		for _, c := range t.Checks {
			d.line("check %s", check(c))
		}
		for _, f := range t.Fields {
			d.field(f)
		}
		for _, c := range t.Values {
			d.doc(c.Doc)
			d.line("value %s %q go %s", kinds[c.Kind], c.Text, c.GoName)
		}
		if t.Kind == model.Sum {
			d.line("told apart by %s", t.Tag)
		}
		for _, a := range t.Arms {
			d.line("arm %s", a.GoName)
			d.inline(a)
		}
		if t.Key != nil {
			d.line("key")
			d.in(func() { d.typ(t.Key) })
		}
		if t.Elem != nil {
			d.line("of")
			d.in(func() { d.typ(t.Elem) })
		}
		if t.Kind == model.Ref {
			d.inline(t.Named)
		}
	})
}

func (d *dumper) inline(n *model.Named) {
	if !n.Inline || d.seen[n] {
		return
	}
	d.seen[n] = true
	d.in(func() {
		d.doc(n.Doc)
		d.line("inline %s ts %s", n.GoName, n.TSName)
		d.typ(n.Type)
	})
}

func (d *dumper) field(f *model.Field) {
	d.doc(f.Doc)
	var more strings.Builder
	more.WriteString(when(f.Optional, " optional") + when(f.Secret, " secret") + when(f.Trim, " trim"))
	if f.Reads != nil {
		more.WriteString(" reads " + f.Reads.Name + within(f.ReadsIn))
	}
	if f.Inject != "" {
		more.WriteString(" inject " + string(f.Inject))
	}
	if f.Default != nil {
		fmt.Fprintf(&more, " default %s %s", kinds[f.Default.Kind], f.Default.JSON)
		if f.Default.GoName != "" {
			more.WriteString(" go " + f.Default.GoName)
		}
	}
	if f.Label != "" {
		more.WriteString(" in CUE " + f.Label)
	}
	if f.Const != nil {
		d.line("field %s = %s %q%s at %s", f.Name, kinds[f.Const.Kind], f.Const.Text, more.String(), at(f.Pos))
		return
	}
	d.line("field %s go %s%s at %s%s", f.Name, f.GoName, more.String(), at(f.Pos), message(f.Message))
	d.in(func() { d.typ(f.Type) })
}

func at(p model.Pos) string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col) }

func when(is bool, text string) string {
	if is {
		return text
	}
	return ""
}

func refName(t *model.Type) string {
	if t.Kind != model.Ref {
		return ""
	}
	return " " + t.Named.Package.Name + "." + t.Named.GoName
}

func check(c model.Check) string {
	s := ops[c.Op]
	switch c.Op {
	case model.NotEqual:
		s += fmt.Sprintf(" %s %q", kinds[c.Value.Kind], c.Value.Text)
	case model.MinRunes, model.MaxRunes, model.MinItems, model.MaxItems, model.MinFields, model.MaxFields, model.Digits:
		s += fmt.Sprintf(" %d", c.Count)
	case model.UniqueItems:
	default:
		if c.Num != "" {
			s += " " + c.Num
		} else {
			s += fmt.Sprintf(" %q", c.Text)
		}
	}
	return s + " at " + at(c.Pos)
}

var kinds = map[model.Kind]string{
	model.String: "string", model.Int: "int", model.Number: "number", model.Bool: "bool", model.Time: "time", model.Date: "date",
	model.Decimal: "decimal", model.UUID: "uuid", model.Duration: "duration", model.Bytes: "bytes", model.Enum: "enum", model.Struct: "struct", model.Sum: "sum", model.List: "list",
	model.Map: "map", model.Ref: "ref",
}

var ops = map[model.Op]string{
	model.Greater: ">", model.GreaterOrEqual: ">=", model.Less: "<", model.LessOrEqual: "<=", model.NotEqual: "!=", model.Match: "=~",
	model.NotMatch: "!~", model.MinRunes: "minRunes", model.MaxRunes: "maxRunes", model.MinItems: "minItems", model.MaxItems: "maxItems",
	model.UniqueItems: "uniqueItems", model.MinFields: "minFields", model.MaxFields: "maxFields", model.TimeFormat: "timeFormat",
	model.MultipleOf: "multipleOf", model.HasPrefix: "hasPrefix", model.HasSuffix: "hasSuffix", model.Contains: "contains", model.Digits: "digits",
}

func (d *dumper) versions(versions []*model.EventVersion) {
	for _, v := range versions {
		d.in(func() {
			d.line("v%d at %s", v.Version, at(v.Pos))
			d.in(func() {
				d.payload(v.Payload)
				d.upcast(v.Upcast)
			})
		})
	}
}

func (d *dumper) upcast(u *model.Upcast) {
	switch {
	case u == nil:
	case u.Hand != "":
		d.line("made by %s", u.Hand)
	default:
		d.line("made of %s", u.From.GoName)
		d.in(func() { d.parts(u.Make.Parts) })
	}
}

func (d *dumper) parts(parts []*model.FieldExpr) {
	for _, p := range parts {
		text := ""
		if p.When != nil {
			text = " when " + expr(p.When)
		}
		if p.If != nil {
			text = " if " + expr(p.If)
		}
		d.line("%s%s: %s%s", p.Field.Name, when(p.Unchanged, " kept"), expr(p.Value), text)
	}
}

// expr writes an expression in the notation of the tests.
func expr(e *model.Expr) string {
	var args []string
	for _, a := range e.Args {
		args = append(args, expr(a))
	}
	for _, p := range e.Parts {
		text := p.Field.Name + ": " + expr(p.Value)
		if p.When != nil {
			text += " when " + expr(p.When)
		}
		if p.If != nil {
			text += " if " + expr(p.If)
		}
		args = append(args, text)
	}
	for _, x := range e.Entries {
		args = append(args, strconv.Quote(x.Key)+": "+expr(x.Value))
	}
	inner := strings.Join(args, ", ")
	switch e.Op {
	case model.Old, model.Variable:
		return e.Name
	case model.Select:
		return inner + "." + e.Field.Name + when(e.Sure, "!")
	case model.Literal:
		return e.Value.JSON
	case model.Hand:
		return e.Name + "()"
	}
	names := [...]string{model.Lookup: "lookup", model.MakeStruct: "struct", model.MakeList: "list", model.MakeMap: "map", model.Convert: "convert",
		model.Join: "join", model.Text: "text", model.Table: "table", model.Index: "index", model.Length: "len", model.Arithmetic: "",
		model.Call: "", model.Each: "each ", model.Cases: "cases ", model.Else: "else",
		model.Compare: "compare ", model.Logic: "logic ", model.Present: "present", model.IsCase: "iscase ", model.AsCase: "ascase ",
		model.TagOf: "tagof", model.Choose: "choose"}
	return names[e.Op] + e.Name + when(e.Sure, "!") + "(" + inner + ")"
}

// message writes a message with its fields in braces.
func message(m *model.Message) string {
	if m == nil {
		return ""
	}
	return " says " + strconv.Quote(m.InSchema())
}

// within shows the cases of an @in.
func within(in *model.In) string {
	if in == nil {
		return ""
	}
	text := " in"
	for _, n := range in.Cases {
		text += " " + n.GoName
	}
	if in.Else != nil {
		text += " else " + in.Else.Name
	}
	return text
}

func leadingTo(to *model.Named) string {
	if to == nil {
		return ""
	}
	return " to " + to.GoName
}
