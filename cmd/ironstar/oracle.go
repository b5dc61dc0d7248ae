package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"
	cuejson "cuelang.org/go/encoding/json"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/cueload"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/plan"
)

// recordCases adds to the generated files what CUE says about values near the
// edges of what the schema allows; the generated tests compare Go with it. As
// asking is slow, files of an unchanged schema are kept.
func recordCases(p *project, loaded *model.Schema, files map[string][]byte) error {
	o := &oracle{project: p, schema: loaded}
	where := plan.Options{Root: p.module, Schema: p.schemaPath()}
	for _, pkg := range loaded.Packages {
		name := codegen.CasesPath(pkg, p.options())
		cases, err := codegen.RecordCases(loaded, pkg, o, plan.Recorded(where, name))
		if err == nil {
			err = o.err
		}
		if err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		if cases != nil {
			files[name] = cases
		}
	}
	return nil
}

// oracle answers what CUE accepts. It is built when the first question comes.
type oracle struct {
	project *project
	schema  *model.Schema
	ctx     *cue.Context
	values  map[*model.Package]cue.Value
	err     error // the first; answers after it mean nothing
}

// Accepts implements [codegen.Oracle].
func (o *oracle) Accepts(p *model.Package, at string, json []byte) bool {
	if o.values == nil && o.err == nil {
		o.err = o.build()
	}
	if o.err != nil {
		return false
	}
	def := o.values[p].LookupPath(cue.ParsePath(at))
	if !def.Exists() {
		o.err = fmt.Errorf("%s has no %s", p.Path, at)
		return false
	}
	expr, err := cuejson.Extract("case.json", json)
	if err != nil {
		return false
	}
	v := o.ctx.BuildExpr(expr)
	return v.Err() == nil && def.Unify(v).Validate(cue.Concrete(true), cue.Final()) == nil
}

// build evaluates the packages from the files that cueload has read, without
// looking for a cue.mod or a registry.
func (o *oracle) build() error {
	const language = "ironstar.dev/schema"
	instances := map[string]*build.Instance{}
	bc := build.NewContext(build.Loader(func(_ token.Pos, importPath string) *build.Instance { return instances[bare(importPath)] }))
	instances[language] = bc.NewInstance("cue.mod", nil)
	instances[language].ImportPath = language
	if err := addFile(instances[language], "schema.cue", cueload.MetaSchema()); err != nil {
		return err
	}
	for _, p := range o.schema.Packages {
		inst := bc.NewInstance(p.Dir, nil)
		inst.ImportPath = p.Path
		for _, name := range p.Files {
			text, err := os.ReadFile(filepath.Join(o.project.schema, filepath.FromSlash(name)))
			if err != nil {
				return err
			}
			if err := addFile(inst, name, text); err != nil {
				return err
			}
		}
		instances[p.Path] = inst
	}
	o.ctx, o.values = cuecontext.New(), map[*model.Package]cue.Value{}
	for _, p := range o.schema.Packages {
		o.values[p] = o.ctx.BuildInstance(instances[p.Path])
		if err := o.values[p].Err(); err != nil && !o.values[p].Exists() {
			return err
		}
	}
	return nil
}

func addFile(inst *build.Instance, name string, text []byte) error {
	f, err := parser.ParseFile(name, text)
	if err != nil {
		return err
	}
	return inst.AddSyntax(f)
}

// bare is an import path without version and package name.
func bare(importPath string) string {
	dir, base := path.Split(importPath)
	for i, r := range base {
		if r == '@' || r == ':' {
			return dir + base[:i]
		}
	}
	return importPath
}
