package codegen

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

const listingPkg = "ironstar.dev/wire/listing"

func listing(name string) *jen.Statement { return jen.Qual(listingPkg, name) }

// list declares what a list view has in the package of the domain.
func (c *context) list(f *goFile, v *model.View) {
	l := v.List
	f.file.ImportName(listingPkg, "listing")
	f.add(fingerprint(naming.ViewFingerprint.Of(v.Name), jen.Id(naming.AggregateFingerprint.Of(v.Of.Name))))
	if l.More != nil {
		f.add(c.moreInterface(v))
	}
	values := valuesOf(l)
	f.add(c.listConstructor(v, values), c.rowFunc(v), c.valuesFunc(v, values), c.selectFunc(v, values))
	f.add(c.typesOf(append(append([]*model.Named{l.Row}, l.Enums...), inlineUnder(c.pkg, l.More)...))...)
}

// typesBeside lists the types that parameters of a view take from elsewhere: those of a
// list from its rows, and those of a view of queries from theirs. They are declared
// there.
func (c *context) typesBeside(v *model.View) []*model.Named {
	var roots []*model.Named
	if v.List != nil {
		roots = append(roots, v.List.Row, v.List.More)
	}
	for _, s := range v.Shows {
		roots = append(roots, s.Query.Param)
	}
	return inlineUnder(c.pkg, roots...)
}

// without returns types that are not among others.
func without(all, others []*model.Named) (rest []*model.Named) {
	for _, n := range all {
		if !slices.Contains(others, n) {
			rest = append(rest, n)
		}
	}
	return rest
}

func (c *context) moreInterface(v *model.View) jen.Code {
	doc := document(v.Doc, v.Name, v.Name, v.Name+" is a list of the "+c.pkg.Name+" domain.") + "\n\nHand-written code implements it."
	return comment(doc).Type().Id(v.Name).Interface(
		comment(naming.MoreOfRow+" returns what a row has besides the fields of the state. It is pure, and does not\nchange the state.").
			Id(naming.MoreOfRow).Params(jen.Id("id").String(), jen.Id("s").Add(c.goType(v.Of.State))).Id(v.List.More.GoName))
}

// listBy returns the parameter with hand-written code, or nil.
func (c *context) listBy(v *model.View) (param, arg []jen.Code) {
	if v.List.More == nil {
		return nil, nil
	}
	return []jen.Code{jen.Id("more").Id(v.Name)}, []jen.Code{jen.Id("more")}
}

func (c *context) listConstructor(v *model.View, values []rowValue) jen.Code {
	row, param, state := jen.Id(v.List.Row.GoName), jen.Id(v.Param.GoName), c.goType(v.Of.State)
	of := root("List").Index(jen.List(state, row, param))
	by := self(v.Of.Name, "s", "r")
	params, args := c.listBy(v)
	var sorts, sets, texts []jen.Code
	for _, s := range v.List.Sorts {
		sorts = append(sorts, jen.Lit(indexOf(values, s.Field, sortedBy)))
	}
	for _, f := range v.List.Filters {
		i := jen.Lit(indexOf(values, f.Field, comparedBy[f.Kind]))
		switch f.Kind {
		case model.FilterEqual, model.FilterActor:
			sets = append(sets, i)
		case model.FilterWords:
			texts = append(texts, i)
		}
	}
	ints := func(all []jen.Code) any {
		if all == nil {
			return nil
		}
		return jen.Index().Int().Values(all...)
	}
	name := naming.ViewConstructor.Of(v.Name)
	return comment(name+" returns the list, made from the hand-written code of its aggregate.").
		Func().Id(name).Params(append([]jen.Code{jen.Add(by).Id(v.Of.Name)}, params...)...).Add(of).Block(
		jen.Id("aggregate").Op(":=").Id(naming.AggregateConstructor.Of(v.Of.Name)).Call(by),
		jen.Return(jen.Add(of).Add(pairs(
			"Name", jen.Id(naming.ViewName.Of(v.Name)),
			"Kind", jen.Id(naming.Kind.Of(v.Of.Name)),
			"Fingerprint", jen.Id("aggregate").Dot("Fingerprint"),
			"State", jen.Id("aggregate").Dot("State"),
			"Initial", jen.Id("aggregate").Dot("Initial"),
			"Evolve", jen.Func().Params(jen.Id("s").Add(state), recordParam()).Params(state, jen.Error()).Block(
				jen.Return(root("Load").Call(jen.Op("&").Id("aggregate"), jen.Id("s"), jen.Id("r")))),
			"Row", jen.Func().Params(jen.Id("id").String(), jen.Id("s").Add(state)).Params(row, jen.Bool()).Block(
				jen.Return(jen.Id(naming.RowOf.Of(v.Name)).Call(append(args, jen.Id("id"), jen.Id("s"))...))),
			"Append", c.function(needAppend, v.List.Row),
			"Values", jen.Id(naming.ValuesOf.Of(v.Name)),
			"Sorts", ints(sorts),
			"Sets", ints(sets),
			"Texts", ints(texts),
			"Select", jen.Id(naming.SelectOf.Of(v.Name)),
		))))
}

