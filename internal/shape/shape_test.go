package shape_test

import (
	"testing"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
)

func ref(n *model.Named, checks ...model.Check) *model.Type {
	return &model.Type{Kind: model.Ref, Named: n, Checks: checks}
}

func named(t *model.Type) *model.Named { return &model.Named{Name: "N", Type: t} }

func payload(fields ...*model.Field) *model.Named {
	return named(&model.Type{Kind: model.Struct, Fields: fields})
}

func text(most int64) *model.Named {
	return named(&model.Type{Kind: model.String, Checks: []model.Check{{Op: model.MaxRunes, Count: most}}})
}

func TestString(t *testing.T) {
	card := payload(
		&model.Field{Name: "kind", Const: &model.Const{Kind: model.String, Text: "card<"}},
		&model.Field{Name: "last", Optional: true, Type: ref(text(4), model.Check{Op: model.MinRunes, Count: 4})},
	)
	cash := payload(&model.Field{Name: "kind", Const: &model.Const{Kind: model.String, Text: "cash"}})
	sum := named(&model.Type{Kind: model.Sum, Tag: "kind", Arms: []*model.Named{cash, card}})
	tree := payload()
	tree.Type.Fields = []*model.Field{{Name: "kids", Type: &model.Type{Kind: model.List, Elem: ref(tree)}}}
	for _, c := range []struct {
		name string
		of   *model.Type
		want string
	}{
		{"a sum", ref(sum), `{"kind":"sum","tag":"kind","arms":[` +
			`{"value":"card<","fields":[{"name":"kind","const":"\"card<\""},` +
			`{"name":"last","type":{"kind":"string","checks":[{"op":"maxRunes","arg":"4"},{"op":"minRunes","arg":"4"}]},"optional":true}]},` +
			`{"value":"cash","fields":[{"name":"kind","const":"\"cash\""}]}]}`},
		{"a type within itself", ref(tree), `{"kind":"struct","fields":[{"name":"kids","type":{"kind":"list","elem":{"kind":"up","up":2}}}]}`},
		{"the same with a name more", ref(named(ref(tree))), `{"kind":"struct","fields":[{"name":"kids","type":{"kind":"list","elem":{"kind":"up","up":2}}}]}`},
		{"an enum", &model.Type{Kind: model.Enum, Values: []model.Const{{Kind: model.Int, Text: "2"}, {Kind: model.Int, Text: "1"}}},
			`{"kind":"enum","of":"int","values":["1","2"]}`},
	} {
		got := shape.Of(c.of).String()
		if got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
		back, err := shape.Parse(got)
		if err != nil || back.String() != got {
			t.Errorf("%s is read back as %v, %v", c.name, back, err)
		}
	}
}

// TestHash: the hash does not depend on what may be widened, on Go names, on
// comments or on the order of fields. It depends on everything that determines
// how bytes are read.
func TestHash(t *testing.T) {
	added := func(change func(n *model.Named)) string {
		n := payload(
			&model.Field{Name: "id", GoName: "ID", Type: &model.Type{Kind: model.UUID}},
			&model.Field{Name: "text", GoName: "Text", Type: ref(text(280))},
			&model.Field{Name: "tone", GoName: "Tone", Type: &model.Type{Kind: model.Enum, Values: []model.Const{{Kind: model.String, Text: "low"}}}},
		)
		change(n)
		return shape.Of(ref(n)).Hash()
	}
	before := added(func(*model.Named) {})
	for name, change := range map[string]func(*model.Named){
		"a comment":       func(n *model.Named) { n.Doc, n.Type.Fields[0].Doc = "other", "other" },
		"a Go name":       func(n *model.Named) { n.GoName, n.Type.Fields[0].GoName = "Other", "Other" },
		"a constraint":    func(n *model.Named) { n.Type.Fields[1].Type.Named.Type.Checks[0].Count = 500 },
		"the order":       func(n *model.Named) { n.Type.Fields[0], n.Type.Fields[1] = n.Type.Fields[1], n.Type.Fields[0] },
		"an enum's value": func(n *model.Named) { n.Type.Fields[2].Type.Values[0].Text = "high" },
	} {
		if added(change) != before {
			t.Errorf("%s changed the hash", name)
		}
	}
	for name, change := range map[string]func(*model.Named){
		"a name":         func(n *model.Named) { n.Type.Fields[0].Name = "key" },
		"a type":         func(n *model.Named) { n.Type.Fields[0].Type = &model.Type{Kind: model.String} },
		"optionality":    func(n *model.Named) { n.Type.Fields[1].Optional = true },
		"a default":      func(n *model.Named) { n.Type.Fields[1].Default = &model.Value{Kind: model.String, JSON: `"x"`} },
		"a constant":     func(n *model.Named) { n.Type.Fields[1].Const = &model.Const{Text: "x"} },
		"a field":        func(n *model.Named) { n.Type.Fields = n.Type.Fields[:1] },
		"an enum's kind": func(n *model.Named) { n.Type.Fields[2].Type.Values[0].Kind = model.Int },
	} {
		if added(change) == before {
			t.Errorf("%s did not change the hash", name)
		}
	}
}
