package naming

import (
	"path"
	"slices"
	"strings"

	"ironstar.dev/internal/model"
)

// Folder returns the folder of a package's files, below the folders of
// generated code, of hand-written code and of TypeScript. A package at the root
// of the schema has a folder of its own name.
func Folder(p *model.Package) string {
	if p.Dir == "" || p.Dir == "." {
		return p.Name
	}
	return p.Dir
}

// Address returns the path that the addresses of a package's aggregate or view
// begin with.
func Address(p *model.Package, name string) string { return "/" + Folder(p) + "/" + Kebab(name) }

// Names of files that belong to the whole package.
const (
	TypesFile   = "types_gen.go"
	SignalsFile = "signals_gen.go"
	HooksFile   = "hooks_gen.go"
	CasesFile   = "cases_gen_test.go"
	HTTPFile    = "context_gen.go"
	HistoryFile = "history_test.go"
	SourceFile  = "source.go" // embeds the hand-written code of a folder
)

// AggregateFile returns the name of a file of an aggregate. what is one of
// aggregateFiles.
func AggregateFile(a *model.Aggregate, what string) string {
	base := aggregateBase(a.Name)
	if what != "" {
		base += "_" + what
	}
	return base + "_gen.go"
}

// aggregateBase returns the beginning of the names of an aggregate's files. Other
// files of the package have other beginnings.
func aggregateBase(name string) string {
	base := fileBase(name)
	all := strings.Split(base, "_")
	if slices.Contains(lastWords, all[len(all)-1]) {
		return base + "_aggregate"
	}
	return base
}

// lastWords are the last words in the names of generated files. Only the main
// file of an aggregate has none of them.
var lastWords = []string{"types", "signals", "hooks", "commands", "events", "refusals", "upcasts", "view", "process", "query", "tables", "aggregate"}

var aggregateFiles = []string{"", "commands", "events", "refusals", "upcasts"}

// ViewFile returns the name of the file of a view.
func ViewFile(v *model.View) string { return fileBase(v.Name) + "_view_gen.go" }

// HandWrittenFile returns the name of the stub file of an aggregate, view or process. It is
// never SourceFile.
func HandWrittenFile(name string) string {
	if base := fileBase(name); base+".go" != SourceFile {
		return base + ".go"
	}
	return "source_type.go"
}

// TypeScriptFile returns the path of the file with a package's types, below the
// folder of TypeScript.
func TypeScriptFile(p *model.Package) string { return path.Clean(Folder(p)) + ".ts" }
