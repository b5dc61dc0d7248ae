package cueload

import (
	"go/token"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue"

	"ironstar.dev/internal/model"
)

// attrs holds the attributes of one thing.
type attrs struct {
	goName, tsName       string
	goType, tsType       string
	secret, trim, final  bool
	inject, jsonName     string
	jsonAt               model.Pos
	message, decimal     bool
	values               []valueName
	goAt, tsAt, injectAt model.Pos
	trimAt, finalAt      model.Pos
	reads                string
	readsAt              model.Pos
	readsIn              pendingIn
}

// valueName is the content of @go(value=…, name=…): the end of the Go name of
// an enum's value, which begins with the name of the type.
type valueName struct {
	value, name string
	at          model.Pos
}

// attributes reads the attributes of a thing that may have the allowed ones.
func (r *reader) attributes(v cue.Value, what string, allowed ...string) attrs {
	var out attrs
	for _, a := range v.Attributes(cue.ValueAttr) {
		at := r.attributePos(v, a)
		name := a.Name()
		if attributePlace[name] == "" {
			continue
		}
		if !slices.Contains(allowed, name) {
			r.problems.add(codeAttribute, at, attributePlace[name], "@%s says nothing on %s", name, what)
			continue
		}
		switch name {
		case "secret":
			out.secret = true
		case "trim":
			out.trim, out.trimAt = true, at
		case "message":
			out.message = true
		case "decimal":
			out.decimal = true
		case "final":
			out.final, out.finalAt = true, at
		case "inject":
			out.inject, out.injectAt = strings.TrimSpace(a.Contents()), at
		case "reads":
			out.reads, out.readsAt, out.readsIn = firstArgument(a), at, r.readsIn(a, at)
		case "json":
			out.jsonName, out.jsonAt = r.jsonName(a, at), at
		case "go":
			out.goAt = at
			if value, ok, _ := a.Lookup(0, "value"); ok {
				out.values = append(out.values, r.valueName(a, value, at))
				continue
			}
			out.goName, out.goType = r.nameAndType(a, at)
		case "ts":
			out.tsAt = at
			out.tsName, out.tsType = r.nameAndType(a, at)
		}
		if (out.goType != "" || out.tsType != "") && !slices.Contains(allowed, "type") {
			r.problems.add(codeAttribute, at, "@"+name+"(type=…) belongs on a field or a definition", "@%s(type=…) says nothing on %s", name, what)
		}
	}
	return out
}

// attributePlace describes where each attribute may stand.
var attributePlace = map[string]string{
	"secret": "@secret() belongs on a field", "trim": "@trim() belongs on a text field of a command", "final": "@final() belongs on an event",
	"internal": "@internal() belongs on a command",
	"in":       "@in(case, else=Refusal) belongs on a command, @in(case) on an event",
	"inject":   "@inject(…) belongs on a field of a command", "go": "@go(name=…) belongs on a type, command, event, refusal, timer, effect or field",
	"decimal": "@decimal(…) belongs on a type or field that is a schema.#Decimal",
	"json":    "@json(name=…) belongs on a field",
	"to":      "@to(case) belongs on an event",
	"reads":   "@reads(Aggregate) belongs on a field of a command",
	"message": "@message(\"…\") belongs on a type, a refusal, or a field with a constraint",
	"ts":      "@ts(name=…) belongs on a type, command, event, refusal, timer or effect",
}

// nameAndType reads @go(name=Foo, type="int64").
func (r *reader) nameAndType(a cue.Attribute, at model.Pos) (name, typ string) {
	for i := range a.NumArgs() {
		key, value := a.Arg(i)
		switch {
		case key == "name" && token.IsIdentifier(value) && (a.Name() == "ts" || token.IsExported(value)):
			name = value
		case key == "name":
			r.problems.add(codeGoName, at, "a letter, then letters and digits; in Go a capital first", "%q cannot be a name in %s", value, strings.ToUpper(a.Name()[:1])+a.Name()[1:])
		case key == "type" && value != "":
			typ = value
		case key == "func" && value == "":
			r.problems.add(codeAttribute, at, "write it in toV2, behind a field or the whole step", "@go(func) belongs on what an upcaster makes")
		default:
			r.problems.add(codeAttribute, at, "write @"+a.Name()+"(name=…)", "@%s has no %q", a.Name(), oneLine(a.RawArg(i)))
		}
	}
	return name, typ
}

