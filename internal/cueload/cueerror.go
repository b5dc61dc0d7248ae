package cueload

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"cuelang.org/go/cue/errors"

	"ironstar.dev/internal/model"
)

// cue reports the errors of CUE's parser in a file.
func (p *problems) cue(err error, code string) {
	for _, e := range errors.Errors(errors.Sanitize(errors.Promote(err, ""))) {
		format, args := e.Msg()
		p.put(p.placed(e, &Error{Code: code, Message: oneLine(fmt.Sprintf(format, args...))}))
	}
}

// placed gives one of our errors the positions of an error of CUE: the first is
// its place, the others take part. It omits positions in the meta-schema.
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

// contradicted reports CUE's errors in the values of a package.
func (l *loader) contradicted(f *folder, err error) {
	list := errors.Errors(errors.Sanitize(errors.Promote(err, "")))
	var unions [][]string // paths of unions all of whose cases have failed
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
		said := oneLine(patternNames().Replace(fmt.Sprintf(format, args...)))
		if ofAlternative(e.Path()) && !strings.Contains(said, "empty disjunction") {
			continue
		}
		out := l.problems.placed(e, &Error{})
		if path, ok := stepPath(e.Path()); ok && strings.HasPrefix(said, "reference ") {
			l.problems.add(codeUpcastName, out.Pos, stepHint(e.Path(), said), "there is no %s here", between(said, `"`))
			continue
		} else if ok { // errors in upcasters are explained elsewhere
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

// stepHint returns what to write instead of a name that a step does not have.
func stepHint(path []string, said string) string {
	n, step := versionOf(path[3])
	switch from := versionName(n - 1); {
	case builtinPackages[between(said, `"`)]:
		return "it is not imported; and steps know few functions: for any other write _ @go(func), and the method in Go"
	case !step:
		return "the old payload is called as its last version, such as v1, and its fields are v1.text and the like"
	case between(said, `"`) != from:
		return fmt.Sprintf("the old payload is called %s, and its fields are %s.text and the like", from, from)
	}
	return "names are known within the braces that they stand in: write the step beside its version, Added: {v1: {…}, v2: {…}, toV2: {…}}"
}

// translator translates CUE's messages into the words of the language.
type translator struct {
	*loader
	folder *folder
	roles  map[string]string
}

func (t *translator) say(out *Error, path []string, said string) {
	name := strings.Join(path, ".")
	quoted := between(said, `"`)
	switch {
	case t.shape(out, path, said):
	case strings.HasPrefix(said, "field not allowed"):
		t.notAllowed(out, path)
	case t.processValue(out, path, said, quoted):
	case strings.HasPrefix(said, "reference ") && strings.HasSuffix(said, " not found"):
		t.unknownName(out, path, quoted)
	case strings.HasPrefix(said, "imported and not used"):
		out.Code, out.Message, out.Hint = codeUnused, quoted+" is imported and not used", "take the import away"
	case strings.HasPrefix(said, "undefined field: "):
		field := strings.TrimPrefix(said, "undefined field: ")
		out.Code, out.Message = codeName, "there is no "+field
		out.Hint = nearest(field, t.names(), "did you mean %s?")
	case strings.HasPrefix(said, "unreferenced alias or let clause "):
		alias := strings.TrimPrefix(said, "unreferenced alias or let clause ")
		out.Code, out.Message, out.Hint = codeUnused, "nothing refers to "+alias, "take it away"
		if predeclared[alias] {
			out.Hint = "for a default write *… | " + alias
		}
	case strings.HasPrefix(said, "structural cycle") && t.holdsPart(out):
	case strings.HasPrefix(said, "structural cycle"):
		out.Code, out.Message, out.Hint = codeRecursion, name+" contains itself and could never end", "contain it in a list, or make the field optional"
	case t.listError(out, path, said):
	case len(path) == 2 && t.roles[path[0]] == "#View" && path[1] == "scope":
		out.Code, out.Message, out.Hint = codeScope, "the scope of a view is \"shared\" or \"session\"", "shared: rendered once for everybody; session: rendered for each"
	case len(path) == 2 && t.roles[path[0]] == "#View" && path[1] == "key":
		out.Code, out.Message, out.Hint = codeViewKey, "a key is \"stream\", \"global\" or the name of a field", "field names begin with a small letter"
	case len(path) == 2 && t.roles[path[0]] == "#View" && path[1] == "missing":
		out.Code, out.Message, out.Hint = codeValue, "missing of a view is \"empty\" or \"404\"", "empty: the state before the first event; 404: there is no such page"
	case t.roles[path0(path)] == "#View" && (len(path) == 2 && path[1] == "of" || len(path) > 2 && path[1] == "on") && strings.HasPrefix(said, "invalid value"):
		out.Code, out.Message, out.Hint = codeBadName, fmt.Sprintf("%q cannot be the name of an aggregate or event", quoted), "names begin with a capital letter: "+typeName(quoted)
	case strings.Contains(said, "empty disjunction"):
		out.Code, out.Message, out.Hint = codeValue, name+" fits none of its alternatives", "what is added to a union must leave one of its cases"
	default:
		out.Code, out.Message = codeValue, said
		if name != "" {
			out.Message = name + ": " + said
		}
		if strings.Contains(said, "schema.#Decimal") && strings.Contains(said, "mismatched types number and string") {
			out.Hint = `a decimal is a text, so its bounds are in an attribute: schema.#Decimal @decimal(min="0.01")`
		}
	}
}

// importHint returns a hint if a name is that of a package of the language that
// the file does not import.
func (t *translator) importHint(at model.Pos, name string) string {
	line, width := t.problems.excerpt(at)
	if at.Col < 1 || at.Col+width-1 > len(line) || !strings.HasPrefix(line[at.Col-1:], name+".") {
		return ""
	}
	if name == "schema" {
		return fmt.Sprintf("write import %q", metaPath)
	}
	if strings.HasPrefix(line[at.Col-1:], name+".#") { // packages of CUE's library have no definitions
		for _, f := range t.folders {
			switch {
			case f == t.folder || f.name != name && path.Base(f.path) != name:
			case f.name == path.Base(f.path):
				return fmt.Sprintf("write import %q", f.path)
			default:
				return fmt.Sprintf("write import %q, and %s.#…", f.path+":"+f.name, f.name)
			}
		}
		return ""
	}
	for _, known := range append(keys(builtinOps), "time.Time") {
		if strings.HasPrefix(known, name+".") {
			return fmt.Sprintf("write import %q", name)
		}
	}
	return ""
}

// notAllowed explains which name is wrong, by its position.
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
		t.badName(out, last, "the name of "+aWord(kindOfSection(path[1])), "names begin with a capital letter and go on with letters and digits: "+typeName(last), isTypeName)
	case role == "#Aggregate" && len(path) == 4 && path[1] == "event":
		out.Message = fmt.Sprintf("event %s has no part %q", path[2], last)
		out.Hint = "an event has versions v1, v2, … and steps toV2, toV3, …"
	case t.processPart(out, path, last):
	case role == "#View" && len(path) == 3 && path[1] == "on":
		t.badName(out, last, "the name of an aggregate", "names begin with a capital letter", isTypeName)
	case role == "#Signals" && len(path) == 2, role == "#View" && len(path) == 3 && path[1] == "param",
		role == "#Aggregate" && (len(path) == 4 && path[1] != "event" || len(path) == 5 && path[1] == "event"):
		t.badName(out, last, "the name of a field", "field names begin with a small letter and go on with letters and digits: "+fieldName(last), isFieldName)
	default:
		t.closed(out, strings.Join(path[:len(path)-1], "."), last)
	}
}

// badName reports a name that does not have the form of its kind. If it does
// have that form, the field is refused for another reason.
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
	if base := extended(t.folder.files, out.Pos); base != "" {
		out.Message = fmt.Sprintf("%s has no field %q", base, name)
		if out.Hint != "" {
			out.Hint += " Or "
		}
		out.Hint += notAdded(base, name)
	}
	if out.Hint == "" {
		out.Hint = "a definition is closed: what embeds or extends it elsewhere cannot add fields"
	}
}

// sections are the sections of the structures in the meta-schema.
var sections = map[string][]string{
	"#Aggregate": keys(parts[slotAggregate]),
	"#View":      keys(parts[slotView]),
	"#Process":   keys(parts[slotProcess]),
	"#Query":     keys(parts[slotQuery]),
}

func kindOfSection(section string) string {
	if section == "retired" {
		return "retired event"
	}
	return section
}

// between returns the first part of s between two marks.
func between(s, mark string) string {
	_, s, _ = strings.Cut(s, mark)
	s, _, _ = strings.Cut(s, mark)
	return s
}
