package cueload

import (
	"fmt"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"
)

// In other schema languages a condition decides which fields exist. Here a type
// does: a union has a case for each possibility. Usually a struct with if has
// enough information to suggest that union.

// conditional reports the conditions among the members of a struct.
func (x *checker) conditional(s *ast.StructLit) {
	tags := map[string]*Error{}
	for _, d := range s.Elts {
		c, ok := d.(*ast.Comprehension)
		if !ok || condition(c) == nil {
			continue
		}
		x.said[c] = true
		x.computes = true
		tag, _ := comparison(condition(c))
		if first := tags[tag]; first != nil && tag != "" {
			first.Also = append(first.Also, pos(c))
			continue
		}
		tags[tag] = &Error{Code: codeComputed, Pos: pos(c), Hint: x.insteadOfIf(s, condition(c)),
			Message: "if has no place in a type: a union says which fields belong together, and ? that a field may be absent"}
		x.put(tags[tag])
	}
}

// condition returns the C of if C {…}, and nil for any other comprehension.
func condition(c *ast.Comprehension) ast.Expr {
	if len(c.Clauses) == 1 {
		if clause, ok := c.Clauses[0].(*ast.IfClause); ok {
			return clause.Condition
		}
	}
	return nil
}

// insteadOfIf returns what to write instead of the conditions of a struct.
func (x *checker) insteadOfIf(s *ast.StructLit, cond ast.Expr) string {
	if tag, _ := comparison(cond); tag != "" {
		return "write a union, as the type of a field or of a #Name: " + x.unionOf(s, tag)
	}
	b, isBinary := bracketed(cond).(*ast.BinaryExpr)
	_, isName := bracketed(cond).(*ast.Ident)
	if _, absent := ifBottom(b); isName || isBinary && absent {
		return "what is there together is a struct of its own that may be absent: name?: {" + x.conditionFields(s, cond) + "}"
	}
	return `write a union of structs that a constant tells apart, as the type of a field or of a #Name: {kind: "a", x: string} | {kind: "b"}`
}

// comparison returns the name and the text in kind == "card".
func comparison(e ast.Expr) (name, value string) {
	b, ok := bracketed(e).(*ast.BinaryExpr)
	if !ok || b.Op != token.EQL {
		return "", ""
	}
	for _, side := range [][2]ast.Expr{{b.X, b.Y}, {b.Y, b.X}} {
		id, isName := bracketed(side[0]).(*ast.Ident)
		lit, isLit := bracketed(side[1]).(*ast.BasicLit)
		if isName && isLit && lit.Kind == token.STRING {
			return id.Name, lit.Value
		}
	}
	return "", ""
}

// ifBottom returns the X of X != _|_.
func ifBottom(b *ast.BinaryExpr) (of ast.Expr, ok bool) {
	if b == nil || b.Op != token.NEQ {
		return nil, false
	}
	_, ok = bracketed(b.Y).(*ast.BottomLit)
	return b.X, ok
}

// maxExample is the greatest length of the example in a hint, in bytes.
const maxExample = 200

// unionOf rewrites a struct with conditions as a union with a case for each
// value of the field tag.
func (x *checker) unionOf(s *ast.StructLit, tag string) string {
	var values []string
	fields := map[string][]string{}
	add := func(value string, text ...string) {
		if fields[value] == nil {
			values = append(values, value)
			fields[value] = []string{tag + ": " + value}
		}
		fields[value] = append(fields[value], text...)
	}
	var common []string
	for _, d := range s.Elts {
		switch d := d.(type) {
		case *ast.Field:
			if label, _, _ := ast.LabelName(d.Label); label != tag {
				common = append(common, x.text(d))
				continue
			}
			for _, side := range sides(nil, d.Value) {
				if lit, ok := unmarked(side).(*ast.BasicLit); ok {
					add(lit.Value)
				}
			}
		case *ast.Comprehension:
			if name, value := comparison(condition(d)); name == tag {
				add(value, x.texts(d.Value)...)
			}
		}
	}
	if len(values) == 1 { // the condition does not name the other values
		add(`"…"`)
	}
	full, short := make([]string, len(values)), make([]string, len(values))
	for i, value := range values {
		all := append(fields[value][:1:1], common...)
		full[i] = "{" + strings.Join(append(all, fields[value][1:]...), ", ") + "}"
		short[i] = "{" + fields[value][0] + ", …}"
	}
	if text := strings.Join(full, " | "); len(text) <= maxExample {
		return text
	}
	return strings.Join(short, " | ")
}

// conditionFields lists the fields in a condition and the fields that it adds.
func (x *checker) conditionFields(s *ast.StructLit, cond ast.Expr) string {
	var all []string
	if b, ok := bracketed(cond).(*ast.BinaryExpr); ok {
		if of, ok := ifBottom(b); ok {
			if id, ok := bracketed(of).(*ast.Ident); ok {
				if f := fieldIn(s, id.Name); f != nil {
					all = append(all, fmt.Sprintf("%s: %s", id.Name, x.excerptOf(f.Value)))
				}
			}
		}
	}
	for _, d := range s.Elts {
		if c, ok := d.(*ast.Comprehension); ok && condition(c) == cond {
			all = append(all, x.texts(c.Value)...)
		}
	}
	return strings.Join(all, ", ")
}

// texts returns the members of a struct as they are written.
func (x *checker) texts(e ast.Node) (all []string) {
	s, ok := e.(*ast.StructLit)
	if !ok {
		return []string{"…"}
	}
	for _, d := range s.Elts {
		all = append(all, x.text(d))
	}
	return all
}

// text returns a member of a struct as it is written, with … for a value of
// several lines.
func (x *checker) text(d ast.Decl) string {
	f, ok := d.(*ast.Field)
	if !ok {
		return "…"
	}
	mark := ""
	if f.Constraint != token.ILLEGAL {
		mark = f.Constraint.String()
	}
	return x.excerptOf(f.Label) + mark + ": " + x.excerptOf(f.Value)
}

// excerptOf returns the text of an expression.
func (x *checker) excerptOf(e ast.Node) string {
	text, from, to := x.problems.text[pos(e).File], e.Pos().Offset(), e.End().Offset()
	if from < 0 || to > len(text) || from >= to || strings.Contains(text[from:to], "\n") {
		return "…"
	}
	return text[from:to]
}
