package compat

import (
	"strconv"
	"strings"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
)

// stepHash names what an upcaster does; empty for none. Places are not in it.
func stepHash(u *model.Upcast) string {
	if u == nil {
		return ""
	}
	return shape.Sum("step", upcastText(u))
}

func upcastText(u *model.Upcast) string {
	if u == nil {
		return "(none)"
	}
	if u.Hand != "" {
		return "(hand " + u.Hand + ")"
	}
	return exprText(u.Make)
}

// becomesHash names what a retired event is read as.
func becomesHash(r *model.Retired) string {
	if r.Hand != "" {
		return shape.Sum("becomes", "(hand "+r.Hand+")")
	}
	parts := []string{"becomes"}
	for _, p := range r.Becomes {
		parts = append(parts, partName(p)+" "+upcastText(p.Upcast))
	}
	return shape.Sum(parts...)
}

func partName(p *model.Part) string {
	name := "?"
	switch {
	case p.Event != nil:
		name = p.Event.Name
	case p.Retired != nil:
		name = p.Retired.Name
	}
	return name + ".v" + strconv.Itoa(p.Version)
}

// exprNames are hashed into locks: never change one.
var exprNames = map[model.ExprOp]string{
	model.Old: "old", model.Variable: "variable", model.Select: "select", model.Literal: "literal",
	model.MakeStruct: "struct", model.MakeList: "list", model.MakeMap: "map", model.Convert: "convert",
	model.Join: "join", model.Text: "text", model.Table: "table", model.Index: "index", model.Length: "length",
	model.Arithmetic: "arithmetic", model.Call: "call", model.Each: "each", model.Else: "else", model.Hand: "hand",
}

// exprText writes an expression so that two that differ in what they do are
// written differently.
func exprText(e *model.Expr) string {
	var b strings.Builder
	writeExpr(&b, e)
	return b.String()
}

func writeExpr(b *strings.Builder, e *model.Expr) {
	if e == nil {
		b.WriteString("-")
		return
	}
	b.WriteString("(" + exprNames[e.Op])
	for _, word := range []string{e.Name, e.Name2} {
		if word != "" {
			b.WriteString(" " + strconv.Quote(word))
		}
	}
	if e.Field != nil {
		b.WriteString(" ." + e.Field.Name)
	}
	if e.Value != nil {
		b.WriteString(" " + e.Value.JSON)
	}
	for _, a := range e.Args {
		b.WriteString(" ")
		writeExpr(b, a)
	}
	for _, p := range e.Parts {
		b.WriteString(" " + p.Field.Name + ":")
		writeExpr(b, p.Value)
		if p.When != nil {
			b.WriteString(" when ")
			writeExpr(b, p.When)
		}
	}
	for _, x := range e.Entries {
		b.WriteString(" " + strconv.Quote(x.Key) + "=")
		writeExpr(b, x.Value)
	}
	b.WriteString(")")
}
