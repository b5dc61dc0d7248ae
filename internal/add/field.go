package add

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"ironstar.dev/internal/naming"
)

// Field is a field as it is written on the command line: name:type, with ? at the
// end if it may be absent, and with = and its default.
type Field struct {
	Name     string
	Type     string   // a word of [Types], or "#Money", "money.#Money"; of a list, that of its elements
	Values   []string // of an enum; Type is "" then
	List     bool
	Optional bool
	Default  string
	Enum     string // name of the type of an enum, without #; set by the code that adds the type
}

// kinds has the types that can be written, and what they are in a schema.
var kinds = map[string]string{
	"string": "string", "text": "string", "longtext": "string", "int": "int", "number": "number", "bool": "bool",
	"decimal": "schema.#Decimal", "uuid": "schema.#UUID", "time": "schema.#Time", "date": "schema.#Date", "duration": "schema.#Duration",
	"bytes": "schema.#Bytes & strings.MaxRunes(65536)", "now": "schema.#Time", "actor": "string", "newid": "schema.#UUID",
}

// mostRunes are the bounds of what a person types, in characters.
var mostRunes = map[string]int{"text": 200, "longtext": 5000}

// Types lists the types that [ParseField] knows by a word.
const Types = "string, text, longtext, int, number, bool, decimal, date, time, duration, uuid, bytes, now, actor, newid"

// injected are the types of what the server fills in.
var injected = map[string]string{"now": "@inject(now)", "actor": "@inject(actor)", "newid": "@inject(uuid)"}

// Stored returns the type with which the value of a field is stored. It differs
// for what the server fills in.
func (f Field) Stored() string {
	switch f.Type {
	case "now":
		return "time"
	case "actor":
		return "string"
	case "newid":
		return "uuid"
	}
	return f.Type
}

const (
	mostFields  = 100
	longestName = 60  // runes of a name; longer ones make file names that some systems refuse
	longestText = 500 // bytes of a field
)

var (
	fieldName = regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`)
	enumValue = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9 _-]*$`)
	typeName  = regexp.MustCompile(`^(?:[a-z][a-z0-9]*\.)?#[A-Z][A-Za-z0-9]*$`)
)

// ParseFields reads fields. The error says what can be written.
func ParseFields(texts []string) ([]Field, error) {
	if len(texts) > mostFields {
		return nil, fmt.Errorf("%d fields are too many for one command: write at most %d, and the others into the schema", len(texts), mostFields)
	}
	var all []Field
	for _, text := range texts {
		f, err := parseField(text)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(all, func(o Field) bool { return strings.EqualFold(naming.Exported(o.Name), naming.Exported(f.Name)) }) {
			return nil, fmt.Errorf("there are two fields %s", f.Name)
		}
		all = append(all, f)
	}
	return all, nil
}

func parseField(text string) (Field, error) {
	if len(text) > longestText {
		return Field{}, fmt.Errorf("the field %q… is too long: write it into the schema", text[:40])
	}
	name, rest, ok := strings.Cut(text, ":")
	if !ok || rest == "" {
		return Field{}, fmt.Errorf("the field %q has no type: write a name, a colon and a type, such as %s", text, exampleField(name))
	}
	f := Field{Name: name}
	f.Name, f.Optional = strings.CutSuffix(name, "?")
	rest, f.Default, ok = strings.Cut(rest, "=")
	if ok && f.Default == "" && rest != "string" && mostRunes[rest] == 0 {
		return Field{}, fmt.Errorf("the field %s has an empty default: write one behind =, or leave the = out", f.Name)
	}
	hasDefault := ok
	rest, optional := strings.CutSuffix(rest, "?")
	f.Optional = f.Optional || optional
	if err := checkFieldName(f.Name); err != nil {
		return Field{}, err
	}
	if inner, list := strings.CutPrefix(rest, "["); list {
		if rest, ok = strings.CutSuffix(inner, "]"); !ok {
			return Field{}, fmt.Errorf("the field %s lacks a ]: a list is written [string]", f.Name)
		}
		f.List = true
	}
	if err := f.parseType(rest); err != nil {
		return Field{}, err
	}
	return f, f.check(hasDefault)
}

