package cueload

import (
	"math/big"
	"strings"

	"cuelang.org/go/cue"

	"ironstar.dev/internal/model"
)

// pendingMessage is a @message whose parameters are resolved when all types are
// known.
type pendingMessage struct {
	what  string // "refusal ListFull"
	parts []textPart
	pos   model.Pos
	set   func(*model.Message)

	of      *model.Type    // a type or field, whose bounds are the parameters
	refusal *model.Refusal // or a refusal, whose fields are the parameters
}

// textPart is text, or the name of a parameter.
type textPart struct{ text, parameter string }

// message records the @message of a thing.
func (r *reader) message(v cue.Value, m pendingMessage) {
	a := v.Attribute("message")
	if a.Err() != nil {
		return
	}
	m.pos = r.attributePos(v, a)
	text, err := a.String(0)
	switch {
	case err != nil || a.NumArgs() != 1 || !strings.HasPrefix(strings.TrimLeft(a.RawArg(0), " #"), `"`):
		r.problems.add(codeMessage, m.pos, `write @message("…")`, "a message is one text in quotes")
		return
	case strings.TrimSpace(text) == "":
		r.problems.add(codeMessage, m.pos, "say what people read, or take it away", "the message of %s is empty", m.what)
		return
	}
	wrong := ""
	if m.parts, wrong = textParts(text); wrong != "" {
		r.problems.add(codeMessage, m.pos, "parameters are names in braces: {max}; a brace itself is written twice: {{", "%s", wrong)
		return
	}
	r.messages = append(r.messages, m)
}

// textParts splits "At most {max} lines". {{ and }} are braces.
func textParts(text string) (parts []textPart, wrong string) {
	var plain strings.Builder
	for text != "" {
		i := strings.IndexAny(text, "{}")
		if i < 0 {
			plain.WriteString(text)
			break
		}
		plain.WriteString(text[:i])
		brace := text[i : i+1]
		text = text[i+1:]
		if rest, ok := strings.CutPrefix(text, brace); ok {
			plain.WriteString(brace)
			text = rest
			continue
		}
		name, rest, closed := strings.Cut(text, "}")
		if brace == "}" || !closed {
			return nil, "a brace has no partner"
		}
		parts = append(parts, textPart{text: plain.String()}, textPart{parameter: name})
		plain.Reset()
		text = rest
	}
	return append(parts, textPart{text: plain.String()}), ""
}

// finishMessages resolves the parameters of all messages.
func (r *schemaReader) finishMessages() {
	for _, m := range r.messages {
		if m.refusal == nil && !canFail(m.of) {
			r.problems.add(codeMessage, m.pos, "put it where the constraint is, or on a refusal", "@message says nothing on %s: no constraint of its own could fail", m.what)
			continue
		}
		out := &model.Message{Pos: m.pos}
		for _, p := range m.parts {
			part, ok := model.MessagePart{Text: p.text}, true
			if p.parameter != "" {
				part, ok = r.parameter(m, p.parameter)
			}
			if ok && (part.Text != "" || part.Field != nil) {
				out.Parts = append(out.Parts, part)
			}
		}
		m.set(out)
	}
}

// canFail reports whether a type has constraints on the value itself.
func canFail(t *model.Type) bool {
	for range 100 {
		if len(t.Checks) > 0 {
			return true
		}
		if t.Kind != model.Ref || t.Named == nil || t.Named.Type == nil {
			break
		}
		t = t.Named.Type
	}
	return false
}

func (r *schemaReader) parameter(m pendingMessage, name string) (model.MessagePart, bool) {
	if m.refusal != nil {
		return r.refusalParameter(m, name)
	}
	text := boundText(m.of, name)
	if text == "" {
		hint := "there are {min} and {max}, where the type has such a bound"
		r.problems.add(codeMessage, m.pos, hint, "the message of %s has a parameter {%s}, and there is no such bound", m.what, name)
	}
	return model.MessagePart{Text: text}, text != ""
}

