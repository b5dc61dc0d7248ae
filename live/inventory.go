package live

import (
	"maps"
	"slices"
	"strings"

	"ironstar.dev"
	"ironstar.dev/wire"
)

// PageInfo describes the page of one view.
type PageInfo struct {
	Name   string // of the view: "todo.Board"
	Path   string // "/todo/board"
	By     ironstar.Keying
	Params []string // names of parameters
	Feeds  int64    // how many feeds are open
}

// URL returns the address of the page for a key, which a global view does not use.
func (p PageInfo) URL(key string) string {
	if p.By == ironstar.Global {
		return p.Path
	}
	return wire.Address("", p.Path, key)
}

// CommandInfo describes the address of one command.
type CommandInfo struct {
	Kind   string // of the aggregate: "todo.List"
	Name   string // "add"
	Path   string // "/todo/list/{id}/add"
	Fields []string
}

// AllPages lists the pages that were added with [Pages], sorted by address.
func (s *Server) AllPages() []PageInfo {
	var all []PageInfo
	for _, about := range s.inventory.pages {
		all = append(all, about())
	}
	slices.SortFunc(all, func(a, b PageInfo) int { return strings.Compare(a.Path, b.Path) })
	return all
}

// AllCommands lists the commands that were added with [Commands], sorted by address.
func (s *Server) AllCommands() []CommandInfo { return slices.Clone(s.inventory.commands) }

// inventory is what was added to a server.
type inventory struct {
	pages    []func() PageInfo
	commands []CommandInfo
}

func (i *inventory) addCommands(kind, path string, inputs map[string][]wire.Input) {
	for _, name := range slices.Sorted(maps.Keys(inputs)) {
		i.commands = append(i.commands, CommandInfo{kind, name, path + "/{id}/" + name, namesOf(inputs[name])})
	}
	slices.SortFunc(i.commands, func(a, b CommandInfo) int { return strings.Compare(a.Path, b.Path) })
}

func namesOf(inputs []wire.Input) (names []string) {
	for _, in := range inputs {
		names = append(names, in.Name)
	}
	return names
}

// about describes the page of a view.
func (v *view[S, P]) about() PageInfo {
	return PageInfo{v.Name, v.Path, v.By, namesOf(v.Inputs), v.open.Load()}
}
