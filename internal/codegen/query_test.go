package codegen_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/model"
)

// asked is the model of the to-do lists with queries.
func asked() *model.Schema {
	s := todo()
	p := s.Packages[0]
	list := p.Aggregates[0]
	enum := func(name string, values ...string) *model.Type {
		n := named(p, name, &model.Type{Kind: model.Enum})
		for i, v := range values {
			n.Type.Values = append(n.Type.Values, model.Const{Text: v, GoName: fmt.Sprint(name, "V", i)})
		}
		return ref(n)
	}
	span := field("span", enum("AddedParamsSpan", "PT1H", "PT24H"))
	span.Default = &model.Value{Kind: model.String, Text: "PT1H", JSON: `"PT1H"`, GoName: "AddedParamsSpanV0"}
	until, said := field("until", scalar(model.Time)), field("said", &model.Type{Kind: model.String, Checks: []model.Check{{Op: model.MaxRunes, Count: 40}}})
	until.Optional, said.Optional = true, true
	best := field("best", &model.Type{Kind: model.Decimal, Checks: []model.Check{{Op: model.Digits, Count: 2}}})
	best.Optional = true
	p.Queries = []*model.Query{
		{Package: p, Name: "PerHour", Doc: "PerHour is how many lines came in each hour.", Pos: at,
			Ways:  []*model.QueryWay{{Engine: "duckdb", File: "todo/per_hour.sql", SQL: "SELECT 1"}, {Engine: "sqlite", File: "todo/per_hour.sql", SQL: "SELECT 1"}},
			On:    []model.Source{{Aggregate: list, Events: list.Events[:2]}},
			Param: named(p, "PerHourParams", structure(span, until, said)), Span: span, Until: until, Round: time.Minute,
			Row:  named(p, "PerHourRow", structure(field("hour", scalar(model.Time)), best, field("kind", enum("PerHourRowKind", "a", "b")))),
			Rows: 100, Fresh: time.Second, Within: 5 * time.Second},
		{Package: p, Name: "Done", Pos: at, Ways: []*model.QueryWay{{Engine: "view"}}, View: p.Views[1],
			Row: named(p, "DoneRow", structure(field("done", scalar(model.Int)))), Rows: 1, Fresh: time.Second, Within: time.Second},
	}
	p.Views = append(p.Views, &model.View{Package: p, Name: "Charts", Pos: at, Key: "global", Scope: model.Shared,
		Param: named(p, "ChartsParams", structure(span, until, said)),
		Shows: []*model.Shown{{Name: "hours", GoName: "Hours", Query: p.Queries[0]}, {Name: "done", GoName: "Done", Query: p.Queries[1]}}})
	return s
}

var fingerprints = regexp.MustCompile(`const (\w+Fingerprint) = "([0-9a-f]+)"`)

// fingerprintsOf returns the fingerprints in the generated code of a schema.
func fingerprintsOf(t *testing.T, s *model.Schema) map[string]string {
	t.Helper()
	out, err := codegen.Generate(s, codegen.Options{Module: "example.com/app"})
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, text := range out.Files {
		for _, m := range fingerprints.FindAllStringSubmatch(string(text), -1) {
			found[m[1]] = m[2]
		}
	}
	return found
}

