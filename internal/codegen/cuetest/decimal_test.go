package cuetest_test

import (
	"strconv"
	"strings"
	"testing"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"

	"ironstar.dev/internal/model"
)

// withBounds writes the bounds of decimals, which CUE itself does not know, as
// patterns (docs/decisions/043).
func withBounds(t testing.TB, text string) string {
	if !strings.Contains(text, "@decimal(") {
		return text
	}
	f, err := parser.ParseFile("schema.cue", text)
	if err != nil {
		t.Fatal(err)
	}
	ast.Walk(f, nil, func(n ast.Node) {
		field, ok := n.(*ast.Field)
		if !ok {
			return
		}
		for _, a := range field.Attrs {
			if name, body := a.Split(); name == "decimal" {
				for arg := range strings.SplitSeq(body, ",") {
					pattern := &ast.UnaryExpr{Op: token.MAT, X: &ast.BasicLit{Kind: token.STRING, Value: literal.String.Quote(boundIn(t, arg).BoundPattern())}}
					field.Value = &ast.BinaryExpr{X: &ast.ParenExpr{X: field.Value}, Op: token.AND, Y: pattern}
				}
			}
		}
	})
	out, err := format.Node(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// boundIn reads an argument of @decimal(…).
func boundIn(t testing.TB, arg string) model.Check {
	key, value, _ := strings.Cut(strings.TrimSpace(arg), "=")
	value = strings.Trim(value, `"`)
	n, err := strconv.ParseInt(value, 10, 64)
	if key == "digits" && err == nil {
		return model.Check{Op: model.Digits, Count: n}
	}
	ops := map[string]model.Op{"min": model.GreaterOrEqual, "max": model.LessOrEqual, "above": model.Greater, "below": model.Less}
	if _, ok := ops[key]; !ok {
		t.Fatalf("%q is no bound", arg)
	}
	return model.Check{Op: ops[key], Num: value}
}
