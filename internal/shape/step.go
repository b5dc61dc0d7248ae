package shape

import (
	"strconv"
	"strings"

	"ironstar.dev/internal/model"
)

// Step names what an upcaster does: it changes with what is made, not with where
// or how it is written. It is empty for none.
func Step(u *model.Upcast) string {
	if u == nil {
		return ""
	}
	return Sum("step", stepText(u))
}

// Becomes names what a retired event is read as.
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

// PartName is one of the events that a retired one becomes, with its version:
// "Opened.v1".
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
	model.Arithmetic: "arithmetic", model.Call: "call", model.Each: "each", model.Cases: "cases", model.Else: "else", model.Hand: "hand",
}

// writeExpr writes an expression so that two that do different things are
// written differently.
func writeExpr(b *strings.Builder, e *model.Expr) {
	if e == nil {
		b.WriteString("-")
		return
	}
	b.WriteString("(" + exprNames[e.Op])
	if e.Name != "" {
		b.WriteString(" " + strconv.Quote(e.Name))
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
		writeExpr(b, p.Value)
	}
	for _, x := range e.Entries {
		b.WriteString(" " + strconv.Quote(x.Key) + "=")
		writeExpr(b, x.Value)
	}
	b.WriteByte(')')
}
