package main

import (
	"slices"
	"strconv"
	"strings"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/scalar"
)

// exprText returns an upcaster's expression as CUE.
func exprText(e *model.Expr) string {
	args := make([]string, len(e.Args))
	for i, a := range e.Args {
		args[i] = exprText(a)
		if tightness(a) < tightnessOfArg(e, i) {
			args[i] = "(" + args[i] + ")"
		}
	}
	switch e.Op {
	case model.Old, model.Variable:
		return e.Name
	case model.Select:
		return args[0] + "." + e.Field.InCUE()
	case model.Lookup:
		return args[0] + "." + e.Name
	case model.Literal:
		return e.Value.JSON
	case model.MakeStruct:
		return "{" + strings.Join(append(constantsText(e.Type), partsText(e.Parts)...), ", ") + "}"
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
		where := ""
		if len(args) > 2 {
			where = " if " + args[2]
		}
		return "[for " + e.Name + " in " + args[0] + where + " " + inBraces(e.Args[1], args[1]) + "]"
	case model.EachEntry:
		return "{for " + e.Key + ", " + e.Name + " in " + args[0] + " {(" + args[1] + "): " + args[2] + "}}"
	case model.Else:
		return "*" + args[0] + " | " + args[1]
	case model.Choose:
		return chooseText(args)
	}
	if text := conditionText(e, args); text != "" {
		return text
	}
	return "by hand: " + e.Name
}

// conditionText returns a condition, or an expression that depends on one, as CUE.
func conditionText(e *model.Expr, args []string) string {
	switch e.Op {
	case model.Compare:
		return args[0] + " " + e.Name + " " + args[1]
	case model.Logic:
		if e.Name == "!" {
			return "!" + args[0]
		}
		return strings.Join(args, " "+e.Name+" ")
	case model.Present:
		return args[0] + " != _|_"
	case model.IsCase:
		return args[0] + "." + tagOf(e) + " == " + strconv.Quote(e.Name)
	case model.TagOf:
		return args[0] + "." + tagOf(e)
	case model.AsCase:
		return args[0]
	}
	return ""
}

// How tightly CUE binds the outer operator of an expression.
const (
	loose = iota // *x | y
	tightOr
	tightAnd
	tightCompare
	tightSum
	tightProduct
	tight // !x, x.y, f(x), literals
)

func tightness(e *model.Expr) int {
	switch e.Op {
	case model.Convert, model.Cases, model.AsCase: // these have no text in CUE
		return tightness(e.Args[0])
	case model.Else, model.Choose:
		return loose
	case model.Logic:
		return map[string]int{"||": tightOr, "&&": tightAnd, "!": tight}[e.Name]
	case model.Compare, model.Present, model.IsCase:
		return tightCompare
	case model.Arithmetic:
		switch e.Name {
		case "+", "-":
			return tightSum
		case "*", "/":
			return tightProduct
		}
	}
	return tight
}

// tightnessOfArg returns how tightly an argument must bind to need no brackets. An
// && inside || gets brackets although CUE needs none, because it is easier to read.
func tightnessOfArg(e *model.Expr, i int) int {
	switch e.Op {
	case model.Convert, model.Cases, model.AsCase, model.Literal, model.MakeList, model.Call, model.Length, model.Text, model.Join,
		model.Each, model.EachEntry, model.Choose, model.Table:
		return loose
	case model.Else:
		return loose + 1
	case model.Index:
		if i == 1 { // an expression inside [ ] needs no brackets
			return loose
		}
	case model.Logic:
		if e.Name == "||" && tightness(e.Args[i]) == tightAnd {
			return tightCompare
		}
		return tightness(e)
	case model.Compare, model.Present, model.IsCase:
		return tightSum
	case model.Arithmetic:
		if len(e.Name) > 1 { // div(x, y)
			return loose
		}
		return tightness(e) + i
	}
	return tight
}

// inBraces returns the value of a comprehension in braces. A struct has its own.
func inBraces(e *model.Expr, text string) string {
	if e.Op == model.MakeStruct || e.Op == model.MakeMap {
		return text
	}
	return "{" + text + "}"
}

// tagOf returns the name of the field that distinguishes the cases of a union.
func tagOf(e *model.Expr) string {
	t := e.Args[0].Type
	for t.Kind == model.Ref {
		t = t.Named.Type
	}
	for _, f := range t.Arms[0].Type.Fields {
		if f.Name == t.Tag {
			return f.InCUE()
		}
	}
	return t.Tag
}

// chooseText returns a value for each condition, and the default value.
func chooseText(args []string) string {
	var out []string
	for len(args) > 1 {
		out = append(out, args[1]+" if "+args[0])
		args = args[2:]
	}
	return strings.Join(out, ", ") + ", otherwise " + args[0]
}

// constantsText returns the fields with a constant value, such as the tag of a
// union's case.
func constantsText(t *model.Type) []string {
	var out []string
	for _, f := range constantsOf(t) {
		out = append(out, f.InCUE()+": "+scalar.JSON(*f.Const))
	}
	return out
}

func constantsOf(t *model.Type) []*model.Field {
	return slices.DeleteFunc(slices.Clone(t.Underlying().Fields), func(f *model.Field) bool { return f.Const == nil })
}

func partsText(parts []*model.FieldExpr) []string {
	var out []string
	for _, p := range parts {
		text := p.Field.InCUE() + ": " + exprText(p.Value)
		if p.When != nil {
			text = "if " + exprText(p.When) + " != _|_ {" + text + "}"
		}
		if p.If != nil {
			text = "if " + exprText(p.If) + " {" + text + "}"
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

// joinText returns an interpolation.
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