// valueName reads @go(value="a-b", name=ADashB).
func (r *reader) valueName(a cue.Attribute, value string, at model.Pos) valueName {
	name, _, _ := a.Lookup(0, "name")
	if !token.IsIdentifier(name) || !token.IsExported(name) {
		r.problems.add(codeGoName, at, "write @go(value="+strconv.Quote(value)+", name=…), with a capital letter first", "%q cannot be a name in Go", name)
	}
	return valueName{value, name, at}
}

// attributePos returns the position of an attribute or, if that is unknown, of
// the thing that has it.
func (r *reader) attributePos(v cue.Value, a cue.Attribute) model.Pos {
	own := r.pos(v)
	if at, ok := r.attrPos[attrKey{own, a.Name()}]; ok {
		return at
	}
	return own
}

// attrKey identifies an attribute by the label of its field.
type attrKey struct {
	field model.Pos
	name  string
}

// fieldAttributes applies the attributes of a field, whose type is already
// known.
func (r *reader) fieldAttributes(f *model.Field, a attrs, in use) {
	f.Secret = a.secret
	if a.secret && in == waitingFields {
		r.problems.add(codeAttribute, f.Pos, "keep what is secret out of it: whoever looks after the process sees what waits", "@secret says nothing on a field of a timer or an effect")
	}
	if a.tsName != "" {
		r.problems.add(codeAttribute, a.tsAt, "rename the field", "in TypeScript a field is called as in JSON: %s", f.Name)
	}
	r.claimType("field "+f.Name, a, f.Type)
	r.nameValues(f, a)
	t := underlying(f.Type)
	if a.trim {
		r.trim(f, a, t, in)
	}
	if a.inject != "" || a.injectAt.File != "" {
		r.inject(f, a, t, in)
	}
	if a.reads != "" || a.readsAt.File != "" {
		r.reads(f, a, t, in)
	}
}

// nameValues keeps the names for the values of an enum that is written in
// place.
func (r *reader) nameValues(f *model.Field, a attrs) {
	if len(a.values) == 0 {
		return
	}
	t := f.Type
	for t.Kind == model.List || t.Kind == model.Map {
		t = t.Elem
	}
	if n := t.Named; n != nil && n.Inline && n.Type.Kind == model.Enum {
		r.valueNames[n] = a.values
		return
	}
	r.problems.add(codeAttribute, a.goAt, "write it behind the definition of the values", "@go(value=…) says nothing on field %s: its values are not written here", f.Name)
}

// typeClaim is the content of @go(type=…) and @ts(type=…).
type typeClaim struct {
	what string
	attrs
	of *model.Type
}

func (r *reader) claimType(what string, a attrs, of *model.Type) {
	if a.goType != "" || a.tsType != "" {
		r.claims = append(r.claims, typeClaim{what, a, of})
	}
}

// checkClaims compares the claims with the generated types, when all types are
// known. A claim may repeat the type and cannot change it (docs/decisions/007).
func (r *schemaReader) checkClaims() {
	for _, c := range r.claims {
		kind := underlying(c.of).Kind
		if want := goTypes[kind]; c.goType != "" && c.goType != want {
			r.problems.add(codeGoType, c.goAt, "convert where you need the other type; of their own are schema.#UUID, #Time, #Date and #Decimal, enums, structs and unions",
				"%s is %s in Go, which @go(type=…) may say and cannot change", c.what, orGenerated(want))
		}
		if want := tsTypes[kind]; c.tsType != "" && c.tsType != want {
			r.problems.add(codeGoType, c.tsAt, "convert where you need the other type", "%s is %s in TypeScript, which @ts(type=…) may say and cannot change", c.what, orGenerated(want))
		}
	}
}

