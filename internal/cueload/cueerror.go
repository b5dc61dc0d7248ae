package cueload

import (
	"fmt"
	"slices"
	"strings"

	"cuelang.org/go/cue/errors"

	"ironstar.dev/internal/model"
)

// cue reports what CUE's parser says about a file.
func (p *problems) cue(err error, code string) {
	for _, e := range errors.Errors(errors.Sanitize(errors.Promote(err, ""))) {
		format, args := e.Msg()
		p.put(p.placed(e, &Error{Code: code, Message: oneLine(fmt.Sprintf(format, args...))}))
	}
}

// placed gives an error of ours the places of one of CUE's: the first is the
// place, the others take part. Places in the meta-schema are left out.
func (p *problems) placed(e errors.Error, out *Error) *Error {
	var at []model.Pos
	for _, q := range errors.Positions(e) {
		if m := notMeta(posOf(q)); m.File != "" && !slices.Contains(at, m) {
			at = append(at, m)
		}
	}
	out.Raw = e.Error()
	if len(at) > 0 {
		out.Pos, out.Also = at[0], at[1:]
	}
	return out
}

// contradicted reports what CUE says against the values of a package.
func (l *loader) contradicted(f *folder, err error) {
	list := errors.Errors(errors.Sanitize(errors.Promote(err, "")))
	var unions [][]string // paths whose alternatives have all failed
	for _, e := range list {
		if format, args := e.Msg(); strings.Contains(fmt.Sprintf(format, args...), "empty disjunction") {
			unions = append(unions, e.Path())
		}
	}
	ofAlternative := func(path []string) bool {
		return slices.ContainsFunc(unions, func(u []string) bool { return len(u) <= len(path) && slices.Equal(u, path[:len(u)]) })
	}
	t := &translator{loader: l, folder: f, roles: rolesOf(f)}
	for _, e := range list {
		format, args := e.Msg()
		said := oneLine(fmt.Sprintf(format, args...))
		if ofAlternative(e.Path()) && !strings.Contains(said, "empty disjunction") {
			continue
		}
		out := l.problems.placed(e, &Error{})
		if path, ok := stepPath(e.Path()); ok && strings.HasPrefix(said, "reference ") {
			l.problems.add(codeUpcastName, out.Pos, "names are known within the braces that they stand in: write the step beside its version, Added: {v1: {…}, v2: {…}, toV2: {…}}", "%s", strings.Replace(said, "reference ", "there is no ", 1))
			continue
		} else if ok { // upcasters have words of their own
			l.said = append(l.said, stepError{defKey{f.path, path}, out.Pos, out.Also, said})
			continue
		}
		if out.Pos.File == "" {
			out.Pos = locate(f, e.Path())
		}
		t.say(out, e.Path(), said)
		l.problems.put(out)
	}
}

// translator puts CUE's words into those of the language.
type translator struct {
	*loader
	folder *folder
	roles  map[string]string
}

func (t *translator) say(out *Error, path []string, said string) {
	name := strings.Join(path, ".")
	quoted := between(said, `"`)
	switch {
	case strings.HasPrefix(said, "field not allowed"):
		t.notAllowed(out, path)
	case strings.HasPrefix(said, "reference ") && strings.HasSuffix(said, " not found"):
		out.Code, out.Message = codeName, "there is no "+quoted
		if out.Hint = t.importHint(out.Pos, quoted); out.Hint != "" {
			out.Message = "package " + quoted + " is not imported"
		} else {
			out.Hint = nearest(quoted, t.names(), "did you mean %s?")
		}
	case strings.HasPrefix(said, "imported and not used"):
		out.Code, out.Message, out.Hint = codeUnused, quoted+" is imported and not used", "take the import away"
	case strings.HasPrefix(said, "undefined field: "):
		field := strings.TrimPrefix(said, "undefined field: ")
		out.Code, out.Message = codeName, "there is no "+field
		out.Hint = nearest(field, t.names(), "did you mean %s?")
	case strings.HasPrefix(said, "structural cycle"):
		out.Code, out.Message, out.Hint = codeRecursion, name+" contains itself and could never end", "contain it in a list, or make the field optional"
	case len(path) == 2 && t.roles[path[0]] == "#View" && path[1] == "scope":
		out.Code, out.Message, out.Hint = codeScope, "the scope of a view is \"shared\" or \"session\"", "shared: rendered once for everybody; session: rendered for each"
	case len(path) == 2 && t.roles[path[0]] == "#View" && path[1] == "key":
		out.Code, out.Message, out.Hint = codeViewKey, "a key is \"stream\", \"global\" or the name of a field", "field names begin with a small letter"
	case strings.Contains(said, "empty disjunction"):
		out.Code, out.Message, out.Hint = codeValue, name+" fits none of its alternatives", "what is added to a union must leave one of its cases"
	default:
		out.Code, out.Message = codeValue, said
		if name != "" {
			out.Message = name + ": " + said
		}
	}
}