// comparing is how a value of a row is compared.
type comparing int

const (
	sortedBy comparing = iota // it has the order of the values; ranges use it too
	equalTo
	wordsIn
)

// rowValue is a value of a row that is compared.
type rowValue struct {
	field *model.Field
	as    comparing
}

// valuesOf lists what is compared of the rows of a list.
func valuesOf(l *model.ListView) (all []rowValue) {
	add := func(f *model.Field, as comparing) {
		if indexOf(all, f, as) < 0 {
			all = append(all, rowValue{f, as})
		}
	}
	for _, s := range l.Sorts {
		add(s.Field, sortedBy)
	}
	for _, f := range l.Filters {
		add(f.Field, comparedBy[f.Kind])
	}
	return all
}

var comparedBy = map[model.FilterKind]comparing{
	model.FilterEqual: equalTo, model.FilterActor: equalTo, model.FilterRange: sortedBy, model.FilterWords: wordsIn,
}

// indexOf returns the place of a value, or -1. Values of most types are compared alike
// for order and equality.
func indexOf(all []rowValue, f *model.Field, as comparing) int {
	for i, v := range all {
		if v.field == f && (v.as == as || as != wordsIn && v.as != wordsIn && base(f.Type).Kind != model.String) {
			return i
		}
	}
	return -1
}

// textFunc returns the function that makes the text of a value.
func (c *context) textFunc(v rowValue) *jen.Statement {
	b := base(v.field.Type)
	switch {
	case v.as == wordsIn:
		return listing("Words")
	case b.Kind == model.String && v.as == equalTo:
		return listing("Same")
	case b.Kind == model.Enum:
		n := goNamed(v.field.Type)
		return jen.Func().Params(jen.Id("v").Add(c.name(n, n.GoName))).String().Block(
			jen.Return(listing("Enum").Call(jen.Id("v"), c.knownValues(n))))
	}
	return listing(listingFuncs[b.Kind])
}

var listingFuncs = map[model.Kind]string{
	model.String: "Text", model.Int: "Int", model.Number: "Number", model.Bool: "Bool", model.Time: "Time", model.Date: "Date",
	model.Decimal: "Decimal", model.UUID: "SameID", model.Duration: "Duration",
}

// textOfValue returns the text of a value that is there.
func (c *context) textOfValue(v rowValue, value *jen.Statement) *jen.Statement {
	if n := goNamed(v.field.Type); n != nil && n.Type.Kind == model.Enum {
		return listing("Enum").Call(value, c.knownValues(n))
	}
	return c.textFunc(v).Call(value)
}

// valuesFunc declares the function that lists what is compared of a row.
func (c *context) valuesFunc(v *model.View, values []rowValue) jen.Code {
	var texts []jen.Code
	for _, value := range values {
		field := jen.Id("row").Dot(value.field.GoName)
		if value.field.Pointer() {
			texts = append(texts, listing("Optional").Call(field, c.textFunc(value)))
			continue
		}
		texts = append(texts, c.textOfValue(value, field))
	}
	row := jen.Id("row")
	if len(texts) == 0 {
		row = jen.Id("_")
	}
	return jen.Func().Id(naming.ValuesOf.Of(v.Name)).Params(row.Id(v.List.Row.GoName)).Index().String().Block(
		jen.Return(jen.Index().String().Add(multi(texts...))))
}

