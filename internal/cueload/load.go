package cueload

import (
	"fmt"
	"os"
	"path"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"

	"ironstar.dev/internal/model"
)

// Load reads every package below dir, the folder that has, or should have, a
// cue.mod. What is wrong with the schema is returned as Errors; any other error
// says that dir itself cannot be read. It may be called from several
// goroutines at once.
func Load(dir string) (*model.Schema, error) {
	s, _, err := LoadValues(dir)
	return s, err
}

// LoadValues is Load, and keeps the values that the schema was read from.
func LoadValues(dir string) (*model.Schema, *Values, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("read schema: %w", err)
	}
	if !info.IsDir() {
		return nil, nil, fmt.Errorf("read schema: %s is not a directory", dir)
	}
	p := &problems{text: map[string]string{}}
	src, err := readSource(dir, p)
	if err != nil {
		return nil, nil, fmt.Errorf("read schema in %s: %w", dir, err)
	}
	return load(src, p)
}

// load takes the rounds in which errors are found: text, imports, names, values.
// Later rounds are skipped when an earlier one found something, because CUE
// stops at what it cannot resolve.
func load(src *source, p *problems) (*model.Schema, *Values, error) {
	if err := p.err(); err != nil {
		return nil, nil, err
	}
	if len(src.folders) == 0 {
		p.add(codeEmpty, model.Pos{}, "write todo/list.cue, or run ironstar init", "there is no CUE package here")
		return nil, nil, p.err()
	}
	l := &loader{source: src, byPath: map[string]*folder{}, instances: map[string]*build.Instance{}, ctx: cuecontext.New()}
	for _, f := range src.folders {
		l.byPath[f.path] = f
	}
	l.checkImports()
	if err := p.err(); err != nil {
		return nil, nil, err
	}
	x := checkSyntax(src)
	l.attrPos, l.docAt, l.steps = x.attrPos, x.docAt, x.steps
	if x.computes {
		return nil, nil, p.err()
	}
	if !l.build() {
		return nil, nil, p.err()
	}
	s, err := l.read()
	if err != nil {
		return nil, nil, err
	}
	return s, &Values{ctx: l.ctx, packages: l.values}, nil
}

// loader turns parsed files into CUE values. It answers imports itself, so that
// nothing depends on cue.mod, environment variables, caches or a network.
type loader struct {
	*source
	byPath    map[string]*folder
	order     []*folder // what is imported before what imports it
	instances map[string]*build.Instance
	values    map[string]cue.Value
	attrPos   map[attrKey]model.Pos
	docAt     map[model.Pos]string
	steps     map[string]*steps // import path to the upcasters of the package
	said      []stepError       // what CUE says against upcasters
	ctx       *cue.Context
}

// build evaluates every package, each once, and says whether CUE is content.
func (l *loader) build() bool {
	before := len(l.problems.errs)
	bc := build.NewContext(build.Loader(l.instance))
	l.instances[metaPath] = l.metaInstance(bc)
	l.values = map[string]cue.Value{}
	for _, f := range l.folders {
		l.guard(f, func() { l.instances[f.path] = l.newInstance(bc, f) })
	}
	for _, f := range l.folders {
		l.guard(f, func() { l.evaluate(f) })
	}
	return len(l.problems.errs) == before
}

func (l *loader) newInstance(bc *build.Context, f *folder) *build.Instance {
	inst := bc.NewInstance(f.dir, nil)
	inst.ImportPath, inst.Module, inst.User = f.path, l.module, false
	for _, file := range f.files {
		if err := inst.AddSyntax(file); err != nil {
			l.problems.cue(err, codeName)
		}
	}
	return inst
}

func (l *loader) evaluate(f *folder) {
	v := l.ctx.BuildInstance(l.instances[f.path])
	if err := v.Validate(cue.All()); err != nil {
		l.contradicted(f, err)
	}
	l.values[f.path] = v
}

// guard runs what is about one package and reports a panic of CUE's.
func (l *loader) guard(f *folder, run func()) {
	if err := protect(f.files[0].Filename, run); err != nil {
		l.problems.put(err)
	}
}

