package codegen_test

import (
	"fmt"
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
			Ways: []*model.QueryWay{{Engine: "duckdb", File: "todo/per_hour.sql", SQL: "SELECT 1"}, {Engine: "sqlite", File: "todo/per_hour.sql", SQL: "SELECT 1"}},
			On:   []model.Source{{Aggregate: list, Events: list.Events[:2]}},
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

func TestPrint(t *testing.T) {
	out, err := codegen.Generate(asked(), codegen.Options{Module: "example.com/app"})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"gen/todo/tables_gen.go", "gen/todo/per_hour_query_gen.go", "gen/todo/done_query_gen.go", "gen/todo/charts_view_gen.go", "gen/todo/todohttp/context_gen.go", "gen/ts/todo.ts"} {
		fmt.Println("=====", name, "\n", string(out.Files[name]))
	}
	fmt.Println(string(out.Stubs["internal/app/todo/done.go"]))
}
