package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/model"
)

// impact lists what is folded anew when an event changes, and what else sees it.
func (d *sheet) impact() []string {
	a := d.entry.aggregate
	if a == nil || d.entry.event == nil && d.entry.retired == nil {
		return nil
	}
	events := d.eventsOf()
	lines := []string{fmt.Sprintf("the state of every stream of %s.%s, when it is next asked for; its snapshots are not used", d.entry.pkg.Name, a.Name)}
	for _, p := range d.schema.Packages {
		for _, v := range p.Views {
			name := p.Name + "." + v.Name
			if v.Of == a {
				lines = append(lines, "view "+name+", which is that state")
			}
			for _, on := range v.On {
				if on.Aggregate == a && slices.ContainsFunc(on.Events, func(e *model.Event) bool { return slices.Contains(events, e) }) {
					lines = append(lines, "view "+name+", "+keyed(v))
				}
			}
		}
	}
	return lines
}

// eventsOf are the events in use that the entry is, or is read as.
func (d *sheet) eventsOf() []*model.Event {
	if d.entry.event != nil {
		return []*model.Event{d.entry.event}
	}
	if d.entry.retired.Hand != "" {
		return d.entry.aggregate.Events
	}
	var events []*model.Event
	var add func(r *model.Retired)
	add = func(r *model.Retired) {
		for _, p := range r.Becomes {
			if p.Event != nil {
				events = append(events, p.Event)
			} else if p.Retired != nil {
				add(p.Retired)
			}
		}
	}
	add(d.entry.retired)
	return events
}

func keyed(v *model.View) string {
	switch v.Key {
	case "stream":
		return "one state for each stream"
	case "global":
		return "its one state, from all events of all streams"
	}
	return "one state for each " + v.Key
}

// reads lists where the hand-written side reads each field of an event: in the
// methods that fold it, as go/parser sees them. "Text" to "list.go:34".
func (d *sheet) reads() map[string][]string {
	if d.entry.event == nil {
		return nil
	}
	found := map[string][]string{}
	name := d.entry.event.Name
	methods := map[string]bool{"Evolve" + name: true, "Evolve" + d.entry.aggregate.Name + name: true}
	folders := map[string]bool{}
	for _, side := range codegen.Sides(d.entry.pkg, d.project.options()) {
		folders[path.Dir(side.File)] = true
	}
	for dir := range folders {
		files, err := filepath.Glob(filepath.Join(d.project.module, filepath.FromSlash(dir), "*.go"))
		if err != nil {
			continue
		}
		slices.Sort(files)
		for _, file := range files {
			if !strings.HasSuffix(file, "_test.go") {
				d.readsIn(file, methods, found)
			}
		}
	}
	return found
}

func (d *sheet) readsIn(file string, methods map[string]bool, found map[string][]string) {
	text, err := os.ReadFile(file)
	if err != nil {
		return
	}
	fset := token.NewFileSet()
	parsed, _ := parser.ParseFile(fset, file, text, 0) // what does not parse is left out
	if parsed == nil {
		return
	}
	for _, decl := range parsed.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Recv == nil || fn.Body == nil || !methods[fn.Name.Name] || len(fn.Type.Params.List) < 2 || len(fn.Type.Params.List[1].Names) != 1 {
			continue
		}
		event := fn.Type.Params.List[1].Names[0].Name
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok && x.Name == event {
					at := fmt.Sprintf("%s:%d", d.rel(file), fset.Position(sel.Pos()).Line)
					if !slices.Contains(found[sel.Sel.Name], at) {
						found[sel.Sel.Name] = append(found[sel.Sel.Name], at)
					}
				}
			}
			return true
		})
	}
}
