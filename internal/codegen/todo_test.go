package codegen_test

import (
	"strings"

	"ironstar.dev/internal/model"
)

var at = model.Pos{File: "todo/list.cue", Line: 1, Col: 1}

func named(p *model.Package, name string, t *model.Type) *model.Named {
	return &model.Named{Package: p, Name: name, GoName: name, TSName: name, Pos: at, Inline: true, Type: t}
}

func scalar(k model.Kind) *model.Type { return &model.Type{Kind: k} }

func ref(n *model.Named) *model.Type { return &model.Type{Kind: model.Ref, Named: n} }

func structure(fields ...*model.Field) *model.Type {
	return &model.Type{Kind: model.Struct, Fields: fields}
}

func field(name string, t *model.Type) *model.Field {
	goName := strings.ToUpper(name[:1]) + name[1:]
	if name == "id" {
		goName = "ID"
	}
	return &model.Field{Name: name, GoName: goName, Pos: at, Type: t}
}

func id() *model.Field { return field("id", scalar(model.UUID)) }

func defaulted(name string, k model.Kind, text, json string) *model.Field {
	f := field(name, scalar(k))
	f.Default = &model.Value{Kind: k, Text: text, JSON: json}
	return f
}

// todo is the model of schema/todo/list.cue, written by hand, so that tests of
// codegen do not need CUE.
func todo() *model.Schema {
	p := &model.Package{Path: "ironstar.dev/todo", Name: "todo", Dir: "todo", Files: []string{"todo/list.cue"}}
	text := named(p, "Text", &model.Type{Kind: model.String, Checks: []model.Check{{Op: model.MinRunes, Count: 1}, {Op: model.MaxRunes, Count: 280}}})
	text.Inline, text.Doc = false, "Text is what a line says."
	item := named(p, "Item", structure(id(), field("text", ref(text)), defaulted("done", model.Bool, "false", "false")))
	item.Inline, item.Doc = false, "Item is one line of a list."
	p.Types = []*model.Named{text, item}

	says := func(trim bool) *model.Field {
		f := field("text", ref(text))
		f.Trim = trim
		return f
	}
	list := &model.Aggregate{Package: p, Name: "List", Doc: "List is a list of things to do, shared by everyone who has its address.", Pos: at,
		State: ref(named(p, "ListState", structure(field("items", &model.Type{Kind: model.List, Elem: ref(item)}))))}
	command := func(name, doc string, fields ...*model.Field) {
		n := named(p, "List"+name, structure(fields...))
		n.Doc = doc
		list.Commands = append(list.Commands, &model.Command{Name: name, Doc: doc, Pos: at, Payload: n})
	}
	injected := id()
	injected.Inject = model.InjectUUID
	command("Add", "Add puts a new line at the end.", injected, says(true))
	command("Rename", "", id(), says(true))
	for _, name := range []string{"Complete", "Reopen", "Remove"} {
		command(name, "", id())
	}
	for _, name := range []string{"CompleteAll", "ReopenAll", "ClearCompleted"} {
		command(name, "")
	}
	event := func(name string, fields ...*model.Field) *model.Event {
		e := &model.Event{Name: name, Pos: at, Versions: []*model.EventVersion{{Version: 1, Pos: at, Payload: named(p, "List"+name, structure(fields...))}}}
		list.Events = append(list.Events, e)
		return e
	}
	added := event("Added", id(), says(false))
	event("Renamed", id(), says(false))
	completed := event("Completed", id())
	reopened := event("Reopened", id())
	event("Removed", id())
	list.Refusals = []*model.Refusal{
		{Name: "NoSuchItem", Pos: at, Payload: named(p, "ListNoSuchItem", structure(id()))},
		{Name: "ListFull", Pos: at, Payload: named(p, "ListListFull", structure(field("max", scalar(model.Int))))},
	}
	p.Aggregates = []*model.Aggregate{list}
	p.Views = todoViews(p, list, added, completed, reopened)
	p.Signals = []*model.Signals{{Package: p, Name: "Form", Doc: "Form is what the page keeps in the browser.", Pos: at, Payload: named(p, "Form", structure(
		defaulted("text", model.String, "", `""`), defaulted("editing", model.String, "", `""`), defaulted("busy", model.Bool, "false", "false")))}}
	return &model.Schema{Packages: []*model.Package{p}}
}

func todoViews(p *model.Package, list *model.Aggregate, tallied ...*model.Event) []*model.View {
	show := field("show", ref(named(p, "BoardParamsShow", &model.Type{Kind: model.Enum, Values: []model.Const{
		{Text: "all", GoName: "BoardParamsShowAll"}, {Text: "active", GoName: "BoardParamsShowActive"},
		{Text: "completed", GoName: "BoardParamsShowCompleted"},
	}})))
	show.Default = &model.Value{Kind: model.String, Text: "all", JSON: `"all"`, GoName: "BoardParamsShowAll"}
	return []*model.View{
		{Package: p, Name: "Board", Doc: "Board is a list as everyone who opens it sees it: the list's own state.", Pos: at,
			Of: list, Key: "stream", Scope: model.Shared, Param: named(p, "BoardParams", structure(show))},
		{Package: p, Name: "Tally", Doc: "Tally counts what all lists have seen.", Pos: at, Key: "global", Scope: model.Shared,
			On:    []model.Source{{Aggregate: list, Events: tallied}},
			State: ref(named(p, "TallyState", structure(field("added", scalar(model.Int)), field("done", scalar(model.Int)))))},
	}
}
