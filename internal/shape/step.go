package shape

import (
	"strconv"
	"strings"

	"ironstar.dev/internal/model"
)

// Step returns a text that identifies what an upcaster does. It does not depend
// on where or how the upcaster is written. It is "" for nil.
func Step(u *model.Upcast) string {
	if u == nil {
		return ""
	}
	return Sum("step", stepText(u))
}

// Becomes returns a text that identifies what a retired event becomes.
func Becomes(r *model.Retired) string {
	if r.Hand != "" {
		return Sum("becomes", "(hand "+r.Hand+")")
	}
	parts := []string{"becomes"}
	for _, p := range r.Becomes {
		parts = append(parts, PartName(p)+" "+stepText(p.Upcast))
	}
	return Sum(parts...)
}

// PartName returns the name and version of an event that replaces a retired
// one: "Opened.v1".
func PartName(p *model.Part) string {
	name := ""
	if p.Event != nil {
		name = p.Event.Name
	} else if p.Retired != nil {
		name = p.Retired.Name
	}
	return name + ".v" + strconv.Itoa(p.Version)
}

func stepText(u *model.Upcast) string {
	switch {
	case u == nil:
		return "(none)"
	case u.Hand != "":
		return "(hand " + u.Hand + ")"
	}
	var b strings.Builder
	writeExpr(&b, u.Make)
	return b.String()
}

// exprNames are hashed into locks: never change one.
var exprNames = map[model.ExprOp]string{
	model.Old: "old", model.Variable: "variable", model.Select: "select", model.Lookup: "lookup", model.Literal: "literal",
	model.MakeStruct: "struct", model.MakeList: "list", model.MakeMap: "map", model.Convert: "convert",
	model.Join: "join", model.Text: "text", model.Table: "table", model.Index: "index", model.Length: "length",
	model.Arithmetic: "arithmetic", model.Call: "call", model.Each: "each", model.EachEntry: "each entry", model.Cases: "cases", model.Else: "else", model.Hand: "hand",
	model.Compare: "compare", model.Logic: "logic", model.Present: "present", model.IsCase: "iscase", model.AsCase: "ascase",
	model.TagOf: "tagof", model.Choose: "choose",
}

// writeExpr writes an expression. Expressions that do different things have
// different texts.
func writeExpr(b *strings.Builder, e *model.Expr) {
	if e == nil {
		b.WriteString("-")
		return
	}
	b.WriteString("(" + exprNames[e.Op])
	for _, name := range []string{e.Name, e.Key} {
		if name != "" {
			b.WriteString(" " + strconv.Quote(name))
		}
	}
	if e.Field != nil {
		b.WriteString(" ." + e.Field.Name)
	}
	if e.Value != nil {
		b.WriteString(" " + e.Value.JSON)
	}
	for _, a := range e.Args {
		b.WriteByte(' ')
		writeExpr(b, a)
	}
	for _, p := range e.Parts {
		b.WriteString(" " + p.Field.Name + "=")
		if p.When != nil {
			b.WriteString("if ")
			writeExpr(b, p.When)
			b.WriteByte(' ')
		}
		if p.If != nil {
			b.WriteString("where ")
			writeExpr(b, p.If)
			b.WriteByte(' ')
		}
		writeExpr(b, p.Value)
	}
	for _, x := range e.Entries {
		b.WriteString(" " + strconv.Quote(x.Key) + "=")
		writeExpr(b, x.Value)
	}
	b.WriteByte(')')
}
