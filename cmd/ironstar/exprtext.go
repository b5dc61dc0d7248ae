package main

import (
	"strings"

	"ironstar.dev/internal/model"
)

// exprText is an upcaster's expression as CUE spells it.
func exprText(e *model.Expr) string {
	args := make([]string, len(e.Args))
	for i, a := range e.Args {
		args[i] = exprText(a)
	}
	switch e.Op {
	case model.Old, model.Variable:
		return e.Name
	case model.Select:
		return args[0] + "." + e.Field.Name
	case model.Lookup:
		return args[0] + "." + e.Name
	case model.Literal:
		return e.Value.JSON
	case model.MakeStruct:
		return "{" + strings.Join(partsText(e.Parts), ", ") + "}"
	case model.MakeList:
		return "[" + strings.Join(args, ", ") + "]"
	case model.MakeMap:
		return "{" + strings.Join(entriesText(e.Entries), ", ") + "}"
	case model.Convert, model.Cases:
		return args[0]
	case model.Join, model.Text:
		return joinText(e)
	case model.Table:
		return "{" + strings.Join(entriesText(e.Entries), ", ") + "}[" + args[0] + "]"
	case model.Index:
		return args[0] + "[" + args[1] + "]"
	case model.Length:
		return "len(" + args[0] + ")"
	case model.Arithmetic:
		if len(e.Name) == 1 {
			return args[0] + " " + e.Name + " " + args[1]
		}
		return e.Name + "(" + args[0] + ", " + args[1] + ")"
	case model.Call:
		return e.Name + "(" + strings.Join(args, ", ") + ")"
	case model.Each:
		return "[for " + e.Name + " in " + args[0] + " {" + args[1] + "}]"
	case model.Else:
		return "*" + args[0] + " | " + args[1]
	}
	return "by hand: " + e.Name
}

func partsText(parts []*model.FieldExpr) []string {
	var out []string
	for _, p := range parts {
		text := p.Field.Name + ": " + exprText(p.Value)
		if p.When != nil {
			text = "if " + exprText(p.When) + " != _|_ {" + text + "}"
		}
		out = append(out, text)
	}
	return out
}

func entriesText(entries []model.Entry) []string {
	var out []string
	for _, x := range entries {
		out = append(out, x.Key+": "+exprText(x.Value))
	}
	return out
}

// joinText is an interpolation.
func joinText(e *model.Expr) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, a := range e.Args {
		switch a.Op {
		case model.Literal:
			b.WriteString(strings.Trim(a.Value.JSON, `"`))
		case model.Text:
			b.WriteString(`\(` + exprText(a.Args[0]) + `)`)
		default:
			b.WriteString(`\(` + exprText(a) + `)`)
		}
	}
	b.WriteByte('"')
	return b.String()
}
