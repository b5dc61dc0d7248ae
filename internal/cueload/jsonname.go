package cueload

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"cuelang.org/go/cue"

	"ironstar.dev/internal/model"
)

// maxJSONName is the greatest length of a name in @json, in bytes.
const maxJSONName = 100

// jsonName reads @json(name="order_id").
func (r *reader) jsonName(a cue.Attribute, at model.Pos) string {
	if a.NumArgs() != 1 {
		r.problems.add(codeAttribute, at, `write @json(name="order_id")`, "@json says how a field is called in JSON, and nothing else")
		return ""
	}
	key, value := a.Arg(0)
	switch {
	case key != "name":
		r.problems.add(codeAttribute, at, `write @json(name="order_id")`, "@json has no %q", oneLine(a.RawArg(0)))
		return ""
	case value == "" || len(value) > maxJSONName || !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl):
		r.problems.add(codeJSONName, at, "a name has 1 to 100 bytes, without control characters", "%q cannot be a name in JSON", value)
		return ""
	}
	return value
}

// renameInJSON replaces the name of a field, so far that of CUE, by its name in
// JSON.
func (r *reader) renameInJSON(f *model.Field, a attrs, in use) {
	switch {
	case a.jsonName == "":
		return
	case in == paramFields || in == signalFields || in == rowFields:
		r.problems.add(codeJSONName, a.jsonAt, "rename the field", "a parameter, a signal or a column of an answer is called as in CUE: nothing outside has named it before")
		return
	case in == commandFields && !isFormName(a.jsonName):
		r.problems.add(codeJSONName, a.jsonAt, "in a command: a letter, then letters, digits, _ and -", "%q cannot be the name of a form's field and of a signal", a.jsonName)
		return
	case a.jsonName == f.Name:
		return
	}
	f.Label, f.Name = f.Name, a.jsonName
}

// isFormName reports whether a field of a form and a signal can have a name.
// Names that begin with _ belong to the protocol, and dots lead into objects.
func isFormName(s string) bool {
	for i, c := range []byte(s) {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c != '_' && c != '-' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != ""
}

// finishDefaults gives the fields in defaults their names in JSON. It runs when
// all types and the tags of all unions are known.
func (r *schemaReader) finishDefaults() {
	for _, f := range r.defaulted {
		f.Default.JSON = string(model.InJSON(f.Type, []byte(f.Default.JSON)))
		r.decimalDefault(f)
	}
	r.defaulted = nil
}

// sameName reports two fields whose names in JSON are equal or differ in letter
// case only.
func (r *schemaReader) sameName(old, f *model.Field, what string) {
	also := []model.Pos{old.Pos}
	switch {
	case old.Name == f.Name:
		r.problems.addAlso(codeJSONName, f.Pos, also, "give one of them another name", "fields %s and %s of %s are both called %s in JSON", old.InCUE(), f.InCUE(), what, f.Name)
	case old.Label != "" || f.Label != "":
		r.problems.addAlso(codeCaseFold, f.Pos, also, "give one of them another name", "fields %s and %s of %s are called %s and %s in JSON, which differ in letter case only", old.InCUE(), f.InCUE(), what, old.Name, f.Name)
	default:
		r.problems.addAlso(codeCaseFold, f.Pos, also, "rename one of them", "fields %s and %s of %s differ in letter case only", old.Name, f.Name, what)
	}
}
