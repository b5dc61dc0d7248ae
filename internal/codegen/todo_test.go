package codegen_test

import (
	"strings"

	"ironstar.dev/internal/model"
)

// todo is the model of schema/todo/list.cue, by hand: what codegen is tested
// with when nothing is to be known about CUE.
func todo() *model.Schema {
	at := model.Pos{File: "todo/list.cue", Line: 1, Col: 1}
	p := &model.Package{Path: "ironstar.dev/todo", Name: "todo", Dir: "todo", Files: []string{"todo/list.cue"}}
	named := func(name string, t *model.Type) *model.Named {
		return &model.Named{Package: p, Name: name, GoName: name, TSName: name, Pos: at, Inline: true, Type: t}
	}
	scalar := func(k model.Kind) *model.Type { return &model.Type{Kind: k} }
	ref := func(n *model.Named) *model.Type { return &model.Type{Kind: model.Ref, Named: n} }
	field := func(name string, t *model.Type) *model.Field {
		goName := strings.ToUpper(name[:1]) + name[1:]
		if name == "id" {
			goName = "ID"
		}
		return &model.Field{Name: name, GoName: goName, Pos: at, Type: t}
	}
	structure := func(fields ...*model.Field) *model.Type { return &model.Type{Kind: model.Struct, Fields: fields} }
	no := &model.Value{Kind: model.Bool, Text: "false", JSON: "false"}
	empty := &model.Value{Kind: model.String, Text: "", JSON: `""`}

	text := named("Text", &model.Type{Kind: model.String, Checks: []model.Check{{Op: model.MinRunes, Count: 1}, {Op: model.MaxRunes, Count: 280}}})
	text.Inline, text.Doc = false, "Text is what a line says."
	done := field("done", scalar(model.Bool))
	done.Default = no
	item := named("Item", structure(field("id", scalar(model.UUID)), field("text", ref(text)), done))
	item.Inline, item.Doc = false, "Item is one line of a list."
	p.Types = []*model.Named{text, item}

	id := func() *model.Field { return field("id", scalar(model.UUID)) }
	says := func(trim bool) *model.Field {
		f := field("text", ref(text))
		f.Trim = trim
		return f
	}
	list := &model.Aggregate{Package: p, Name: "List", Doc: "List is a list of things to do, shared by everyone who has its address.", Pos: at,
		State: ref(named("ListState", structure(field("items", &model.Type{Kind: model.List, Elem: ref(item)}))))}
	command := func(name, doc string, fields ...*model.Field) {
		n := named("List"+name, structure(fields...))
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
		e := &model.Event{Name: name, Pos: at, Versions: []*model.EventVersion{{Version: 1, Pos: at, Payload: named("List"+name, structure(fields...))}}}
		list.Events = append(list.Events, e)
		return e
	}
	added := event("Added", id(), says(false))
	event("Renamed", id(), says(false))
	completed := event("Completed", id())
	reopened := event("Reopened", id())
	event("Removed", id())
	list.Refusals = []*model.Refusal{
		{Name: "NoSuchItem", Pos: at, Payload: named("ListNoSuchItem", structure(id()))},
		{Name: "ListFull", Pos: at, Payload: named("ListListFull", structure(field("max", scalar(model.Int))))},
	}
	p.Aggregates = []*model.Aggregate{list}

	show := field("show", ref(named("BoardParamsShow", &model.Type{Kind: model.Enum, Values: []model.Const{
		{Text: "all", GoName: "BoardParamsShowAll"}, {Text: "active", GoName: "BoardParamsShowActive"},
		{Text: "completed", GoName: "BoardParamsShowCompleted"},
	}})))
	show.Default = &model.Value{Kind: model.String, Text: "all", JSON: `"all"`, GoName: "BoardParamsShowAll"}
	p.Views = []*model.View{
		{Package: p, Name: "Board", Doc: "Board is a list as everyone who opens it sees it: the list's own state.", Pos: at,
			Of: list, Key: "stream", Scope: model.Shared, Param: named("BoardParams", structure(show))},
		{Package: p, Name: "Tally", Doc: "Tally counts what all lists have seen.", Pos: at, Key: "global", Scope: model.Shared,
			On:    []model.Source{{Aggregate: list, Events: []*model.Event{added, completed, reopened}}},
			State: ref(named("TallyState", structure(field("added", scalar(model.Int)), field("done", scalar(model.Int)))))},
	}
	signal := func(name string, k model.Kind, v *model.Value) *model.Field {
		f := field(name, scalar(k))
		f.Default = v
		return f
	}
	p.Signals = []*model.Signals{{Package: p, Name: "Form", Doc: "Form is what the page keeps in the browser.", Pos: at, Payload: named("Form",
		structure(signal("text", model.String, empty), signal("editing", model.String, empty), signal("busy", model.Bool, no)))}}
	return &model.Schema{Packages: []*model.Package{p}}
}
