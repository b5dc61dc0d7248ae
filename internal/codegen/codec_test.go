package codegen_test

import (
	"reflect"
	"strings"
	"testing"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/model"
)

// Functions that the second of two events does not share with the first, when an
// attribute of its only field differs.
const (
	reads  = "decode"
	writes = "append"
	checks = "check"
	all    = reads + writes + checks
)

// short and long are definitions of strings.
var short, long = bounded("Short", 9), bounded("Long", 99)

func bounded(name string, most int64) *model.Named {
	return &model.Named{Name: name, GoName: name, Type: &model.Type{Kind: model.String, Checks: []model.Check{{Op: model.MaxRunes, Count: most}}}}
}

var differences = map[string]struct {
	make func(*model.Field)
	own  string
}{
	"nothing":        {func(*model.Field) {}, ""},
	"Field.Name":     {func(f *model.Field) { f.Name = "other" }, all},
	"Field.Label":    {func(f *model.Field) { f.Label = "other" }, ""},
	"Field.GoName":   {func(f *model.Field) { f.GoName = "Other" }, all},
	"Field.Doc":      {func(f *model.Field) { f.Doc = "Other." }, ""},
	"Field.Pos":      {func(f *model.Field) { f.Pos.Line = 9 }, ""},
	"Field.Type":     {func(f *model.Field) { f.Type = scalar(model.Time) }, all},
	"Field.Optional": {func(f *model.Field) { f.Optional = true }, all},
	"Field.Default":  {func(f *model.Field) { f.Default = &model.Value{Kind: model.String, Text: "x", JSON: `"x"`} }, reads},
	"Field.Const":    {func(f *model.Field) { f.Const = &model.Const{Kind: model.String, Text: "x"} }, reads + writes}, // nothing is left to check
	"Field.Secret":   {func(f *model.Field) { f.Secret = true }, ""},
	"Field.Inject":   {func(f *model.Field) { f.Inject = model.InjectActor }, reads + writes},
	"Field.Trim":     {func(f *model.Field) { f.Trim = true }, reads},
	"Field.Reads":    {func(f *model.Field) { f.Reads = &model.Aggregate{} }, ""},
	"Field.ReadsIn":  {func(f *model.Field) { f.ReadsIn = &model.In{} }, ""},
	"Field.Message":  {func(f *model.Field) { f.Message = &model.Message{Parts: []model.MessagePart{{Text: "x"}}} }, checks},
	"Type.Kind":      {func(f *model.Field) { f.Type = scalar(model.Decimal) }, reads + writes}, // nothing to check
	"Type.Pos":       {func(f *model.Field) { f.Type.Pos.Line = 9 }, ""},
	"Type.Checks":    {func(f *model.Field) { f.Type.Checks = nil }, checks},
	"Type.Named":     {func(f *model.Field) { f.Type.Named = long }, checks},
	"Type.Elem":      {func(f *model.Field) { f.Type = &model.Type{Kind: model.List, Elem: scalar(model.String)} }, all},
	"Type.Key":       {func(f *model.Field) { f.Type = &model.Type{Kind: model.Map, Elem: scalar(model.String)} }, all},
	"Check.Op":       {func(f *model.Field) { f.Type.Checks[0].Op = model.MinRunes }, checks},
	"Check.Num":      {func(f *model.Field) { f.Type.Checks[0].Num = "1" }, checks},
	"Check.Text":     {func(f *model.Field) { f.Type.Checks[0].Text = "x" }, checks},
	"Check.Count":    {func(f *model.Field) { f.Type.Checks[0].Count = 7 }, checks},
	"Check.Value":    {func(f *model.Field) { f.Type.Checks[0].Value = &model.Const{Kind: model.String, Text: "x"} }, checks},
	"Check.Pos":      {func(f *model.Field) { f.Type.Checks[0].Pos.Line = 9 }, ""},
}