// exampleField shows how a field with this name is written.
func exampleField(name string) string {
	if !fieldName.MatchString(name) || len(name) > longestName {
		name = "text"
	}
	return name + ":string"
}

func checkFieldName(name string) error {
	switch {
	case len(name) > longestName:
		return fmt.Errorf("the name of the field %q… has more than %d characters", name[:20], longestName)
	case !fieldName.MatchString(name):
		return fmt.Errorf("%q cannot be the name of a field: it begins with a small letter, and letters and digits follow, such as dueDate", name)
	}
	return nil
}

// parseType reads the type without the signs for lists and optional fields.
func (f *Field) parseType(text string) error {
	switch {
	case strings.Contains(text, "|"):
		f.Values = strings.Split(text, "|")
		for i, v := range f.Values {
			if !enumValue.MatchString(v) {
				return fmt.Errorf("the field %s has the value %q: values are words, such as low|high", f.Name, v)
			}
			if slices.Contains(f.Values[:i], v) {
				return fmt.Errorf("the field %s has the value %s twice", f.Name, v)
			}
		}
	case kinds[text] != "" || typeName.MatchString(text):
		f.Type = text
	default:
		return fmt.Errorf("the field %s has the unknown type %q: there are %s, a list such as [string], values such as low|high, and types of the schema such as #Money", f.Name, text, Types)
	}
	return nil
}

// check refuses what a schema cannot say.
func (f *Field) check(hasDefault bool) error {
	switch {
	case injected[f.Type] != "" && (f.List || f.Optional || hasDefault):
		return fmt.Errorf("the field %s: the server fills in %s, so it has no ?, no default, and is no list", f.Name, f.Type)
	case f.List && f.Type == "bytes":
		return fmt.Errorf("the field %s: write a list of bytes into the schema by hand", f.Name)
	case !hasDefault:
		return nil
	case f.Optional:
		return fmt.Errorf("the field %s has a default, so it is not optional: leave the ? out", f.Name)
	case f.List:
		return fmt.Errorf("the field %s: a list is empty if it is absent, and has no default", f.Name)
	}
	ok, example := true, ""
	switch f.Type {
	case "":
		ok, example = slices.Contains(f.Values, f.Default), f.Values[0]
	case "bool":
		ok, example = f.Default == "true" || f.Default == "false", "false"
	case "int":
		_, err := strconv.ParseInt(f.Default, 10, 64)
		ok, example = err == nil && wholeNumber.MatchString(f.Default), "1"
	case "string", "text", "longtext":
		ok, example = isPrintable(f.Default), "none"
	default:
		return fmt.Errorf("the field %s: a default of %s is written into the schema by hand", f.Name, f.Type)
	}
	if !ok {
		return fmt.Errorf("the field %s cannot have the default %q: write one such as %s:…=%s", f.Name, f.Default, f.Name, example)
	}
	f.Default = f.defaultInCUE()
	return nil
}

var wholeNumber = regexp.MustCompile(`^(?:0|-?[1-9][0-9]*)$`)

func (f Field) defaultInCUE() string {
	switch {
	case f.Values != nil:
		return f.literal(f.Default)
	case f.Type == "bool" || f.Type == "int":
		return f.Default
	}
	return quoted(f.Default)
}

// literal returns a value of an enum in CUE: a number if all its values are whole
// numbers, otherwise a text.
func (f Field) literal(v string) string {
	for _, other := range f.Values {
		if _, err := strconv.ParseInt(other, 10, 64); err != nil || !wholeNumber.MatchString(other) {
			return quoted(v)
		}
	}
	return v
}

func isPrintable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
}

// quoted returns a printable text in CUE.
func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}
