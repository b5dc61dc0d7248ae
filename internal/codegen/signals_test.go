package codegen_test

import (
	"regexp"
	"slices"
	"testing"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/model"
)

// formVersion returns the version of the todo list's signals after a change.
func formVersion(t *testing.T, change func(form *model.Signals)) string {
	t.Helper()
	s := todo()
	change(s.Packages[0].Signals[0])
	out, err := codegen.Generate(s, codegen.Options{Module: "example.com/app"})
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`const FormVersion = "([0-9a-f]{32})"`).FindSubmatch(out.Files["gen/todo/signals_gen.go"])
	if m == nil {
		t.Fatalf("no version in %s", out.Files["gen/todo/signals_gen.go"])
	}
	return string(m[1])
}

// TestSignalsVersion: the version changes if the signals of an open page change, and
// only then.
func TestSignalsVersion(t *testing.T) {
	before := formVersion(t, func(*model.Signals) {})
	for name, change := range map[string]func(form *model.Type){
		"a comment":    func(form *model.Type) { form.Fields[0].Doc = "Text is other." },
		"a Go name":    func(form *model.Type) { form.Fields[0].GoName = "Other" },
		"the order":    func(form *model.Type) { slices.Reverse(form.Fields) },
		"its position": func(form *model.Type) { form.Fields[0].Pos.Line++ },
	} {
		if got := formVersion(t, func(s *model.Signals) { s.Doc += "!"; change(s.Payload.Type) }); got != before {
			t.Errorf("%s changes the version", name)
		}
	}
	seen := map[string]string{before: "nothing"}
	for name, change := range map[string]func(form *model.Type){
		"a field more":  func(form *model.Type) { form.Fields = append(form.Fields, field("note", scalar(model.String))) },
		"a field less":  func(form *model.Type) { form.Fields = form.Fields[:2] },
		"a name":        func(form *model.Type) { form.Fields[0].Name = "line" },
		"a type":        func(form *model.Type) { form.Fields[0] = field("text", scalar(model.Int)) },
		"no default":    func(form *model.Type) { form.Fields[0].Default = nil },
		"a constraint":  func(form *model.Type) { form.Fields[0].Type.Checks = []model.Check{{Op: model.MaxRunes, Count: 9}} },
		"more optional": func(form *model.Type) { form.Fields[0].Default, form.Fields[0].Optional = nil, true },
	} {
		got := formVersion(t, func(s *model.Signals) { change(s.Payload.Type) })
		if other, ok := seen[got]; ok {
			t.Errorf("%s has the version of %s", name, other)
		}
		seen[got] = name
	}
}
