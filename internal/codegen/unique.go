package codegen

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
	"ironstar.dev/internal/shape"
)

// unique lists the rules of uniqueness, or returns nil.
func (c *context) unique(a *model.Aggregate) any {
	if len(a.Unique) == 0 {
		return nil
	}
	event := jen.Id(naming.EventSum.Of(a.Name))
	var rules []jen.Code
	for _, u := range a.Unique {
		rules = append(rules, pairs(
			"Rule", jen.Lit(u.Name),
			"Declaration", declaration(a, u),
			"Claim", jen.Func().Params(jen.Id("e").Add(event)).Params(jen.String(), jen.Bool()).Block(
				typeSwitch("e", claimCases(u)),
				jen.Return(jen.Lit(""), jen.False()),
			),
			"Taken", jen.Func().Params(jen.Id(takenParam(u)).String()).Error().Block(jen.Return(taken(u))),
		))
	}
	return jen.Index().Add(root("Unique")).Index(event).Add(multi(rules...))
}

func claimCases(u *model.Unique) []jen.Code {
	var cases []jen.Code
	for _, t := range u.Take {
		var args []jen.Code
		var absent *jen.Statement
		for _, f := range t.Fields {
			value := jen.Id("e").Dot(f.GoName)
			if f.Pointer() {
				missing := jen.Id("e").Dot(f.GoName).Op("==").Nil()
				if absent == nil {
					absent = missing
				} else {
					absent.Op("||").Add(missing)
				}
				value = jen.Op("*").Add(value)
				if f.Type.Underlying().Kind == model.UUID || f.Type.Underlying().Kind == model.Date {
					value = jen.Id("e").Dot(f.GoName)
				}
			}
			args = append(args, textOf(f.Type, value))
		}
		var body []jen.Code
		if absent != nil {
			body = append(body, jen.If(absent).Block(jen.Return(jen.Lit(""), jen.True())))
		}
		body = append(body, jen.Return(claimValue(u).Call(args...), jen.True()))
		cases = append(cases, jen.Case(jen.Id(current(t.Event).GoName)).Block(body...))
	}
	for _, e := range u.Give {
		cases = append(cases, jen.Case(jen.Id(current(e).GoName)).Block(jen.Return(jen.Lit(""), jen.True())))
	}
	return cases
}

// claimValue is the function that makes a value of fields.
func claimValue(u *model.Unique) *jen.Statement {
	switch u.As {
	case "username":
		return jen.Qual(wirePkg+"/claim", "Username")
	case "nickname":
		return jen.Qual(wirePkg+"/claim", "Nickname")
	}
	return wire("ClaimValue")
}

// declaration returns the hash of how values follow from events. Where steps are
// written by hand, it depends on their code.
func declaration(a *model.Aggregate, u *model.Unique) jen.Code {
	hash := jen.Lit(declarationOf(a, u))
	if byHand(a) {
		hash = root("Fingerprint").Call(hash, self(a.Name, "s", "c", "e", "r").Dot(naming.SourceMethod).Call())
	}
	if u.As == "exact" {
		return hash
	}
	return jen.Qual(wirePkg+"/claim", "Declaration").Call(hash)
}

func takenParam(u *model.Unique) string {
	if u.Value == nil {
		return "_"
	}
	return "v"
}

func taken(u *model.Unique) jen.Code {
	refusal := jen.Id(u.Refusal.Payload.GoName)
	if u.Value == nil {
		return refusal.Values()
	}
	return refusal.Values(jen.Id(u.Value.GoName).Op(":").Id("v"))
}

// declarationOf returns a hash of how the values follow from stored events.
func declarationOf(a *model.Aggregate, u *model.Unique) string {
	parts := []string{"unique", naming.KindName(a), u.Name, u.As}
	for _, t := range u.Take {
		var fields []string
		for _, f := range t.Fields {
			fields = append(fields, f.Name)
		}
		parts = append(parts, "take", strings.Join(fields, " "))
		parts = append(parts, folded(t.Event)...)
	}
	for _, e := range u.Give {
		parts = append(parts, "give", e.Name)
	}
	return shape.Sum(append(parts, foldedRetired(a)...)...)
}

// refusalField declares the method that names the field which a refusal is about.
func refusalField(a *model.Aggregate, r *model.Refusal) []jen.Code {
	for _, u := range a.Unique {
		if field := u.Field(); u.Refusal == r && field != "" {
			return []jen.Code{comment("Field returns the field that the refusal is about.").
				Func().Params(jen.Id(r.Payload.GoName)).Id(naming.RefusalField).Params().String().Block(jen.Return(jen.Lit(field)))}
		}
	}
	return nil
}
