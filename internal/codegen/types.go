package codegen

import (
	"path"
	"strconv"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// typesFile returns the file with the named types of a package.
func (c *context) typesFile() *goFile {
	var places []model.Pos
	var roots []*model.Named
	for _, n := range c.pkg.Types {
		if !n.Inline {
			places = append(places, n.Pos)
			roots = append(roots, n)
		}
	}
	f := c.newFile("", naming.TypesFile, places...)
	about := "Package " + c.pkg.Name + " has the types of the " + c.pkg.Name +
		" domain, generated from " + path.Join(c.options.Schema, naming.Folder(c.pkg)) + ":\ntheir codecs and checks, and the interfaces that hand-written code implements.\nIt is pure."
	for _, line := range lines(document(c.pkg.Doc, c.pkg.Name, c.pkg.Name, about)) {
		f.file.PackageComment(docLine(line))
	}
	f.add(handshake())
	f.add(c.types(roots...)...)
	return f
}

// types declares types, the inline types in them, and the functions that read,
// write and check them.
func (c *context) types(roots ...*model.Named) []jen.Code {
	return c.typesOf(inlineUnder(c.pkg, roots...))
}

// typesOf declares some types, and the functions that read, write and check them.
func (c *context) typesOf(all []*model.Named) []jen.Code {
	var decls []jen.Code
	for _, n := range all {
		if hasGoType(n) {
			decls = append(decls, c.declaration(n), c.sealed(n))
		}
		if c.has(needDecode, n) {
			decls = append(decls, c.decoder(n)...)
		}
		if c.has(needAppend, n) {
			decls = append(decls, c.appender(n))
		}
		if c.has(needCheck, n) {
			decls = append(decls, c.checker(n)...)
		}
		if c.has(needHide, n) && c.plan.secrets[n] && hasGoType(n) {
			decls = append(decls, c.hider(n))
		}
		decls = append(decls, c.sharing(n))
	}
	return decls
}

func (c *context) declaration(n *model.Named) jen.Code {
	doc := comment(document(n.Doc, n.Name, n.GoName, n.GoName+" is part of the "+c.pkg.Name+" domain."))
	switch n.Type.Kind {
	case model.Enum:
		return c.enum(doc, n)
	case model.Sum:
		return doc.Type().Id(n.GoName).Interface(jen.Id(naming.SealOf(n)).Params())
	}
	var fields []jen.Code
	for _, f := range n.Type.Fields {
		if f.Const == nil {
			fields = append(fields, c.field(f))
		}
	}
	return doc.Type().Id(n.GoName).Struct(fields...).Add(c.redacted(n))
}

// redacted declares the methods that print and log a struct with secrets.
func (c *context) redacted(n *model.Named) jen.Code {
	var hide []jen.Code
	for _, f := range n.Type.Fields {
		switch {
		case f.GoName == "String":
			return nil // a field has the name of the method
		case !f.Secret || f.Const != nil:
		case c.byMethods(n, f):
			hide = append(hide, jen.Id("v").Dot(chosen(f)).Op("=").Add(wire("Param")).Index(c.goType(f.Type)).Values())
		case base(f.Type).Kind == model.String && !f.Optional:
			hide = append(hide, jen.Id("v").Dot(f.GoName).Op("=").Lit("(secret)"))
		case f.Optional:
			hide = append(hide, jen.Id("v").Dot(f.GoName).Op("=").Nil())
		default:
			hide = append(hide, jen.Id("v").Dot(f.GoName).Op("=").Op("*").New(c.goType(f.Type)))
		}
	}
	if len(hide) == 0 {
		return nil
	}
	body := append(hide,
		jen.Type().Id("plain").Id(n.GoName),
		jen.Return(jen.Qual("fmt", "Sprintf").Call(jen.Lit("%+v"), jen.Id("plain").Call(jen.Id("v")))))
	return jen.Line().Line().Comment("String omits secret fields.").Line().
		Func().Params(jen.Id("v").Id(n.GoName)).Id("String").Params().String().Block(body...)
}

func (c *context) field(f *model.Field) jen.Code {
	tag := f.Name
	if f.Optional {
		tag += ",omitempty"
	}
	typ := c.goType(f.Type)
	if f.Pointer() {
		typ = jen.Op("*").Add(typ)
	}
	return comment(document(f.Doc, f.Name, f.GoName, "")).Id(f.GoName).Add(typ).Tag(map[string]string{"json": tag})
}

func (c *context) enum(doc *jen.Statement, n *model.Named) jen.Code {
	under := jen.String()
	if isIntEnum(n.Type) {
		under = jen.Int64()
	}
	var consts, names []jen.Code
	for _, v := range n.Type.Values {
		consts = append(consts, comment(document(v.Doc, v.Text, v.GoName, "")).Id(v.GoName).Id(n.GoName).Op("=").Add(constant(v)))
		names = append(names, jen.Id(v.GoName))
	}
	s := doc.Type().Id(n.GoName).Add(under).Line().Line()
	s.Commentf("The values of %s.", n.GoName).Line().Const().Defs(consts...).Line().Line()
	s.Var().Id(naming.ValueList.Of(n.GoName)).Op("=").Index().Id(n.GoName).Values(names...).Line().Line()
	values := naming.Values.Of(n.GoName)
	return s.Commentf("%s lists the values of %s, in the order of the schema.", values, n.GoName).Line().
		Func().Id(values).Params().Index().Id(n.GoName).Block(jen.Return(jen.Qual("slices", "Clone").Call(jen.Id(naming.ValueList.Of(n.GoName)))))
}

func isIntEnum(t *model.Type) bool { return t.Values[0].Kind == model.Int }

// constant returns a constant of the schema as a Go literal.
func constant(v model.Const) *jen.Statement {
	if v.Kind == model.String {
		return jen.Lit(v.Text)
	}
	return jen.Op(v.Text)
}

// goType returns a type in Go.
func (c *context) goType(t *model.Type) *jen.Statement {
	switch t.Kind {
	case model.String:
		return jen.String()
	case model.Int:
		return jen.Int64()
	case model.Number:
		return jen.Float64()
	case model.Bool:
		return jen.Bool()
	case model.Time:
		return jen.Qual("time", "Time")
	case model.Date:
		return root("Date")
	case model.Decimal:
		return root("Decimal")
	case model.UUID:
		return root("UUID")
	case model.Duration:
		return jen.Qual("time", "Duration")
	case model.Bytes:
		return jen.Index().Byte()
	case model.List:
		return jen.Index().Add(c.goType(t.Elem))
	case model.Map:
		return jen.Map(c.keyType(t.Key)).Add(c.goType(t.Elem))
	case model.Ref:
		if hasGoType(t.Named) {
			return c.name(t.Named, t.Named.GoName)
		}
		return c.goType(t.Named.Type)
	}
	panic("codegen: a type of kind " + strconv.Itoa(int(t.Kind)) + " without a name")
}

func (c *context) keyType(t *model.Type) *jen.Statement {
	if t == nil {
		return jen.String()
	}
	return c.goType(t)
}

// name refers to an identifier of the package that a type belongs to.
func (c *context) name(n *model.Named, id string) *jen.Statement {
	if n.Package == c.pkg {
		return jen.Id(id)
	}
	return jen.Qual(c.importPath(n.Package), id)
}
