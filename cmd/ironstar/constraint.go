package main

import (
	"fmt"
	"strconv"
	"strings"

	"ironstar.dev/internal/model"
)

// goType returns the name of a type in generated Go, as package pkg refers to it.
func goType(t *model.Type, pkg *model.Package) string {
	switch t.Kind {
	case model.Ref:
		switch t.Named.Type.Kind {
		case model.Struct, model.Sum, model.Enum:
			if t.Named.Package != nil && t.Named.Package != pkg {
				return t.Named.Package.Name + "." + t.Named.GoName
			}
			return t.Named.GoName
		}
		return goType(t.Named.Type, pkg)
	case model.List:
		return "[]" + goType(t.Elem, pkg)
	case model.Map:
		return "map[" + goType(t.Key, pkg) + "]" + goType(t.Elem, pkg)
	}
	return [...]string{model.String: "string", model.Int: "int64", model.Number: "float64", model.Bool: "bool", model.Time: "time.Time",
		model.Date: "ironstar.Date", model.Decimal: "ironstar.Decimal", model.UUID: "ironstar.UUID",
		model.Duration: "time.Duration", model.Bytes: "[]byte", model.Enum: "enum", model.Struct: "struct", model.Sum: "union"}[t.Kind]
}

// jsonType returns the name of a type in JSON and TypeScript.
func jsonType(t *model.Type) string {
	switch t.Kind {
	case model.Ref:
		switch t.Named.Type.Kind {
		case model.Struct, model.Sum, model.Enum:
			return t.Named.TSName
		}
		return jsonType(t.Named.Type)
	case model.List:
		return jsonType(t.Elem) + "[]"
	case model.Map:
		return "Record<" + jsonType(t.Key) + ", " + jsonType(t.Elem) + ">"
	case model.Int, model.Number:
		return "number"
	case model.Bool:
		return "boolean"
	case model.Enum:
		return strings.Join(values(t), " | ")
	case model.Struct, model.Sum:
		return "object"
	}
	return "string"
}

func values(t *model.Type) []string {
	var out []string
	for _, v := range t.Values {
		out = append(out, literal(&v))
	}
	return out
}

func literal(c *model.Const) string {
	if c.Kind == model.String {
		return fmt.Sprintf("%q", c.Text)
	}
	return c.Text
}

// fieldRules describes the constraints of a field's value.
func fieldRules(f *model.Field) string {
	var rules []string
	if f.Label != "" {
		rules = append(rules, f.Label+" in CUE")
	}
	if f.Optional {
		rules = append(rules, "may be absent")
	}
	if f.Const != nil {
		rules = append(rules, "always "+literal(f.Const))
	}
	if f.Default != nil {
		rules = append(rules, "absent means "+f.Default.JSON)
	}
	if f.Inject != model.InjectNone {
		rules = append(rules, "filled in by the server ("+string(f.Inject)+")")
	}
	if f.Reads != nil {
		rules = append(rules, "id of a "+f.Reads.Name+": decide gets its state")
		if in := f.ReadsIn; in != nil {
			rules = append(rules, "in the state "+casesOf(f.Reads, in)+", otherwise "+in.Else.Name)
		}
	}
	if f.Trim {
		rules = append(rules, "trimmed")
	}
	if f.Secret {
		rules = append(rules, "secret: not in logs, and views do not get it")
	}
	if f.Type != nil {
		rules = append(rules, rulesOf(f.Type)...)
	}
	if f.Message != nil {
		rules = append(rules, "message "+strconv.Quote(f.Message.InSchema()))
	}
	return strings.Join(rules, "; ")
}

// says returns the message of a type or refusal, or "".
func (e *entry) says() string {
	if e.refusal != nil {
		return e.refusal.Message.InSchema()
	}
	if e.named != nil {
		return e.named.Message.InSchema()
	}
	return ""
}

// rulesOf lists a type's constraints, those of referenced definitions first.
func rulesOf(t *model.Type) []string {
	var rules []string
	if t.Kind == model.Ref {
		switch t.Named.Type.Kind {
		case model.Enum:
			rules = append(rules, rulesOf(t.Named.Type)...)
		case model.Struct, model.Sum:
		default:
			rules = append(rules, rulesOf(t.Named.Type)...)
			if len(rules) > 0 {
				rules[len(rules)-1] += " (#" + t.Named.Name + ")"
			}
		}
	}
	if t.Kind == model.Enum {
		rules = append(rules, "one of "+strings.Join(values(t), ", "))
	}
	for _, c := range t.Checks {
		rules = append(rules, rule(c))
	}
	rules = append(rules, partRules("each key: ", t.Key)...)
	return append(rules, partRules("each element: ", t.Elem)...)
}

func partRules(what string, part *model.Type) []string {
	if part == nil {
		return nil
	}
	rules := rulesOf(part)
	if len(rules) == 0 {
		return nil
	}
	return []string{what + strings.Join(rules, ", ")}
}

// rule describes one constraint.
func rule(c model.Check) string {
	switch c.Op {
	case model.Greater:
		return "more than " + c.Num
	case model.GreaterOrEqual:
		return "at least " + c.Num
	case model.Less:
		return "less than " + c.Num
	case model.LessOrEqual:
		return "at most " + c.Num
	case model.NotEqual:
		return "not " + literal(c.Value)
	case model.Match:
		return "matches " + c.Text
	case model.NotMatch:
		return "does not match " + c.Text
	case model.MinRunes:
		return "at least " + plural(int(c.Count), "character")
	case model.MaxRunes:
		return "at most " + plural(int(c.Count), "character")
	case model.MinItems, model.MinFields:
		return "at least " + plural(int(c.Count), "element")
	case model.MaxItems, model.MaxFields:
		return "at most " + plural(int(c.Count), "element")
	case model.UniqueItems:
		return "no two elements are equal"
	case model.TimeFormat:
		return "a time like " + c.Text
	case model.MultipleOf:
		return "a multiple of " + c.Num
	case model.Digits:
		return plural(int(c.Count), "digit") + " after the point"
	case model.HasPrefix:
		return fmt.Sprintf("begins with %q", c.Text)
	case model.HasSuffix:
		return fmt.Sprintf("ends with %q", c.Text)
	case model.Contains:
		return fmt.Sprintf("contains %q", c.Text)
	}
	return fmt.Sprintf("constraint %d", c.Op)
}