// importHint is the import that is missing when the name of a package is used
// that the language knows.
func (t *translator) importHint(at model.Pos, name string) string {
	line, width := t.problems.excerpt(at)
	if at.Col < 1 || at.Col+width-1 > len(line) || !strings.HasPrefix(line[at.Col-1:], name+".") {
		return ""
	}
	if name == "schema" {
		return fmt.Sprintf("write import %q", metaPath)
	}
	for _, known := range append(keys(builtinOps), "time.Time") {
		if strings.HasPrefix(known, name+".") {
			return fmt.Sprintf("write import %q", name)
		}
	}
	return ""
}

// notAllowed says which name is wrong, by where it stands.
func (t *translator) notAllowed(out *Error, path []string) {
	last := strings.Trim(path[len(path)-1], `"`)
	role := t.roles[path[0]]
	out.Code = codeSection
	switch {
	case len(path) == 2 && sections[role] != nil:
		out.Message = fmt.Sprintf("%s has no section %q", roleName(role), last)
		out.Hint = nearest(last, sections[role], "did you mean %q?")
		if out.Hint == "" {
			out.Hint = "there are " + list(sections[role])
		}
	case role == "#Aggregate" && len(path) == 3 && path[1] != "state":
		t.badName(out, last, "the name of a "+kindOfSection(path[1]), "names begin with a capital letter and go on with letters and digits: "+typeName(last), isTypeName)
	case role == "#Aggregate" && len(path) == 4 && path[1] == "event":
		out.Message = fmt.Sprintf("event %s has no part %q", path[2], last)
		out.Hint = "an event has versions v1, v2, … and steps toV2, toV3, …"
	case role == "#View" && len(path) == 3 && path[1] == "on":
		t.badName(out, last, "the name of an aggregate", "names begin with a capital letter", isTypeName)
	case role == "#Signals" && len(path) == 2, role == "#View" && len(path) == 3 && path[1] == "param",
		role == "#Aggregate" && (len(path) == 4 && path[1] != "event" || len(path) == 5 && path[1] == "event"):
		t.badName(out, last, "the name of a field", "field names begin with a small letter and go on with letters and digits: "+fieldName(last), isFieldName)
	default:
		t.closed(out, strings.Join(path[:len(path)-1], "."), last)
	}
}

// badName reports a name that is not formed as names of its kind are; if it is,
// something else keeps the field out.
func (t *translator) badName(out *Error, name, what, hint string, ok func(string) bool) {
	if ok(name) {
		t.closed(out, "this", name)
		return
	}
	out.Code, out.Message, out.Hint = codeBadName, fmt.Sprintf("%q cannot be %s", name, what), hint
}

func (t *translator) closed(out *Error, where, name string) {
	out.Message = fmt.Sprintf("%s has no field %q", where, name)
	out.Hint = nearest(name, t.labels(), "did you mean %q?")
	if out.Hint == "" {
		out.Hint = "a definition is closed: what embeds or extends it elsewhere cannot add fields"
	}
}

// sections are the parts of the structures of the meta-schema.
var sections = map[string][]string{
	"#Aggregate": {"command", "event", "refusal", "retired", "state"},
	"#View":      {"key", "of", "on", "param", "scope", "state"},
	"#Process":   {"key", "on", "sends", "start", "state", "timer"},
}

func kindOfSection(section string) string {
	if section == "retired" {
		return "retired event"
	}
	return section
}

// between is the first part of s between two marks.
func between(s, mark string) string {
	_, s, _ = strings.Cut(s, mark)
	s, _, _ = strings.Cut(s, mark)
	return s
}
