package eventtable_test

import (
	"strings"
	"testing"

	"ironstar.dev/internal/eventtable"
	"ironstar.dev/internal/model"
)

func field(name string, t *model.Type) *model.Field { return &model.Field{Name: name, Type: t} }

func structOf(fields ...*model.Field) *model.Type {
	return &model.Type{Kind: model.Struct, Fields: fields}
}

// TestColumns: a struct is its fields, and what contains itself, a union, a list or a map
// is one column. Secrets and constants are none.
func TestColumns(t *testing.T) {
	text := &model.Type{Kind: model.String}
	tree := &model.Named{Name: "Tree", Type: structOf(field("leaf", text))}
	tree.Type.Fields = append(tree.Type.Fields, field("kids", &model.Type{Kind: model.List, Elem: &model.Type{Kind: model.Ref, Named: tree}}))
	secret := &model.Field{Name: "pin", Type: text, Secret: true}
	payload := structOf(
		field("by", text), secret, &model.Field{Name: "kind", Type: text, Const: &model.Const{}},
		field("price", structOf(field("amount", text), field("rate", structOf(field("of", text), secret)))),
		field("hidden", structOf(secret)), field("tree", &model.Type{Kind: model.Ref, Named: tree}),
		field("lines", &model.Type{Kind: model.List, Elem: structOf(field("sku", text), secret)}),
		field("either", &model.Type{Kind: model.Sum, Arms: []*model.Named{tree}}), field("map", &model.Type{Kind: model.Map, Elem: text}),
	)
	e := &model.Event{Versions: []*model.EventVersion{{Payload: &model.Named{Type: structOf(field("old", text))}}, {Payload: &model.Named{Type: payload}}}}
	var dotted, flat, secrets []string
	for _, c := range eventtable.Columns(e) {
		dotted, flat = append(dotted, c.Dotted()), append(flat, c.Flat())
	}
	for _, c := range eventtable.Secrets(e) {
		secrets = append(secrets, c.Dotted())
	}
	if got := strings.Join(dotted, " "); got != "by price.amount price.rate.of hidden tree lines either map" {
		t.Errorf("the columns are %s", got)
	}
	if got := strings.Join(flat, " "); got != "by price_amount price_rate_of hidden tree lines either map" {
		t.Errorf("in SQLite they are %s", got)
	}
	if got := strings.Join(secrets, " "); got != "pin price.rate.pin hidden.pin lines.pin" {
		t.Errorf("the secrets are %s", got)
	}
	if got := eventtable.Columns(&model.Event{}); len(got) != 0 {
		t.Errorf("an event without versions has %v", got)
	}
}