// refusalParameter returns the part of a message for a field of the refusal.
func (r *schemaReader) refusalParameter(m pendingMessage, name string) (model.MessagePart, bool) {
	var names []string
	for _, f := range m.refusal.Payload.Type.Fields {
		names = append(names, f.InCUE())
		if f.InCUE() != name {
			continue
		}
		kind := underlying(f.Type).Kind
		switch {
		case f.Const != nil:
			return model.MessagePart{Text: f.Const.Text}, true
		case f.Secret:
			r.problems.add(codeMessage, m.pos, "leave it out", "field %s is secret, and people would read it in the message", name)
		case f.Optional:
			r.problems.add(codeMessage, m.pos, "give it a default, or leave it out", "field %s may be absent, and the message of %s needs it", name, m.what)
		case kind > model.Enum, kind == model.Bytes:
			r.problems.add(codeMessage, m.pos, "give the refusal a field with what people are to read", "field %s is %s, which has no text to put into a message", name, aKind(kind))
		default:
			return model.MessagePart{Field: f}, true
		}
		return model.MessagePart{}, false
	}
	hint := nearest(name, names, "did you mean {%s}?")
	if hint == "" {
		hint = "write a field of the refusal: " + list(names)
	}
	if len(names) == 0 {
		hint = m.what + " has no fields"
	}
	r.problems.add(codeMessage, m.pos, hint, "the message of %s has a parameter {%s}, and no field is called so", m.what, name)
	return model.MessagePart{}, false
}

// boundText returns the least or greatest value that a type allows, as people
// read it. If there are several bounds it is the tightest; if there are none it
// is "".
func boundText(t *model.Type, name string) string {
	if underlying(t).Kind == model.Bytes {
		return "" // the bounds apply to the base64
	}
	var best *big.Rat
	isInt := underlying(t).Kind == model.Int
	for range 100 {
		for _, c := range t.Checks {
			n, isMin := boundOf(c, isInt)
			if n == nil || isMin != (name == "min") || name != "min" && name != "max" {
				continue
			}
			if best == nil || isMin == (n.Cmp(best) > 0) {
				best = n
			}
		}
		if t.Kind != model.Ref || t.Named == nil || t.Named.Type == nil {
			break
		}
		t = t.Named.Type
	}
	if best == nil {
		return ""
	}
	return decimalText(best)
}

// boundOf returns the least or greatest value that a constraint allows, or nil
// for constraints of another kind.
func boundOf(c model.Check, isInt bool) (n *big.Rat, isMin bool) {
	step := big.NewRat(1, 1)
	switch c.Op {
	case model.MinRunes, model.MinItems, model.MinFields:
		return new(big.Rat).SetInt64(c.Count), true
	case model.MaxRunes, model.MaxItems, model.MaxFields:
		return new(big.Rat).SetInt64(c.Count), false
	case model.GreaterOrEqual, model.LessOrEqual, model.Greater, model.Less:
	default:
		return nil, false
	}
	n, ok := new(big.Rat).SetString(c.Num)
	isMin = c.Op == model.GreaterOrEqual || c.Op == model.Greater
	switch {
	case !ok, !isInt && (c.Op == model.Greater || c.Op == model.Less):
		return nil, false // there is no least number above another
	case c.Op == model.Greater:
		n.Add(n, step)
	case c.Op == model.Less:
		n.Sub(n, step)
	}
	return n, isMin
}

// fieldMessage reads the @message of a field.
func (r *reader) fieldMessage(v cue.Value, f *model.Field, in use) {
	if in == refusalFields {
		r.problems.add(codeMessage, r.attributePos(v, v.Attribute("message")), "put the fields into braces: Name: {"+f.Name+": …} @message(…)",
			"@message says nothing on field %s of a refusal: the refusal itself has one", f.Name)
		return
	}
	r.message(v, pendingMessage{what: "field " + f.Name, of: f.Type, set: func(m *model.Message) { f.Message = m }})
}