// TestFingerprintsOfQueries: tables are made again exactly if something else would be in
// them, and a page is rendered again if one of its questions is another one.
func TestFingerprintsOfQueries(t *testing.T) {
	const tables, question, page, fromView = "TablesFingerprint", "PerHourFingerprint", "ChartsFingerprint", "DoneFingerprint"
	added := func(p *model.Package) *model.Type { return p.Aggregates[0].Events[0].Versions[0].Payload.Type }
	for name, test := range map[string]struct {
		change func(p *model.Package)
		want   []string
	}{
		"nothing":               {func(*model.Package) {}, nil},
		"another field":         {func(p *model.Package) { added(p).Fields = append(added(p).Fields, field("more", scalar(model.Int))) }, []string{tables, question, page, fromView}},
		"a secret":              {func(p *model.Package) { added(p).Fields[1].Secret = true }, []string{tables, question, page, fromView}},
		"a field may be absent": {func(p *model.Package) { added(p).Fields[1].Optional = true }, []string{tables, question, page, fromView}},
		"an event in no table": {func(p *model.Package) {
			e := p.Aggregates[0].Events[4].Versions[0].Payload.Type
			e.Fields = append(e.Fields, field("more", scalar(model.Int)))
		}, nil},
		"an event only a view reads": {func(p *model.Package) {
			e := p.Aggregates[0].Events[2].Versions[0].Payload.Type
			e.Fields = append(e.Fields, field("more", scalar(model.Int)))
		}, []string{page, fromView}},
		"one more table":  {func(p *model.Package) { p.Queries[0].On[0].Events = p.Aggregates[0].Events[:3] }, []string{tables, question, page}},
		"the SQL":         {func(p *model.Package) { p.Queries[0].Ways[1].SQL += " " }, []string{question, page}},
		"the engines":     {func(p *model.Package) { p.Queries[0].Ways = p.Queries[0].Ways[:1] }, []string{question, page}},
		"how many rows":   {func(p *model.Package) { p.Queries[0].Rows++ }, []string{question, page}},
		"a column":        {func(p *model.Package) { p.Queries[1].Row.Type.Fields[0].Optional = true }, []string{page, fromView}},
		"what is shown":   {func(p *model.Package) { p.Views[2].Shows = p.Views[2].Shows[:1] }, []string{page}},
		"a bound":         {func(p *model.Package) { p.Queries[0].Param.Type.Fields[2].Type.Checks[0].Count-- }, []string{question, page}},
		"how time is cut": {func(p *model.Package) { p.Queries[0].Round *= 2 }, []string{question, page}},
		"a comment":       {func(p *model.Package) { p.Queries[0].Doc = "PerHour is another text." }, nil},
	} {
		s := asked()
		before := fingerprintsOf(t, s)
		test.change(s.Packages[0])
		after := fingerprintsOf(t, s)
		for _, one := range []string{tables, question, page, fromView} {
			if before[one] == "" {
				t.Fatalf("there is no %s", one)
			}
			if changed := before[one] != after[one]; changed != slices.Contains(test.want, one) {
				t.Errorf("%s: %s changed: %v", name, one, changed)
			}
		}
	}
}

// TestSQLIsWhole: the constant with the SQL has every byte of it.
func TestSQLIsWhole(t *testing.T) {
	for _, sql := range []string{"SELECT 1\n", "SELECT `a`", "SELECT 'a\\n'\r\n", "SELECT '\ufeff'", "SELECT '\x00'", "SELECT '日本'", "\t-- \n SELECT \"x\"  \n\n", ""} {
		s := asked()
		ways := s.Packages[0].Queries[0].Ways
		ways[0].SQL, ways[1].SQL, ways[1].File = sql, "SELECT 2", "todo/per_hour.sqlite.sql"
		out, err := codegen.Generate(s, codegen.Options{Module: "example.com/app"})
		if err != nil {
			t.Errorf("%q: %v", sql, err)
			continue
		}
		constants := constantsIn(t, out.Files["gen/todo/per_hour_query_gen.go"])
		for name, want := range map[string]string{"sqlPerHourForDuckdb": sql, "sqlPerHourForSqlite": "SELECT 2"} {
			if got, err := strconv.Unquote(constants[name]); err != nil || got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
	}
}

// constantsIn returns the literals of the constants of a file.
func constantsIn(t *testing.T, text []byte) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "x.go", text, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == 1 {
			if value, ok := spec.Values[0].(*ast.BasicLit); ok {
				found[spec.Names[0].Name] = value.Value
			}
		}
		return true
	})
	return found
}
