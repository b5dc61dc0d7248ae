package cueload

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ironstar.dev/internal/model"
)

// maxAnswer is the greatest number of rows of an answer.
const maxAnswer = 100_000

// namesInQuery reports whether a path is in a setting of a query, or of a view that shows
// queries, that names something as a text.
func (t *translator) namesInQuery(path []string) bool {
	switch t.roles[path0(path)] {
	case "#Query":
		return len(path) > 1 && slices.Contains([]string{"on", "view", "engine", "window"}, path[1])
	case "#View":
		return len(path) > 1 && path[1] == "shows"
	}
	return false
}

// queryPart explains a name that a part of a query does not have. It reports whether the
// path is in such a part.
func (t *translator) queryPart(out *Error, path []string, last string) bool {
	role := t.roles[path[0]]
	if len(path) != 3 || role != "#Query" && (role != "#View" || path[1] != "shows") {
		return false
	}
	switch path[1] {
	case "on":
		t.badName(out, last, "the name of an aggregate", "names begin with a capital letter", isTypeName)
	case "param", "row", "shows":
		t.badName(out, last, "the name of a field", "field names begin with a small letter and go on with letters and digits: "+fieldName(last), isFieldName)
	case "window":
		names := []string{"span", "until", "round"}
		out.Message, out.Hint = fmt.Sprintf("the window of %s has no part %q", path[0], last), nearestOf(last, names, "did you mean %q?", "there are "+list(names))
	default:
		return false
	}
	return true
}

// queryValue explains the value of a setting of a query. It reports whether the path is
// such a setting.
func (t *translator) queryValue(out *Error, path []string, said, quoted string) bool {
	if len(path) < 2 || path[1] != "shows" && t.roles[path[0]] != "#Query" {
		return false
	}
	at := t.settingPos(out, path)
	invalid := strings.HasPrefix(said, "invalid value")
	switch setting := path[1]; {
	case setting == "engine":
		out.Code, out.Message = codeQuery, `engine of a query is "sqlite", "duckdb" or "view", or a list of these`
		out.Hint = `write engine: "sqlite", or engine: ["duckdb", "sqlite"] in order of preference`
	case setting == "rows":
		out.Code, out.Message, out.Hint = codeQueryLimit, "an answer has 1 to "+strconv.Itoa(maxAnswer)+" rows", "write rows: 1000"
	case setting == "export":
		out.Code, out.Message, out.Hint = codeQueryLimit, "a Parquet file has 1 to 50000000 rows", "write export: 1000000"
	case setting == "public":
		out.Code, out.Message, out.Hint = codeQuery, "public of a query is true or false", "write public: true if everybody may ask it"
	case setting == "fresh", setting == "within", len(path) == 3 && setting == "window" && path[2] == "round":
		last := path[len(path)-1]
		out.Code, out.Message, out.Hint = codeQueryLimit, last+" of a query is a length of time", `hours, minutes and seconds, as in `+last+`: "PT1S" or "PT1M30S"`
	case invalid && setting == "window":
		out.Code, out.Message, out.Hint = codeBadName, fmt.Sprintf("%q cannot be the name of a parameter", quoted), "names of parameters begin with a small letter: "+fieldName(quoted)
	case invalid && namedIn[setting] != "":
		out.Code, out.Message, out.Hint = codeBadName, fmt.Sprintf("%q cannot be the name of %s", quoted, namedIn[setting]), "names begin with a capital letter: "+typeName(quoted)
	default:
		return false
	}
	out.Pos, out.Also = at, nil
	return true
}

// settingPos returns where a setting is written, if CUE does not say where its value is.
func (t *translator) settingPos(out *Error, path []string) model.Pos {
	if len(out.Also) == 0 && out.Pos.File != "" {
		return out.Pos
	}
	return locate(t.folder, path)
}

// namedIn says what the texts of a setting name.
var namedIn = map[string]string{"on": "an event", "view": "a view", "shows": "a query"}

// shapeOfQuery is shapeOf for a part of a query, or of a view that shows queries.
func shapeOfQuery(path []string) (kind, what, hint string) {
	last := path[len(path)-1]
	switch section := path[1]; {
	case len(path) == 2 && section == "on":
		return "struct", "setting on of " + path[0], `name the aggregate and its events: on: List: ["Added"]`
	case len(path) == 3 && section == "on":
		return "list", "what " + path[0] + " reads of " + last, "list the names of events: " + last + `: ["Added"]`
	case len(path) == 2 && section == "view":
		return "string", "setting view of " + path[0], `name the view as a text: view: "House"`
	case len(path) == 2 && section == "param":
		return "struct", "setting param of " + path[0], `write fields: param: span: *"PT1H" | "PT24H"`
	case len(path) == 2 && section == "row":
		return "struct", "setting row of " + path[0], "write the columns of the answer: row: {minute: schema.#Time, count: int}"
	case len(path) == 2 && section == "window":
		return "struct", "setting window of " + path[0], `name the parameters: window: {span: "span", until: "until"}`
	case len(path) == 3 && section == "window" && last != "round":
		return "string", "window." + last + " of " + path[0], "name the parameter as a text: " + last + ": " + strconv.Quote(last)
	case len(path) == 2 && section == "shows":
		return "struct", "setting shows of " + path[0], `name each answer, and its query: shows: bids: "BidsPerMinute"`
	case len(path) == 3 && section == "shows":
		return "string", "answer " + last + " of " + path[0], `name the query as a text: ` + last + `: "BidsPerMinute"`
	}
	return "", "", ""
}
