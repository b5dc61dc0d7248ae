package cueload

import (
	"fmt"
	"slices"
	"strings"
)

// namesThings reports whether a path is in a setting of a process that names
// aggregates, commands, events or refusals.
func namesThings(path []string) bool {
	return len(path) > 1 && slices.Contains([]string{"on", "sends", "refused", "ignore"}, path[1]) || len(path) == 4 && (path[3] == "done" || path[3] == "failed")
}

// behindName returns what is missing behind the name of an aggregate where a text
// is "Lot.Close".
func behindName(path []string) string {
	if path[1] == "on" || path[1] == "sends" {
		return ""
	}
	return ".…"
}

// processPart explains a name that a part of a process does not have. It reports
// whether the path is in a part of a process that has fixed names.
func (t *translator) processPart(out *Error, path []string, last string) bool {
	if t.roles[path[0]] != "#Process" || len(path) < 3 {
		return false
	}
	switch section := path[1]; {
	case len(path) == 3 && (section == "on" || section == "sends"):
		t.badName(out, last, "the name of an aggregate", "names begin with a capital letter", isTypeName)
	case len(path) == 3 && (section == "timer" || section == "effect"):
		t.badName(out, last, "the name of "+aWord(section), "names begin with a capital letter and go on with letters and digits: "+typeName(last), isTypeName)
	case len(path) == 4 && section == "effect":
		parts := keys(parts[slotEffect])
		out.Message = fmt.Sprintf("effect %s has no part %q", path[2], last)
		out.Hint = nearest(last, parts, "did you mean %q?")
		if out.Hint == "" {
			out.Hint = "there are " + list(parts) + "; what its handler is told are fields of data"
		}
	case len(path) == 4 && section == "timer", len(path) == 5 && section == "effect" && path[3] == "data":
		t.badName(out, last, "the name of a field", "field names begin with a small letter and go on with letters and digits: "+fieldName(last), isFieldName)
	default:
		return false
	}
	return true
}

// processValue explains the value of a setting of a process or an effect. It
// reports whether the path is such a setting.
func (t *translator) processValue(out *Error, path []string, said, quoted string) bool {
	if t.roles[path0(path)] != "#Process" || len(path) < 2 {
		return false
	}
	switch section, invalid := path[1], strings.HasPrefix(said, "invalid value"); {
	case len(path) == 2 && section == "key":
		out.Code, out.Message, out.Hint = codeViewKey, "a key is \"stream\", \"global\" or the name of a field", "field names begin with a small letter"
	case len(path) == 2 && section == "start":
		out.Code, out.Message, out.Hint = codeValue, "start of a process is \"now\" or \"beginning\"", "now: it reacts to what happens from its first start on; beginning: to everything in the log"
	case len(path) == 4 && section == "effect" && path[3] == "within":
		out.Code, out.Message, out.Hint = codeWait, "within of an effect is a length of time", `hours, minutes and seconds, as in "PT24H" or "PT1H30M"`
	case invalid && (section == "refused" || section == "ignore" || len(path) == 4 && section == "effect"):
		out.Code, out.Message, out.Hint = codeBadName, fmt.Sprintf("%q names no command or refusal with its aggregate", quoted), `write "List.Close"`
	case invalid && itemOf[section] != "":
		out.Code, out.Message, out.Hint = codeBadName, fmt.Sprintf("%q cannot be the name of %s", quoted, itemOf[section]), "names begin with a capital letter: "+typeName(quoted)
	default:
		return false
	}
	return true
}

// itemOf says what the lists of a setting name.
var itemOf = map[string]string{"on": "an event", "sends": "a command", "was": "a process"}

// shapeOfProcess is shapeOf for a part of a process.
func shapeOfProcess(path []string) (kind, what, hint string) {
	last := path[len(path)-1]
	switch section := path[1]; {
	case len(path) == 2 && section == "on":
		return "struct", "setting on of " + path[0], `name the aggregate and its events: on: List: ["Added"]`
	case len(path) == 2 && section == "sends":
		return "struct", "setting sends of " + path[0], `name the aggregate and its commands: sends: List: ["Close"]`
	case len(path) == 3 && section == "on":
		return "list", "what " + path[0] + " takes from " + last, "list the names of events: " + last + `: ["Added"]`
	case len(path) == 3 && section == "sends":
		return "list", "what " + path[0] + " sends to " + last, "list the names of commands: " + last + `: ["Close"]`
	case len(path) == 2 && section == "was":
		return "list", "setting was of " + path[0], `list its former names: was: ["Old"]`
	case len(path) == 2 && (section == "refused" || section == "ignore"):
		return "list", "setting " + section + " of " + path[0], "write " + section + `: ["List.Close"]`
	case len(path) == 2 && section == "timer":
		return "struct", "section timer of " + path[0], "name each timer with what is known then: timer: Closing: {lot: schema.#UUID}"
	case len(path) == 2 && section == "effect":
		return "struct", "section effect of " + path[0], "name each effect: effect: Charge: {data: {amount: int}, done: \"Lot.Pay\"}"
	case len(path) == 3 && section == "timer":
		return "struct", "timer " + last, "write what is known then: " + last + ": {lot: schema.#UUID}, or " + last + ": {} if there is nothing"
	case len(path) == 3 && section == "effect":
		return "struct", "effect " + last, "write what its handler is told: " + last + ": data: {amount: int}"
	case len(path) == 4 && section == "effect" && last == "data":
		return "struct", "the data of effect " + path[2], "write fields: data: {amount: int}"
	}
	return "", "", ""
}
