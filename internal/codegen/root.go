package codegen

import (
	"path"
	"strconv"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
)

// Root is a type whose JSON comes from outside or from a store, and that the
// schema has a path for.
type Root struct {
	Path  string // in CUE: "#List.command.Add"
	Named *model.Named
	Open  bool // other fields are skipped: the signals of a page
	Old   bool // a version that is only read: its shape counts, its bounds do not
}

// roots lists the types of a package that are read and checked.
func (c *context) roots() []Root {
	var out []Root
	add := func(path string, n *model.Named) {
		if n != nil && (n.Type.Kind == model.Struct || n.Type.Kind == model.Sum) {
			out = append(out, Root{Path: path, Named: n, Open: c.isSignals(n)})
		}
	}
	old := func(path string, versions []*model.EventVersion) {
		for _, v := range versions {
			out = append(out, Root{Path: path + ".v" + strconv.Itoa(v.Version), Named: v.Payload, Old: true})
		}
	}
	for _, n := range c.pkg.Types {
		if !n.Inline && c.plan.needs[n]&(needDecode|needCheck) == needDecode|needCheck && !c.isSignals(n) {
			add("#"+n.Name, n)
		}
	}
	for _, a := range c.pkg.Aggregates {
		for _, cmd := range a.Commands {
			add("#"+a.Name+".command."+cmd.Name, cmd.Payload)
		}
		for _, e := range a.Events {
			path := "#" + a.Name + ".event." + e.Name
			old(path, e.Versions[:len(e.Versions)-1])
			add(path+".v"+version(e), current(e))
		}
		for _, e := range a.Retired {
			old("#"+a.Name+".retired."+e.Name, e.Versions)
		}
	}
	for _, v := range c.pkg.Views {
		add("#"+v.Name+".param", v.Param)
	}
	for _, s := range c.pkg.Signals {
		add("#"+s.Name, s.Payload)
	}
	return out
}

// casesFile is the test that compares the package with recorded cases.
func (c *context) casesFile() *goFile {
	roots := c.roots()
	if len(roots) == 0 {
		return nil
	}
	f := c.newFile("", "cases_gen_test.go", c.filePlaces()...)
	f.file.ImportName(wiretestPkg, "wiretest")
	var rows []jen.Code
	for _, r := range roots {
		read, check := c.verdict(r)
		rows = append(rows, jen.Lit(r.Path).Op(":").Id("verdict").Call(read, check))
	}
	f.add(
		handshake(),
		comment("TestCases compares what is accepted here with what CUE accepts.").
			Func().Id("TestCases").Params(jen.Id("t").Op("*").Qual("testing", "T")).Block(
			jen.Qual(wiretestPkg, "Cases").Call(jen.Id("t"), jen.Id("verdicts"))),
		c.stepsTest(),
		jen.Var().Id("verdicts").Op("=").Map(jen.String()).Func().Params(jen.Index().Byte()).Error().Add(multi(rows...)),
		jen.Func().Id("verdict").Types(jen.Id("T").Any()).
			Params(jen.Id("read").Func().Params(jen.Op("*").Add(wire("Decoder"))).Id("T"), jen.Id("check").Func().Params(jen.Op("*").Add(wire("Checker")), jen.Id("T"))).
			Func().Params(jen.Index().Byte()).Error().Block(
			jen.Return(jen.Func().Params(jen.Id("json").Index().Byte()).Error().Block(
				jen.List(jen.Id("_"), jen.Err()).Op(":=").Add(wire("Checked")).Call(jen.Id("json"), jen.Id("read"), jen.Id("check")),
				jen.Return(jen.Err()),
			))),
	)
	return f
}

// stepsTest compares upcasters with recorded cases. What is written by hand is
// left out, so nobody need have written it.
func (c *context) stepsTest() jen.Code {
	var rows []jen.Code
	for _, a := range c.pkg.Aggregates {
		if evolved(a) {
			rows = append(rows, jen.Lit(a.Name).Op(":").Id(a.Name+"Steps").Call(jen.Nil()))
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return comment("TestSteps compares what older events become here with what CUE makes of them.").
		Func().Id("TestSteps").Params(jen.Id("t").Op("*").Qual("testing", "T")).Block(
		jen.Qual(wiretestPkg, "Steps").Call(jen.Id("t"), jen.Map(jen.String()).Index().Add(wire("Step")).Add(multi(rows...))))
}

// verdict is how a root is read and checked. Where both functions are another
// type's, that type does. Bounds of older versions are not checked.
func (c *context) verdict(r Root) (read, check jen.Code) {
	n := r.Named
	reader, checker := c.plan.codec(needDecode, n), c.plan.codec(needCheck, n)
	switch {
	case r.Old || !c.plan.constrained[n]:
		return c.own(needDecode, reader), jen.Nil()
	case reader == checker:
		return c.own(needDecode, reader), c.own(needCheck, checker)
	}
	return c.function(needDecode, n), c.function(needCheck, n)
}

const wiretestPkg = wirePkg + "/wiretest"

// CasesPath is where the recorded cases of a package are, relative to the
// application's root.
func CasesPath(p *model.Package, o Options) string {
	return path.Join(o.withDefaults().Gen, dirOf(p), "testdata/cases.jsonl")
}
