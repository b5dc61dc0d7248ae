package naming

import (
	"go/token"
	"go/types"
	"slices"
	"strings"
	"unicode/utf8"

	"ironstar.dev/internal/model"
)

// ImportName returns the name under which generated code imports a package of
// the schema: its own name, unless generated code uses that name itself.
func ImportName(p *model.Package) string {
	if own := p.Name; !isLocal(own) && types.Universe.Lookup(own) == nil && !strings.ContainsFunc(own, isCapital) {
		return own
	}
	return strings.ToLower(p.Name) + "pkg"
}

// isLocal reports whether generated code may have a variable of that name. These
// are the names in locals and single letters, with or without a number.
func isLocal(name string) bool {
	name = strings.TrimRight(name, "0123456789")
	return utf8.RuneCountInString(name) < 2 || slices.Contains(locals, name)
}

// isCapital finds capital letters. Functions of generated packages, such as
// decodeItem, have names with capitals.
func isCapital(r rune) bool { return strings.ToLower(string(r)) != string(r) }

// locals are the names of imports, variables, parameters and labels in generated
// code. They would hide a package of the same name. A test compares the list
// with generated code.
var locals = strings.Fields(`
	cell embed engine errors flag fmt ironstar ironstartest live maps query slices strconv strings testing time unicode wire wiretest
	aggregate body by check claim command err events id json key keys more name ok part plain read signals source tag touched
	action all answer context ctx data effects refusal some
	missing others update verdict verdicts at around templ
	listing actor added row words
	add state table to values`)

// Imports returns names for the packages that a hand-written file imports:
// their own names, or these with a number. taken are names of other imports and
// of declarations in the file.
func Imports(packages []*model.Package, taken ...string) map[*model.Package]string {
	names := map[*model.Package]string{}
	used := map[string]bool{}
	for _, t := range taken {
		used[t] = true
	}
	for _, p := range packages {
		if names[p] != "" {
			continue
		}
		name := p.Name
		if used[name] || types.Universe.Lookup(name) != nil || token.IsKeyword(name) {
			name = ImportName(p)
		}
		for used[name] {
			name += "2"
		}
		names[p], used[name] = name, true
	}
	return names
}
