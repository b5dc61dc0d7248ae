package cueload

import (
	"fmt"
	"os"
	"path"
	"slices"
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
// cue.mod. It returns errors in the schema as Errors; any other error means
// that dir itself cannot be read. Several goroutines may call it at the same
// time.
func Load(dir string) (*model.Schema, error) {
	s, _, err := LoadValues(dir)
	return s, err
}

// LoadValues is Load, and also returns the values that the schema was read
// from.
func LoadValues(dir string) (*model.Schema, *Values, error) { return LoadChanged(dir, nil) }

// LoadChanged is LoadValues with files that are not on disk, or have another
// content there: path below dir, with slashes, to text.
func LoadChanged(dir string, changed map[string][]byte) (*model.Schema, *Values, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("read schema: %w", err)
	}
	if !info.IsDir() {
		return nil, nil, fmt.Errorf("read schema: %s is not a directory", dir)
	}
	p := &problems{text: map[string]string{}}
	src, err := readSource(dir, changed, p)
	if err != nil {
		return nil, nil, fmt.Errorf("read schema in %s: %w", dir, err)
	}
	return load(src, p)
}

// load runs the rounds that find errors: text, imports, names, values. If a
// round finds an error, it skips the later ones, because CUE stops at the first
// name that it cannot resolve.
func load(src *source, p *problems) (*model.Schema, *Values, error) {
	if err := p.first(); err != nil {
		return nil, nil, err
	}
	if len(src.folders) == 0 {
		p.add(CodeEmpty, model.Pos{}, "ironstar add aggregate todo.List adds one; ironstar init writes an example", "there is no CUE package here")
		return nil, nil, p.err()
	}
	l := &loader{source: src, byPath: map[string]*folder{}, instances: map[string]*build.Instance{}, operands: map[model.Pos]operand{}, bounds: map[model.Pos][]model.Check{}, ctx: cuecontext.New()}
	for _, f := range src.folders {
		l.byPath[f.path] = f
	}
	l.checkImports()
	if err := p.first(); err != nil {
		return nil, nil, err
	}
	x := checkSyntax(src)
	l.attrPos, l.docAt, l.steps = x.attrPos, x.docAt, x.steps
	if x.computes {
		return nil, nil, p.first()
	}
	if !l.checkGrammar() {
		return nil, nil, p.first()
	}
	if !l.build() || slices.ContainsFunc(p.errs, func(e *Error) bool { return e.Code == codeName }) {
		return nil, nil, p.first()
	}
	s, err := l.read()
	if err != nil {
		return nil, nil, err
	}
	return s, &Values{loader: l}, nil
}

// loader builds CUE values from parsed files. It resolves imports itself, so
// that nothing depends on cue.mod, environment variables, caches or a network.
type loader struct {
	*source
	byPath    map[string]*folder
	order     []*folder // each package after those that it imports
	instances map[string]*build.Instance
	values    map[string]cue.Value
	attrPos   map[attrKey]model.Pos
	docAt     map[model.Pos]string
	steps     map[string]*steps           // import path to the upcasters of the package
	said      []stepError                 // CUE's errors in upcasters
	operands  map[model.Pos]operand       // those of the unions that were read
	bounds    map[model.Pos][]model.Check // what @decimal(…) says, by its position
	ctx       *cue.Context
}

// build evaluates every package once and reports whether CUE found no errors.
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

// guard calls run for one package and reports a panic of CUE as an error.
func (l *loader) guard(f *folder, run func()) {
	if err := protect(f.files[0].Filename, run); err != nil {
		l.problems.put(err)
	}
}

// instance resolves an import. For nil, CUE uses its own packages.
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

// metaFileAST parses the meta-schema each time, because CUE modifies the syntax
// that it builds.
func metaFileAST() *ast.File {
	f, err := parser.ParseFile(metaFile, metaSchema, parser.ParseComments)
	if err != nil {
		panic(fmt.Sprintf("cueload: the embedded meta-schema does not parse: %v", err))
	}
	return f
}

// bare returns an import path without its version and package name.
func bare(importPath string) string {
	importPath, _, _ = strings.Cut(importPath, ":")
	dir, base := path.Split(importPath)
	base, _, _ = strings.Cut(base, "@")
	return dir + base
}

// packageAsked returns the package name in an import path: the text after the
// colon, or else the last element.
func packageAsked(importPath string) string {
	if _, name, ok := strings.Cut(importPath, ":"); ok {
		return name
	}
	return path.Base(bare(importPath))
}

// checkImports finds imports of packages that do not exist, and cycles of
// imports, before CUE follows them.
func (l *loader) checkImports() {
	if f := l.byPath[metaPath]; f != nil {
		l.problems.add(codeImport, packagePos(f), "give the module in cue.mod/module.cue another name", "a package cannot be called %s: that is the language", metaPath)
	}
	state := map[*folder]int{}
	for _, f := range l.folders {
		l.visit(f, state)
	}
}

// visit checks the imports of f. state is 1 for a package that is being visited
// and 2 for a visited one.
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
			l.checkImport(spec, importPath, state)
		}
	}
}

func (l *loader) checkImport(spec *ast.ImportSpec, written string, state map[*folder]int) {
	importPath, asked := bare(written), packageAsked(written)
	first, _, _ := strings.Cut(importPath, "/")
	to := l.byPath[importPath]
	switch {
	case importPath == metaPath:
	case to != nil && to.name != "" && to.name != asked: // cue and editors require the same
		l.problems.addAlso(codeImport, pos(spec.Path), []model.Pos{packagePos(to)}, fmt.Sprintf("write import %q, or call the folder as its package", importPath+":"+to.name),
			"the package in folder %s is called %s, and this import asks for a package %s", to.dir, to.name, asked)
	case to != nil && state[to] == 1:
		l.problems.add(codeImportCycle, pos(spec.Path), "put what both need into a third package", "package %s imports itself, by way of this import", importPath)
	case to != nil:
		l.visit(to, state)
	case !strings.Contains(first, "."):
		if !builtinPackages[importPath] {
			l.problems.add(codeImport, pos(spec.Path), l.nearestImport(importPath), "there is no builtin package %q", importPath)
		}
	case importPath == l.module || strings.HasPrefix(importPath, l.module+"/"):
		l.problems.add(codeImport, pos(spec.Path), l.nearestImport(importPath), "there is no package %q in this module", importPath)
	default:
		l.problems.add(codeImport, pos(spec.Path), l.nearestImport(importPath),
			"%q is not part of module %s: a domain imports its own packages, %s and CUE's builtin ones", importPath, l.module, metaPath)
	}
}

// nearestImport returns a hint to the import that was probably meant: one with
// the same last element, or else one with similar spelling.
func (l *loader) nearestImport(importPath string) string {
	all := append(keys(l.byPath), metaPath)
	for _, p := range all {
		if path.Base(p) == path.Base(importPath) {
			return fmt.Sprintf("did you mean %q?", p)
		}
	}
	return nearest(importPath, append(all, keys(builtinPackages)...), "did you mean %q?")
}

// protect converts a panic of CUE to an error with the name of a file.
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