// selectFunc declares the function that says which rows a reader asks for.
func (c *context) selectFunc(v *model.View, values []rowValue) jen.Code {
	l, s := v.List, jen.Id("s")
	size := jen.Lit(l.Sizes[0])
	if l.Size != nil {
		size = jen.Int().Call(jen.Id("p").Dot(l.Size.GoName).Call())
	}
	body := []jen.Code{jen.Id("s").Op(":=").Add(root("Selection")).Values(
		jen.Id("Size").Op(":").Add(size), jen.Id("After").Op(":").Id("p").Dot("After").Call(), jen.Id("Before").Op(":").Id("p").Dot("Before").Call())}
	if len(l.Sorts) > 0 {
		body = append(body, c.selectSort(v))
	}
	for _, f := range l.Filters {
		i := indexOf(values, f.Field, comparedBy[f.Kind])
		body = append(body, c.selectBy(f, values[i], i, s))
	}
	return jen.Func().Id(naming.SelectOf.Of(v.Name)).Params(jen.Id("p").Id(v.Param.GoName), jen.Id("actor").String()).Add(root("Selection")).Block(
		append(body, jen.Return(s))...)
}

func (c *context) selectSort(v *model.View) jen.Code {
	var sort *model.Field
	for _, f := range v.Param.Type.Fields {
		if f.GoName == "Sort" {
			sort = f
		}
	}
	var cases []jen.Code
	for i, value := range base(sort.Type).Values {
		set := jen.Id("s").Dot("Sort").Op("=").Lit(i / 2)
		if i%2 == 1 {
			set = jen.List(jen.Id("s").Dot("Sort"), jen.Id("s").Dot("Down")).Op("=").List(jen.Lit(i/2), jen.True())
		}
		if i > 0 {
			cases = append(cases, jen.Case(jen.Id(value.GoName)).Block(set))
		}
	}
	return jen.Switch(jen.Id("p").Dot("Sort").Call()).Block(cases...)
}

// selectBy returns the statement that adds a filter.
func (c *context) selectBy(f *model.ListFilter, value rowValue, i int, s *jen.Statement) jen.Code {
	add := func(part, kind string, fields ...any) jen.Code {
		return jen.Add(s).Dot(part).Op("=").Append(jen.Add(s).Dot(part), root(kind).Values(append([]jen.Code{jen.Id("Value").Op(":").Lit(i)}, keyed(fields...)...)...))
	}
	p := func(f *model.Field) *jen.Statement { return jen.Id("p").Dot(f.GoName) }
	switch f.Kind {
	case model.FilterActor:
		return add("Equal", "EqualTo", "Text", listing("Actor").Call(jen.Id("actor")))
	case model.FilterRange:
		return jen.If(p(f.From).Op("!=").Nil().Op("||").Add(p(f.To)).Op("!=").Nil()).Block(add("Ranges", "Between",
			"From", listing("Optional").Call(p(f.From), c.textFunc(value)),
			"To", listing("Optional").Call(p(f.To), c.textFunc(value))))
	case model.FilterWords:
		return jen.If(jen.Id("words").Op(":=").Add(listing("Search")).Call(p(f.Param).Call()), jen.Len(jen.Id("words")).Op(">").Lit(0)).Block(
			add("Words", "HasWords", "Words", jen.Id("words")))
	}
	if naming.HasParamMethods(f.Param) {
		return jen.If(p(f.Param).Call().Op("!=").Lit("")).Block(add("Equal", "EqualTo", "Text", c.textOfValue(value, p(f.Param).Call())))
	}
	return jen.If(p(f.Param).Op("!=").Nil()).Block(add("Equal", "EqualTo", "Text", c.textOfValue(value, jen.Op("*").Add(p(f.Param)))))
}

// keyed returns the fields of a literal. The arguments are name, value, name, value …
func keyed(namesAndValues ...any) (fields []jen.Code) {
	for i := 0; i < len(namesAndValues); i += 2 {
		fields = append(fields, jen.Id(namesAndValues[i].(string)).Op(":").Add(namesAndValues[i+1].(*jen.Statement)))
	}
	return fields
}