// instance answers an import; nil leaves it to CUE's builtin packages.
func (l *loader) instance(_ token.Pos, importPath string) *build.Instance {
	return l.instances[bare(importPath)]
}

func (l *loader) metaInstance(bc *build.Context) *build.Instance {
	f := metaFileAST()
	inst := bc.NewInstance("cue.mod", nil)
	inst.ImportPath = metaPath
	if err := inst.AddSyntax(f); err != nil {
		panic(fmt.Sprintf("cueload: the embedded meta-schema: %v", err))
	}
	return inst
}

// metaFileAST is the meta-schema, parsed anew: CUE annotates what it builds.
func metaFileAST() *ast.File {
	f, err := parser.ParseFile(metaFile, metaSchema, parser.ParseComments)
	if err != nil {
		panic(fmt.Sprintf("cueload: the embedded meta-schema does not parse: %v", err))
	}
	return f
}

// bare is an import path without its version and its package name.
func bare(importPath string) string {
	importPath, _, _ = strings.Cut(importPath, ":")
	dir, base := path.Split(importPath)
	base, _, _ = strings.Cut(base, "@")
	return dir + base
}

// checkImports finds imports that lead nowhere, and cycles of imports, before
// CUE follows them.
func (l *loader) checkImports() {
	if f := l.byPath[metaPath]; f != nil {
		l.problems.add(codeImport, packagePos(f), "give the module in cue.mod/module.cue another name", "a package cannot be called %s: that is the language", metaPath)
	}
	state := map[*folder]int{}
	for _, f := range l.folders {
		l.visit(f, state)
	}
}

// visit walks the imports of f; state is 1 for a package on the way here and 2
// for one that is done.
func (l *loader) visit(f *folder, state map[*folder]int) {
	if state[f] != 0 {
		return
	}
	state[f] = 1
	defer func() {
		state[f] = 2
		l.order = append(l.order, f)
	}()
	for _, file := range f.files {
		for spec := range file.ImportSpecs() {
			importPath, err := unquote(spec.Path.Value)
			if err != nil {
				l.problems.add(codeImport, pos(spec.Path), "", "the import path is not a string")
				continue
			}
			l.checkImport(spec, bare(importPath), state)
		}
	}
}

func (l *loader) checkImport(spec *ast.ImportSpec, importPath string, state map[*folder]int) {
	first, _, _ := strings.Cut(importPath, "/")
	to := l.byPath[importPath]
	switch {
	case importPath == metaPath:
	case to != nil && state[to] == 1:
		l.problems.add(codeImportCycle, pos(spec.Path), "put what both need into a third package", "package %s imports itself, by way of this import", importPath)
	case to != nil:
		l.visit(to, state)
	case !strings.Contains(first, "."):
		if !builtinPackages[importPath] {
			l.problems.add(codeImport, pos(spec.Path), nearest(importPath, keys(builtinPackages), `did you mean %q?`), "there is no builtin package %q", importPath)
		}
	case importPath == l.module || strings.HasPrefix(importPath, l.module+"/"):
		l.problems.add(codeImport, pos(spec.Path), nearest(importPath, append(keys(l.byPath), metaPath), `did you mean %q?`), "there is no package %q in this module", importPath)
	default:
		l.problems.add(codeImport, pos(spec.Path), nearest(importPath, append(keys(l.byPath), metaPath), `did you mean %q?`),
			"%q is not part of module %s: a domain imports its own packages, %s and CUE's builtin ones", importPath, l.module, metaPath)
	}
}

// protect turns a panic of CUE's into an error with the name of a file.
func protect(file string, run func()) (err *Error) {
	defer func() {
		if r := recover(); r != nil {
			err = &Error{Code: codePanic, Pos: model.Pos{File: file, Line: 1, Col: 1}, Hint: "please report it, with the file",
				Message: "CUE gave up on this package: " + oneLine(fmt.Sprint(r))}
		}
	}()
	run()
	return nil
}
