package main

import (
	"bytes"
	"fmt"
	"strings"
	"text/tabwriter"

	"ironstar.dev/internal/compat"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// explanation is the page that explain prints about one entry.
type explanation struct {
	bytes.Buffer
	*session
	project *project
	schema  *model.Schema
	lock    *compat.Lock
	entry   *entry
}

func (d *explanation) write() {
	e := d.entry
	fmt.Fprintf(d, "%s %s\n", e.kind, e.path)
	if doc := strings.TrimSpace(e.doc()); doc != "" {
		fmt.Fprintf(d, "\n  %s\n", strings.ReplaceAll(doc, "\n", "\n  "))
	}
	d.WriteString("\n")
	pos := d.movePos(d.project, e.pos())
	d.line("schema", "%s:%d:%d", pos.File, pos.Line, pos.Col)
	switch {
	case e.view != nil:
		d.view(e.view)
	case e.query != nil:
		d.query(e.query)
	case e.kind == "process":
		d.process(e.process)
	case e.kind == "aggregate":
		d.aggregate(e.aggregate)
	default:
		d.payload(e)
	}
	d.users()
	label := "if changed"
	for _, l := range d.impact() {
		d.line(label, "%s", l)
		label = ""
	}
}

// line prints a labelled line, or nothing if the text is empty.
func (d *explanation) line(label, format string, args ...any) {
	if text := fmt.Sprintf(format, args...); text != "" {
		fmt.Fprintf(d, "  %-11s %s\n", label, text)
	}
}

// names prints the names of a type in Go and TypeScript.
func (d *explanation) names(n *model.Named) {
	switch n.Type.Kind {
	case model.Struct, model.Sum, model.Enum:
		d.line("Go", "%s.%s", d.entry.pkg.Name, n.GoName)
		if n.TSName != "" {
			d.line("TypeScript", "%s in %s", n.TSName, tsFile(d.entry.pkg))
		}
	default:
		d.line("Go", "%s", goType(n.Type, d.entry.pkg))
		d.line("TypeScript", "%s", jsonType(n.Type))
	}
}

func (d *explanation) payload(e *entry) {
	d.names(e.named)
	p := d.historyOf()
	switch {
	case e.event != nil:
		d.line("versions", "%s", versionLine(p))
		if e.event.Final {
			d.line("final", "it is the last event of its stream")
		}
		if in := e.event.In; in != nil {
			d.line("changes", "the state %s only", casesOf(e.aggregate, in))
		}
		if to := e.event.To; to != nil {
			d.line("leads to", "the state %s, by generated code", casesOf(e.aggregate, &model.In{Cases: []*model.Named{to}}))
		} else {
			d.line("folded by", "Evolve%s of your %s", e.event.Name, e.aggregate.Name)
		}
	case e.retired != nil:
		d.line("versions", "%s", versionLine(p))
		d.line("retired", "old events are read, and no new ones are written")
		d.writeHistory(p)
		return
	case e.command != nil:
		d.line("decided by", "Decide%s of your %s", e.command.Name, e.aggregate.Name)
		if e.command.Internal {
			d.line("internal", "only processes and Go code give it")
		}
		if in := e.command.In; in != nil {
			d.line("in", "the state %s; otherwise it is refused: %s", casesOf(e.aggregate, in), in.Else.Name)
		}
	case e.timer != nil:
		d.line("set by", "%s.%s; there is one for each key", e.pkg.Name, naming.SetTimer(e.process, e.timer))
		d.line("due in", "Due%s of your %s", e.timer.Name, e.process.Name)
	case e.effect != nil:
		d.effect(e.effect)
	}
	d.line("says", "%s", e.says())
	d.shape(e.named.Type)
	d.line("JSON", "%s", example(e.named.Type, nil))
	read := d.reads()
	label := "read in"
	for _, f := range e.named.Type.Fields {
		if at := read.fields[f.GoName]; len(at) > 0 {
			d.line(label, "%s: %s", f.Name, strings.Join(at, ", "))
			label = ""
		}
	}
	if len(read.whole) > 0 {
		d.line(label, "all of it: %s", strings.Join(read.whole, ", "))
	}
	d.writeHistory(p)
	if len(p.Versions) > 1 {
		d.WriteString("\n")
	}
}

// shape prints the parts of a type.
func (d *explanation) shape(t *model.Type) {
	switch t.Kind {
	case model.Struct:
		d.fields(t.Fields)
	case model.Sum:
		var arms []string
		for _, a := range t.Arms {
			arms = append(arms, a.Name)
		}
		d.line("one of", "%s; %s selects the case", list(arms, "or"), t.Tag)
	default:
		for _, r := range rulesOf(t) {
			d.line("rule", "%s", r)
		}
	}
}

func (d *explanation) fields(fields []*model.Field) {
	if len(fields) == 0 {
		d.line("fields", "none")
		return
	}
	d.WriteString("\n")
	w := tabwriter.NewWriter(d, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "  field\tGo\tTypeScript\t")
	for _, f := range fields {
		goName, ts := "", ""
		if f.Type != nil {
			goName, ts = f.GoName+" "+goType(f.Type, d.entry.pkg), jsonType(f.Type)
		}
		if f.Const != nil {
			goName, ts = "", literal(f.Const)
		}
		mark := ""
		if f.Optional {
			mark = "?"
		}
		fmt.Fprintf(w, "  %s%s\t%s\t%s\t%s\n", f.Name, mark, goName, ts, fieldRules(f))
	}
	w.Flush() // writing to a buffer does not fail
	trimmed := trimLines(d.Bytes())
	d.Reset()
	d.Write(trimmed)
	d.WriteString("\n")
}

// trimLines removes white space at the ends of lines.
func trimLines(b []byte) []byte {
	var out bytes.Buffer
	for line := range bytes.Lines(b) {
		out.Write(bytes.TrimRight(line, " \n"))
		out.WriteByte('\n')
	}
	return out.Bytes()
}

func (d *explanation) aggregate(a *model.Aggregate) {
	pkg := d.entry.pkg.Name
	d.line("Go", "%s.%s, an interface that your %s satisfies; %s.New%s", pkg, a.Name, a.Name, pkg, a.Name)
	if a.ID != nil {
		d.line("ids", "%s", strings.Join(append([]string{goType(a.ID, d.entry.pkg)}, rulesOf(a.ID)...), "; "))
	}
	d.state(a.State)
	for _, c := range a.Commands {
		d.member("command", c.Name, c.Doc)
	}
	for _, e := range a.Events {
		d.member("event", e.Name, e.Doc)
	}
	for _, e := range a.Retired {
		d.member("retired", e.Name, e.Doc)
	}
	for _, u := range a.Unique {
		d.member("unique", u.Name, describedRule(u))
	}
	for _, r := range a.Refusals {
		d.member("refusal", r.Name, r.Doc)
	}
}

// describedRule says which events take and give up a value.
func describedRule(u *model.Unique) string {
	var taken []string
	for _, t := range u.Take {
		for _, f := range t.Fields {
			taken = append(taken, t.Event.Name+"."+f.InCUE())
		}
	}
	text := "taken by " + strings.Join(taken, ", ")
	if len(u.Give) > 0 {
		var given []string
		for _, e := range u.Give {
			given = append(given, e.Name)
		}
		text += "; given up by " + strings.Join(given, ", ")
	}
	if u.As != "exact" {
		text += "; compared as " + u.As
	}
	return text
}

func (d *explanation) member(kind, name, doc string) {
	first, _, _ := strings.Cut(strings.TrimSpace(doc), "\n")
	fmt.Fprintf(d, "  %-11s %-15s %s", kind, name, first)
	trimmed := bytes.TrimRight(d.Bytes(), " ")
	d.Truncate(len(trimmed))
	d.WriteString("\n")
}

func (d *explanation) state(t *model.Type) {
	if t == nil {
		return
	}
	d.line("state", "%s", goType(t, d.entry.pkg))
	if t.Kind == model.Ref {
		d.shape(t.Named.Type)
	}
}

func (d *explanation) view(v *model.View) {
	pkg := d.entry.pkg.Name
	switch {
	case v.List != nil:
		d.list(v)
		return
	case v.Shows != nil:
		d.shows(v)
		return
	case v.Of != nil:
		d.line("of", "%s: the view is the aggregate's state, and needs no hand-written code", v.Of.Name)
	default:
		d.line("Go", "%s.%s, an interface that your %s satisfies; %s.New%s", pkg, v.Name, v.Name, pkg, v.Name)
	}
	d.sources(v.On)
	if v.Key != "" {
		d.line("key", "%s", v.Key)
	}
	if v.MustExist {
		d.line("missing", "404 if no event belongs to the key")
	}
	d.line("scope", "%s", string(v.Scope))
	d.state(v.State)
	if v.Param != nil {
		d.line("parameters", "%s.%s", pkg, v.Param.GoName)
		d.shape(v.Param.Type)
	}
}

func (d *explanation) sources(all []model.Source) {
	for _, on := range all {
		var names []string
		for _, e := range on.Events {
			names = append(names, e.Name)
		}
		d.line("on", "%s: %s", on.Aggregate.Name, strings.Join(names, ", "))
	}
}

// casesOf lists cases of the state of an aggregate by their names in the schema.
func casesOf(a *model.Aggregate, in *model.In) string {
	var names []string
	for _, n := range in.Cases {
		names = append(names, a.State.Underlying().TagOf(n))
	}
	return strings.Join(names, " or ")
}
