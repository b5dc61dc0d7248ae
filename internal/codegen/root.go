package codegen

import (
	"path"
	"slices"
	"strconv"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// Root is a type whose JSON comes from outside or from a store, and its path in
// the schema.
type Root struct {
	Path  string // in CUE: "#List.command.Add"
	Named *model.Named
	Open  bool   // unknown fields are skipped, as in signals of a page
	Old   bool   // an older version: tests compare its shape, but not its bounds
	View  string // name of the view or query if the type is its parameters
}

// Roots lists the types of a package that have cases.
func Roots(s *model.Schema, p *model.Package) ([]Root, error) {
	plan, err := newPlan(s)
	if err != nil {
		return nil, err
	}
	return (&context{plan: plan, pkg: p}).roots(), nil
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
		if v.Param != nil && v.List == nil && v.Shows == nil { // CUE knows nothing of the parameters of these
			out = append(out, Root{Path: "#" + v.Name + ".param", Named: v.Param, View: v.Name})
		}
	}
	for _, q := range c.pkg.Queries {
		if q.Param != nil {
			out = append(out, Root{Path: "#" + q.Name + ".param", Named: q.Param, View: q.Name})
		}
	}
	for _, s := range c.pkg.Signals {
		add("#"+s.Name, s.Payload)
	}
	return out
}

// casesFile returns the test that compares the package with recorded cases.
func (c *context) casesFile() *goFile {
	roots := c.roots()
	if len(roots) == 0 {
		return nil
	}
	f := c.newFile("", naming.CasesFile, c.filePlaces()...)
	f.file.ImportName(wiretestPkg, "wiretest")
	var rows []jen.Code
	for _, r := range roots {
		rows = append(rows, jen.Lit(r.Path).Op(":").Add(c.verdict(r)))
	}
	f.add(
		handshake(),
		comment(naming.CasesTest+" checks that Go and CUE accept the same JSON.").
			Func().Id(naming.CasesTest).Params(jen.Id("t").Op("*").Qual("testing", "T")).Block(
			jen.Qual(wiretestPkg, "Cases").Call(jen.Id("t"), jen.Id(naming.Verdicts))),
		c.stepsTest(),
		jen.Var().Id(naming.Verdicts).Op("=").Map(jen.String()).Func().Params(jen.Index().Byte()).Error().Add(multi(rows...)),
	)
	if slices.ContainsFunc(roots, func(r Root) bool { return r.View == "" }) {
		f.add(verdictFunc())
	}
	return f
}

// verdictFunc declares a function that makes a verdict from two unexported
// functions.
func verdictFunc() jen.Code {
	return jen.Func().Id(naming.Verdict).Types(jen.Id("T").Any()).
		Params(jen.Id("read").Func().Params(jen.Op("*").Add(wire("Decoder"))).Id("T"), jen.Id("check").Func().Params(jen.Op("*").Add(wire("Checker")), jen.Id("T"))).
		Func().Params(jen.Index().Byte()).Error().Block(
		jen.Return(jen.Func().Params(jen.Id("json").Index().Byte()).Error().Block(
			jen.List(jen.Id("_"), jen.Err()).Op(":=").Add(wire("DecodeChecked")).Call(jen.Id("json"), jen.Id("read"), jen.Id("check")),
			jen.Return(jen.Err()),
		)))
}

// stepsTest compares upcasters with recorded cases. It skips hand-written
// steps, so they need not exist.
func (c *context) stepsTest() jen.Code {
	var rows []jen.Code
	for _, a := range c.pkg.Aggregates {
		if evolved(a) {
			rows = append(rows, jen.Lit(a.Name).Op(":").Id(naming.Steps.Of(a.Name)).Call(jen.Nil()))
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return comment(naming.StepsTest + " checks that upcasters in Go have the same results as in CUE.").
		Func().Id(naming.StepsTest).Params(jen.Id("t").Op("*").Qual("testing", "T")).Block(
		jen.Qual(wiretestPkg, "Steps").Call(jen.Id("t"), jen.Map(jen.String()).Index().Add(wire("Step")).Add(multi(rows...))))
}

// verdict returns an expression that reads and checks a root. If both functions are
// those of another type, it is that type's verdict. It does not check bounds of
// older versions. Parameters must also survive a round trip through their address.
func (c *context) verdict(r Root) jen.Code {
	n := r.Named
	if r.View != "" {
		return jen.Qual(wiretestPkg, "Address").Call(jen.Id(naming.ParseParams.Of(n.GoName)), jen.Id(naming.ParamInputs.Of(r.View)))
	}
	reader, checker := c.plan.codec(needDecode, n), c.plan.codec(needCheck, n)
	read, check := c.function(needDecode, n), c.function(needCheck, n)
	switch {
	case r.Old || !c.plan.constrained[n]:
		read, check = c.own(needDecode, reader), jen.Nil()
	case reader == checker:
		read, check = c.own(needDecode, reader), c.own(needCheck, checker)
	}
	return jen.Id(naming.Verdict).Call(read, check)
}

const wiretestPkg = wirePkg + "/wiretest"

// CasesPath returns the path of a package's recorded cases, relative to the
// application's root.
func CasesPath(p *model.Package, o Options) string {
	return path.Join(o.withDefaults().Gen, naming.Folder(p), "testdata/cases.jsonl")
}
