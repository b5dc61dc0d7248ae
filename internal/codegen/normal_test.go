package codegen_test

import (
	"testing"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/model"
)

func TestNormal(t *testing.T) {
	p := todo().Packages[0]
	item := p.Types[1].Type
	for _, c := range []struct {
		name      string
		shapeOnly bool
		want      string
	}{
		{"with constraints", false, `{"id":uuid,"text":string & minRunes(1) & maxRunes(280),"done":bool | *false}`},
		{"the shape", true, `{"id":uuid,"text":string,"done":bool | *false}`},
	} {
		if got := codegen.Normal(item, c.shapeOnly); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestNormalOfRecursiveType(t *testing.T) {
	tree := &model.Named{Name: "Tree", Type: &model.Type{Kind: model.Struct}}
	again := &model.Type{Kind: model.Ref, Named: tree}
	tree.Type.Fields = []*model.Field{{Name: "kids", Type: &model.Type{Kind: model.List, Elem: again}}}
	if got, want := codegen.Normal(again, false), `{"kids":[$1]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestShapeHash: what may widen under stored events is not in it, and neither
// are names in Go and comments; all that says how bytes are read is.
func TestShapeHash(t *testing.T) {
	added := func(change func(n *model.Named)) string {
		n := todo().Packages[0].Aggregates[0].Events[0].Versions[0].Payload
		change(n)
		return codegen.ShapeHash(n)
	}
	before := added(func(*model.Named) {})
	for name, change := range map[string]func(*model.Named){
		"a comment":    func(n *model.Named) { n.Doc, n.Type.Fields[0].Doc = "other", "other" },
		"a Go name":    func(n *model.Named) { n.GoName, n.Type.Fields[0].GoName = "Other", "Other" },
		"a constraint": func(n *model.Named) { n.Type.Fields[1].Type.Named.Type.Checks[1].Count = 500 },
	} {
		if added(change) != before {
			t.Errorf("%s changed the hash", name)
		}
	}
	for name, change := range map[string]func(*model.Named){
		"a name":        func(n *model.Named) { n.Type.Fields[0].Name = "key" },
		"a type":        func(n *model.Named) { n.Type.Fields[0].Type = &model.Type{Kind: model.String} },
		"optionality":   func(n *model.Named) { n.Type.Fields[1].Optional = true },
		"a default":     func(n *model.Named) { n.Type.Fields[1].Default = &model.Value{Kind: model.String, JSON: `"x"`} },
		"a constant":    func(n *model.Named) { n.Type.Fields[1].Const = &model.Const{Text: "x"} },
		"a field":       func(n *model.Named) { n.Type.Fields = n.Type.Fields[:1] },
		"another order": func(n *model.Named) { f := n.Type.Fields; f[0], f[1] = f[1], f[0] },
	} {
		if added(change) == before {
			t.Errorf("%s did not change the hash", name)
		}
	}
}