// TestPayloadsShareFunctions lists, for each attribute of a field, the functions that
// an event cannot share if it differs in that attribute.
func TestPayloadsShareFunctions(t *testing.T) {
	for name, d := range differences {
		own := ""
		text := twoEvents(t, d.make)
		for _, verb := range []string{reads, writes, checks} {
			if strings.Contains(text, "\nfunc "+verb+"ThingTwo(") {
				own += verb
			}
		}
		if own != d.own {
			t.Errorf("%s differs: ThingTwo has functions of its own for %q, want %q\n%s", name, own, d.own, text)
		}
	}
}

// TestDecimalsOfOtherDigitsAreReadApart: events share no decoder if their decimals
// have another number of digits.
func TestDecimalsOfOtherDigitsAreReadApart(t *testing.T) {
	amount := func(digits int64) *model.Type {
		return &model.Type{Kind: model.Decimal, Checks: []model.Check{{Op: model.Digits, Count: digits}}}
	}
	listOf := func(t *model.Type) *model.Type { return &model.Type{Kind: model.List, Elem: t} }
	for _, test := range []struct {
		one, two *model.Type
		apart    bool
	}{
		{amount(2), amount(2), false}, {amount(2), amount(3), true}, {amount(2), scalar(model.Decimal), true},
		{listOf(amount(2)), listOf(amount(2)), false}, {listOf(amount(2)), listOf(amount(0)), true},
	} {
		text := eventsWith(t, field("amount", test.one), field("amount", test.two))
		if apart := strings.Contains(text, "\nfunc decodeThingTwo("); apart != test.apart {
			t.Errorf("%v and %v are read apart: %v\n%s", test.one, test.two, apart, text)
		}
	}
}

// TestEveryAttributeIsTested: the test above has a case for every attribute of
// the model.
func TestEveryAttributeIsTested(t *testing.T) {
	notOfFields := map[string]bool{"Type.Fields": true, "Type.Values": true, "Type.Arms": true, "Type.Tag": true} // types with them have names
	for _, of := range []reflect.Type{reflect.TypeFor[model.Field](), reflect.TypeFor[model.Type](), reflect.TypeFor[model.Check]()} {
		for i := range of.NumField() {
			name := of.Name() + "." + of.Field(i).Name
			if _, ok := differences[name]; !ok && !notOfFields[name] {
				t.Errorf("codec.go and this test do not know %s", name)
			}
		}
	}
}

// twoEvents returns the generated events of an aggregate with the events One
// and Two, which have a difference.
func twoEvents(t *testing.T, differ func(*model.Field)) string {
	t.Helper()
	var fields []*model.Field
	for range 2 {
		fields = append(fields, field("text", &model.Type{Kind: model.Ref, Named: short, Checks: []model.Check{{Op: model.MaxRunes, Count: 5}}}))
	}
	differ(fields[1])
	return eventsWith(t, fields...)
}

// eventsWith returns the generated events One and Two, each with a field.
func eventsWith(t *testing.T, fields ...*model.Field) string {
	t.Helper()
	p := &model.Package{Path: "ironstar.dev/thing", Name: "thing", Dir: "thing", Files: []string{"thing/thing.cue"}}
	thing := &model.Aggregate{Package: p, Name: "Thing", Pos: at, State: ref(named(p, "ThingState", structure()))}
	p.Aggregates = []*model.Aggregate{thing}
	for i, name := range []string{"One", "Two"} {
		thing.Events = append(thing.Events, &model.Event{Name: name, Pos: at, Versions: []*model.EventVersion{
			{Version: 1, Pos: at, Payload: named(p, "Thing"+name, structure(fields[i]))}}})
	}
	short.Package, long.Package = p, p
	p.Types = []*model.Named{short, long}
	out, err := codegen.Generate(&model.Schema{Packages: []*model.Package{p}}, codegen.Options{Module: "example.com/app"})
	if err != nil {
		t.Fatal(err)
	}
	return string(out.Files["gen/thing/thing_events_gen.go"])
}
