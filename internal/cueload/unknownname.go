package cueload

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
)

// otherWords maps names of types in other languages, in small letters and
// without underscores, to what a schema has instead.
var otherWords = map[string]string{
	"integer": "int", "long": "int", "short": "int", "bigint": "int", "double": "number", "decimal": "schema.#Decimal", "money": "schema.#Decimal",
	"boolean": "bool", "str": "string", "text": "string", "varchar": "string", "char": "string", "uuid": "schema.#UUID", "guid": "schema.#UUID", "id": "schema.#UUID",
	"date": "schema.#Date", "time": "schema.#Time", "datetime": "schema.#Time", "timestamp": "schema.#Time", "instant": "schema.#Time",
	"duration": "schema.#Duration", "interval": "schema.#Duration", "blob": "schema.#Bytes & strings.MaxRunes(1368)", "binary": "schema.#Bytes & strings.MaxRunes(1368)",
	"any": "which fields there are: {name: string}", "object": "which fields there are: {name: string}", "struct": "which fields there are: {name: string}", "json": "which fields there are: {name: string}",
	"array": "[...string], with the type of what is in it", "list": "[...string], with the type of what is in it", "slice": "[...string], with the type of what is in it",
	"map": "{[string]: int}, with the type of what is in it", "dict": "{[string]: int}, with the type of what is in it", "record": "{[string]: int}, with the type of what is in it",
	"optional": "name?: T for what may be absent", "nullable": "name?: T for what may be absent", "nil": "name?: T for what may be absent", "none": "name?: T for what may be absent", "undefined": "name?: T for what may be absent",
	"enum": `"a" | "b"`, "email": `=~"@"`, "now": "schema.#Time @inject(now), on a field of a command",
}

// unknownName explains a name that is not declared. path is where it is used.
func (t *translator) unknownName(out *Error, path []string, name string) {
	out.Code, out.Message = codeName, "there is no "+name
	if hint := t.importHint(out.Pos, name); hint != "" {
		out.Message, out.Hint = "package "+name+" is not imported", hint
		return
	}
	definition := "#" + strings.TrimPrefix(name, "#")
	known := t.names()
	word := otherWords[strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(name, "#"), "_", ""))]
	switch {
	case t.inView(path) && isTypeName(strings.TrimPrefix(name, "#")):
		out.Hint = fmt.Sprintf("a view names it as a text: %q", strings.TrimPrefix(name, "#"))
	case t.roles[path0(path)] == "#Process" && isTypeName(strings.TrimPrefix(name, "#")) && namesThings(path):
		out.Hint = fmt.Sprintf("a process names it as a text: %q", strings.TrimPrefix(name, "#")+behindName(path))
	case t.namesInQuery(path) && isASCIIWord(strings.TrimPrefix(name, "#")):
		out.Hint = fmt.Sprintf("it is named as a text: %q", strings.TrimPrefix(name, "#"))
	case slices.Contains(known, definition):
		out.Hint = "did you mean " + definition + "?"
	case declarations([]*ast.File{metaFileAST()})[definition]:
		out.Hint = "write schema." + definition + t.lacksSchema(out.Pos.File)
	case word != "":
		out.Hint = "write " + word
		if strings.HasPrefix(word, "schema.") {
			out.Hint += t.lacksSchema(out.Pos.File)
		}
	default:
		out.Hint = nearest(name, known, "did you mean %s?")
	}
}

// lacksSchema returns a hint to the import of the language if a file does not
// have that import.
func (t *translator) lacksSchema(file string) string {
	for _, f := range t.folder.files {
		if f.Filename == file && !slices.Contains(slices.Collect(maps.Values(importsOf(f))), metaPath) {
			return fmt.Sprintf("; it needs import %q", metaPath)
		}
	}
	return ""
}

// inView reports whether a path is in the settings of or on of a view.
func (t *translator) inView(path []string) bool {
	return len(path) > 1 && t.roles[path[0]] == "#View" && (path[1] == "of" || path[1] == "on")
}
