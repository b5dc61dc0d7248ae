package cueload

import (
	"fmt"
	"regexp"
	"strings"

	"cuelang.org/go/cue/ast"
)

// mismatched matches CUE's message that two values have different kinds.
var mismatched = regexp.MustCompile(`mismatched types (\w+) and (\w+)\)$`)

// shape explains a part of an aggregate or view that has another kind than the
// language requires; CUE's message has only the pattern of the meta-schema. It
// reports whether that was the error.
func (t *translator) shape(out *Error, path []string, said string) bool {
	kinds := mismatched.FindStringSubmatch(said)
	if kinds == nil || len(path) < 2 {
		return false
	}
	want, what, hint := t.shapeOf(path, said)
	has := kinds[1]
	switch want {
	case kinds[1]:
		has = kinds[2]
	case kinds[2]:
	default:
		return false
	}
	out.Code, out.Hint, out.Also = codeValue, hint, nil
	out.Message = fmt.Sprintf("%s is %s, and must be %s", what, aWord(has), aWord(want))
	out.Pos = locate(t.folder, path)
	return true
}

// shapeOf returns the kind of a part of the language, in CUE's words, a
// description of the part, and how to write it. For other paths the kind is "".
func (t *translator) shapeOf(path []string, said string) (kind, what, hint string) {
	last := path[len(path)-1]
	section := path[1]
	switch role := t.roles[path[0]]; {
	case role == "#Aggregate" && len(path) == 2 && section == "event":
		return "struct", "section event of " + path[0], "name each event with its versions: event: Added: v1: {text: string}"
	case role == "#Aggregate" && len(path) == 2 && section == "retired":
		return "struct", "section retired of " + path[0], "name each event with its versions and what it becomes: retired: Added: {v1: {text: string}, becomes: []}"
	case role == "#Aggregate" && len(path) == 2 && section == "refusal":
		return "struct", "section refusal of " + path[0], "name each refusal: refusal: Full: {max: int}"
	case role == "#Aggregate" && len(path) == 2 && section == "command":
		return "struct", "section command of " + path[0], "name each command with its fields: command: Add: {text: string}"
	case role == "#Aggregate" && len(path) == 3 && section == "refusal":
		if text := between(said, `"`); text != "" {
			return "struct", "refusal " + last, fmt.Sprintf("write what people read behind it: %s: {} @message(%q)", last, text)
		}
		return "struct", "refusal " + last, "write its fields: " + last + ": {max: int}, or " + last + ": {} if it has none"
	case role == "#Aggregate" && len(path) == 3 && section == "command":
		return "struct", "command " + last, "write its fields: " + last + ": {text: string}, or " + last + ": {} if it has none"
	case role == "#Aggregate" && len(path) == 3 && (section == "event" || section == "retired"):
		return "struct", "event " + last, "write its versions: " + last + ": v1: {text: string}"
	case role == "#Aggregate" && len(path) == 4 && section == "event":
		return "struct", last + " of event " + path[2], "write its fields: " + last + ": {text: string}, or " + last + ": {} if it has none"
	case role == "#Process":
		return shapeOfProcess(path)
	case role == "#Query", role == "#View" && section == "shows":
		return shapeOfQuery(path)
	case role == "#View" && len(path) == 2 && section == "on":
		return "struct", "setting on of " + path[0], `name the aggregate and its events: on: List: ["Added"]`
	case role == "#View" && len(path) == 3 && section == "on":
		return "list", "what " + path[0] + " takes from " + last, "list the names of events: " + last + `: ["Added"]`
	case role == "#View" && len(path) == 2 && section == "of":
		return "string", "setting of of " + path[0], `name the aggregate as a text: of: "List"`
	case role == "#View" && len(path) == 2 && section == "param":
		return "struct", "setting param of " + path[0], `write fields: param: show: *"all" | "open"`
	}
	return "", "", ""
}

// aWord returns a noun with its article.
func aWord(noun string) string {
	if strings.ContainsAny(noun[:1], "aeio") {
		return "an " + noun
	}
	return "a " + noun
}

// path0 returns the first element of a path, or "".
func path0(path []string) string {
	if len(path) == 0 {
		return ""
	}
	return path[0]
}

// holdsPart explains a cycle that a field causes because its type is an aggregate
// or a view, and reports whether there is such a field.
func (t *translator) holdsPart(out *Error) bool {
	held := ""
	for _, file := range t.folder.files {
		ast.Walk(file, func(n ast.Node) bool {
			if f, ok := n.(*ast.Field); ok && pos(f.Label) == out.Pos {
				ast.Walk(f.Value, func(n ast.Node) bool {
					if id, ok := n.(*ast.Ident); ok && held == "" && structural[t.roles[id.Name]] {
						held = id.Name
					}
					return true
				}, nil)
			}
			return held == ""
		}, nil)
	}
	if held == "" {
		return false
	}
	out.Code, out.Message, out.Hint = codeNotType, fmt.Sprintf("%s is %s, not a type", held, roleName(t.roles[held])), otherPart
	return true
}

// otherPart is the hint for a field whose type is an aggregate.
const otherPart = "keep its id, such as schema.#UUID, or give the part that you need its own #Name"
