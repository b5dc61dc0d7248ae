package wire

import (
	"slices"
	"strconv"
	"strings"

	"ironstar.dev"
)

// presence says what was written for a field.
type presence int

const (
	absent   presence = iota // nothing
	supplied                 // something that nobody typed: a constant, an unticked box, a blank text
	given                    // a value
)

// object writes the fields that have values, each with a comma. at is the path
// of the object in the JSON. It returns given if one of them was given.
func (v *values) object(b []byte, e entry, inputs []Input, at string) ([]byte, presence) {
	most := absent
	field := e.fields()
	for i := range inputs {
		in := &inputs[i]
		path := in.Name
		if at != "" {
			path = at + "." + in.Name
		}
		var p presence
		b, p = v.field(b, field(in.Name), in, path)
		most = max(most, p)
	}
	return b, most
}

// field writes a name, a value and a comma, or nothing if there is no value.
func (v *values) field(b []byte, e entry, in *Input, at string) ([]byte, presence) {
	if e.again {
		v.report(e.path, problemTwice())
	}
	with := append(AppendString(b, in.Name), ':')
	with, p := v.value(with, e, in, at)
	if p == absent {
		text := in.Const
		if in.Kind == InputFlag && in.Required && v.boxes && text == "" {
			text = "false"
		}
		if text == "" {
			return b, absent
		}
		with, p = append(with, text...), supplied
	}
	return append(with, ','), p
}

func (v *values) value(b []byte, e entry, in *Input, at string) ([]byte, presence) {
	switch {
	case in.Many:
		return v.list(b, e, in, at)
	case in.isStruct():
		return v.structure(b, e, in, at)
	}
	return v.scalar(b, e, in)
}

// list writes the items that are not blank.
func (v *values) list(b []byte, e entry, in *Input, at string) ([]byte, presence) {
	if json := e.value(); json != "" && json[0] != '[' {
		return append(b, json...), given
	}
	if texts := e.texts(); in.isStruct() && len(texts) > 0 && strings.HasPrefix(strings.TrimSpace(texts[0]), "[") {
		return v.scalar(b, e, &Input{Kind: InputJSON})
	}
	item := *in
	item.Many, item.Optional, item.Required = false, true, false
	n := 0
	b = append(b, '[')
	for _, one := range e.items() {
		path := at + "[" + strconv.Itoa(n) + "]"
		end := len(b)
		with, p := b, absent
		if n > 0 {
			with = append(with, ',')
		}
		if with, p = v.value(with, one, &item, path); p == absent {
			b = b[:end]
			continue
		}
		b = with
		n++
		if path != one.path {
			v.moved = append(v.moved, moved{path, one.path})
		}
	}
	if n == 0 {
		return b, absent
	}
	return append(b, ']'), given
}

// structure writes a struct or a union.
func (v *values) structure(b []byte, e entry, in *Input, at string) ([]byte, presence) {
	if json := e.value(); json != "" && json[0] != '{' {
		return append(b, json...), given
	}
	if texts := e.texts(); strings.HasPrefix(e.json, `"`) && !allBlank(texts) {
		return append(b, e.json...), given // the decoder refuses it
	} else if !allBlank(texts) {
		return v.scalar(b, e, &Input{Kind: InputJSON})
	}
	fields, known, of := in.Fields, in.Fields, e
	with, p := append(b, '{'), absent
	if in.Kind == InputUnion {
		known = append(in.allFields(), Input{Name: in.Tag})
		with, of, fields, p = v.pick(with, e, in)
	}
	if of.path != e.path {
		for _, f := range fields {
			v.moved = append(v.moved, moved{at + "." + f.Name, of.path + "." + f.Name})
		}
	}
	with, inside := v.object(with, of, fields, at)
	with, more := unknownMembers(with, e, known)
	if p = max(p, inside, more); p != given && !in.Required {
		return b, absent
	}
	return closeObject(with), max(p, supplied)
}

// pick writes the tag of a union and returns the entry and the fields of the case
// that it names. If no case is named the union has no value, except if fields were
// filled in and no tag was sent: then the decoder says that the tag is missing.
func (v *values) pick(b []byte, e entry, in *Input) ([]byte, entry, []Input, presence) {
	tag := e.fields()(in.Tag)
	b, p := v.field(b, tag, &Input{Name: in.Tag, Kind: InputScalar}, "")
	picked := ""
	if texts := notBlank(tag.texts()); len(texts) == 1 {
		picked = strings.TrimSpace(texts[0])
	}
	sent := p == given || len(tag.texts()) > 0
	of, fields := e, []Input(nil)
	for _, c := range in.Cases {
		if c.Value == picked {
			of, fields = e.ofCase(c.Value), c.Fields
		}
	}
	for _, c := range in.Cases {
		if c.Value == picked {
			continue
		}
		here, others := e.ofCase(c.Value), c.Fields
		if here.path == of.path { // a field of both cases is read
			others = slices.DeleteFunc(slices.Clone(others), func(f Input) bool { return hasName(fields, f.Name) })
		}
		if pass(here, others, !sent && p != given) {
			p = given
		}
	}
	return b, of, fields, p
}

func hasName(inputs []Input, name string) bool {
	return slices.ContainsFunc(inputs, func(in Input) bool { return in.Name == name })
}

// pass marks fields that are not read as known. If asked, it reports whether one of
// them was filled in.
func pass(e entry, fields []Input, asked bool) bool {
	filled := false
	field := e.fields()
	for i := range fields {
		one := field(fields[i].Name)
		filled = filled || asked && one.isFilled()
		one.use()
	}
	return filled
}

// allFields returns the fields of all cases of a union.
func (in *Input) allFields() []Input {
	var all []Input
	for _, c := range in.Cases {
		all = append(all, c.Fields...)
	}
	return all
}

// unknownMembers copies the fields of a JSON object that are not known, so that
// the decoder refuses them.
func unknownMembers(b []byte, e entry, known []Input) ([]byte, presence) {
	p := absent
	members := membersOf(e.json)
	names := make([]string, 0, len(members))
	for name := range members {
		if !strings.HasPrefix(name, "_") && !hasName(known, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		b = append(append(AppendString(b, name), ':'), members[name][0]...)
		b, p = append(b, ','), given
	}
	return b, p
}

// scalar writes one value.
func (v *values) scalar(b []byte, e entry, in *Input) ([]byte, presence) {
	if json := e.value(); json != "" {
		return append(b, json...), given
	}
	texts := e.texts()
	if len(texts) == 0 {
		return b, absent
	}
	some := notBlank(texts)
	switch {
	case len(some) == 0 && (in.keepsBlank() || v.blanks && in.Kind == InputText):
		return v.text(b, e, in, texts[0]), supplied
	case len(some) == 0:
		return b, absent
	case len(some) > 1 && in.Kind != InputFlag:
		v.report(e.path, problemTwice())
		return append(b, "0"...), given
	}
	return v.text(b, e, in, some[len(some)-1]), given
}

func notBlank(texts []string) []string {
	var some []string
	for _, s := range texts {
		if strings.TrimSpace(s) != "" {
			some = append(some, s)
		}
	}
	return some
}

func allBlank(texts []string) bool { return len(notBlank(texts)) == 0 }

func (v *values) report(path string, p ironstar.Problem) {
	if len(v.problems) < maxProblems {
		p.Path = path
		v.problems = append(v.problems, p)
	}
}