func orGenerated(name string) string {
	if name == "" {
		return "a type that is made of its parts"
	}
	return name
}

func (r *reader) trim(f *model.Field, a attrs, t *model.Type, in use) {
	switch {
	case in == waitingFields:
		r.problems.add(codeTrim, a.trimAt, "it holds what an event has, which the command has trimmed", "@trim() belongs on a field of a command itself")
	case in != commandFields:
		r.problems.add(codeTrim, a.trimAt, "events and states hold what the command has trimmed", "@trim() belongs on a field of a command itself")
	case t.Kind != model.String:
		r.problems.add(codeTrim, a.trimAt, "", "@trim() trims text, and field %s is %s", f.Name, aKind(t.Kind))
	default:
		f.Trim = true
	}
}

// otherInjects maps other common names for injected values to ours.
var otherInjects = map[string]string{
	"time": "now", "date": "now", "timestamp": "now", "clock": "now", "id": "uuid", "guid": "uuid", "random": "uuid",
	"user": "actor", "username": "actor", "userid": "actor", "owner": "actor", "author": "actor", "cookie": "session", "sessionid": "session",
}

// injectKinds describes the type that a field needs to be filled at the
// boundary.
var injectKinds = map[model.Inject]struct {
	kind model.Kind
	name string
}{
	model.InjectNow: {model.Time, "schema.#Time"}, model.InjectUUID: {model.UUID, "schema.#UUID"},
	model.InjectActor: {model.String, "string"}, model.InjectSession: {model.String, "string"},
}

func (r *reader) inject(f *model.Field, a attrs, t *model.Type, in use) {
	want, ok := injectKinds[model.Inject(a.inject)]
	switch {
	case in == waitingFields:
		r.problems.add(codeInject, a.injectAt, "hand-written code sets it, from what the event has", "@inject(…) belongs on a field of a command itself")
	case in != commandFields:
		r.problems.add(codeInject, a.injectAt, "events take it from the command", "@inject(…) belongs on a field of a command itself")
	case !ok:
		hint := nearest(a.inject, []string{"now", "uuid", "actor", "session"}, "did you mean @inject(%s)?")
		if other := otherInjects[strings.ToLower(a.inject)]; other != "" {
			hint = "write @inject(" + other + ")"
		}
		r.problems.add(codeInject, a.injectAt, hint,
			"there is no @inject(%s): there are now, uuid, actor and session", a.inject)
	case f.Const != nil || t.Kind != want.kind:
		r.problems.add(codeInject, a.injectAt, "write "+f.Name+": "+want.name+" @inject("+a.inject+")", "@inject(%s) fills a %s, and field %s is %s", a.inject, want.name, f.Name, aKind(t.Kind))
	case f.Optional || f.Default != nil:
		r.problems.add(codeInject, a.injectAt, "take away the ?, or the default", "field %s is always filled: it is neither optional nor has it a default", f.Name)
	default:
		f.Inject = model.Inject(a.inject)
	}
}

// goTypes and tsTypes are the types of scalars in Go and TypeScript.
var (
	goTypes = map[model.Kind]string{
		model.String: "string", model.Int: "int64", model.Number: "float64", model.Bool: "bool", model.Time: "time.Time",
		model.Date: "ironstar.Date", model.Decimal: "ironstar.Decimal", model.UUID: "ironstar.UUID",
		model.Duration: "time.Duration", model.Bytes: "[]byte",
	}
	tsTypes = map[model.Kind]string{
		model.String: "string", model.Int: "number", model.Number: "number", model.Bool: "boolean", model.Time: "string",
		model.Date: "string", model.Decimal: "string", model.UUID: "string", model.Duration: "string", model.Bytes: "string",
	}
)
