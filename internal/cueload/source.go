package cueload

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"

	"ironstar.dev/internal/model"
)

// maxFile is the size, in bytes, of the largest file that is read. It is far
// above what people write, and a wrong file of that size does no harm.
const maxFile = 4 << 20

// madeUpModule is the module of a directory without cue.mod/module.cue.
const madeUpModule = "schema.local"

// source is the text of a directory, which is read before CUE evaluates it.
type source struct {
	module   string
	folders  []*folder // sorted by path
	text     map[string]string
	root     string            // the folder on disk
	sqlFiles []string          // paths of files with SQL
	changed  map[string][]byte // files that are read from here instead of from the disk
	problems *problems
	byValue  bool // for tests: read all types from CUE's values
}

// folder is the package of one directory.
type folder struct {
	dir   string // relative, with slashes; "." is the root
	path  string // import path
	name  string // of the package
	files []*ast.File
	bad   bool // a file of it does not parse
}

// readSource finds and parses every CUE file below dir that belongs to a
// package. It adds errors in single files to problems; it returns an error only
// if the directory itself cannot be read.
func readSource(dir string, changed map[string][]byte, p *problems) (*source, error) {
	s := &source{module: madeUpModule, text: p.text, changed: changed, problems: p}
	byDir := map[string][]string{}
	for name := range changed {
		if IsSQLFile(name) {
			s.addSQL(name)
			continue
		}
		byDir[path.Dir(name)] = append(byDir[path.Dir(name)], name)
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real // filepath.WalkDir does not follow a link at its root
	}
	err := filepath.WalkDir(dir, func(full string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, full)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		name := d.Name()
		if d.IsDir() {
			if rel != "." && (strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "cue.mod") {
				return fs.SkipDir
			}
			return nil
		}
		if d.Type()&fs.ModeSymlink != 0 && s.linkedFolder(full, rel) {
			return nil
		}
		if IsSQLFile(name) {
			s.addSQL(rel)
		}
		if isDomainFile(name) && changed[rel] == nil {
			byDir[path.Dir(rel)] = append(byDir[path.Dir(rel)], rel)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.root = dir
	s.readModule(dir)
	dirs := make([]string, 0, len(byDir))
	for d := range byDir {
		dirs = append(dirs, d)
	}
	slices.Sort(dirs)
	for _, d := range dirs {
		s.readFolder(dir, d, byDir[d])
	}
	slices.SortFunc(s.folders, func(a, b *folder) int { return strings.Compare(a.path, b.path) })
	s.checkNesting()
	return s, nil
}

// linkedFolder reports whether a link leads to a folder. Neither ironstar nor
// cue follows such links, so schemas there would be ignored.
func (s *source) linkedFolder(full, rel string) bool {
	info, err := os.Stat(full)
	if err != nil || !info.IsDir() {
		return false
	}
	if name := path.Base(rel); strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "cue.mod" {
		return true
	}
	for _, pattern := range []string{"*.cue", "*/*.cue"} {
		if files, _ := fs.Glob(os.DirFS(full), pattern); len(files) > 0 {
			s.problems.add(codeFile, model.Pos{File: rel}, "put the folder itself here, or a folder with links to its files", "is a link to a folder, and such links are not followed: its CUE files would be left out")
			break
		}
	}
	return true
}

// isDomainFile reports whether cue would take the file into a package. Names
// that begin with a dot or an underscore are hidden, and _tool and _test files
// are for cue's own commands.
func isDomainFile(name string) bool {
	return strings.HasSuffix(name, ".cue") && !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "_") &&
		!strings.HasSuffix(name, "_tool.cue") && !strings.HasSuffix(name, "_test.cue")
}

// readModule reads the module's name from cue.mod/module.cue, if that exists.
func (s *source) readModule(dir string) {
	const name = "cue.mod/module.cue"
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		s.problems.add(codeFile, model.Pos{File: name}, "", "cannot be read: %s", pathless(err))
		return
	}
	s.text[name] = string(data)
	f, err := parser.ParseFile(name, data)
	if err != nil {
		s.problems.cue(err, codeSyntax)
		return
	}
	for _, d := range f.Decls {
		field, ok := d.(*ast.Field)
		if !ok {
			continue
		}
		if label, _, err := ast.LabelName(field.Label); err != nil || label != "module" {
			continue
		}
		if module, ok := stringLit(field.Value); ok && module != "" {
			s.module, _, _ = strings.Cut(module, "@")
			return
		}
		s.problems.add(codeModule, pos(field.Value), `write module: "example.com/app"`, "the module's name must be a string")
		return
	}
	s.problems.add(codeModule, model.Pos{File: name, Line: 1, Col: 1}, `write module: "example.com/app"`, "the module has no name")
}

// readFolder parses the files of one directory into a folder.
func (s *source) readFolder(root, dir string, files []string) {
	fo := &folder{dir: dir, path: path.Join(s.module, dir)}
	slices.Sort(files)
	var first *ast.Package
	for _, name := range files {
		f := s.parse(root, name)
		if f == nil {
			fo.bad = true
			continue
		}
		pkg := packageClause(f)
		switch {
		case ignored(f):
			continue
		case pkg == nil:
			s.problems.add(codeNoPackage, startOf(f, name), "write package "+packageHint(dir)+" at the top", "a file without a package clause is part of nothing")
			fo.bad = true
			continue
		case first == nil:
			first, fo.name = pkg, pkg.Name.Name
		case pkg.Name.Name != fo.name:
			s.problems.addAlso(codeTwoPackages, pos(pkg.Name), []model.Pos{pos(first.Name)}, "a directory holds one package",
				"package %s, but the directory is package %s", pkg.Name.Name, fo.name)
			fo.bad = true
			continue
		}
		fo.files = append(fo.files, f)
	}
	if fo.name != "" || fo.bad {
		s.folders = append(s.folders, fo)
	}
}

// parse reads one file. If it returns nil it has reported why.
func (s *source) parse(root, name string) *ast.File {
	data := s.changed[name]
	if data == nil {
		data = s.readFile(root, name)
	}
	if data == nil {
		return nil
	}
	s.text[name] = string(data)
	if !s.checkText(name, data) {
		return nil
	}
	f, err := parser.ParseFile(name, data, parser.ParseComments)
	if err != nil {
		before := len(s.problems.errs)
		s.problems.cue(err, codeSyntax)
		s.problems.pointToBracket(name, data, before)
		s.problems.explainSyntax(name, data, before)
		return nil
	}
	return f
}

// readFile returns the content of a file, which is empty and not nil for an empty
// one. If it returns nil it has reported why.
func (s *source) readFile(root, name string) []byte {
	full := filepath.Join(root, filepath.FromSlash(name))
	info, err := os.Stat(full)
	switch {
	case err != nil:
		s.problems.add(codeFile, model.Pos{File: name}, "", "cannot be read: %s", pathless(err))
		return nil
	case !info.Mode().IsRegular():
		s.problems.add(codeFile, model.Pos{File: name}, "", "is not a regular file")
		return nil
	case info.Size() > maxFile:
		s.problems.add(codeFile, model.Pos{File: name}, "", "is larger than %d MB", maxFile>>20)
		return nil
	}
	data, err := os.ReadFile(full)
	if err != nil {
		s.problems.add(codeFile, model.Pos{File: name}, "", "cannot be read: %s", pathless(err))
		return nil
	}
	return data
}

func packageClause(f *ast.File) *ast.Package {
	for _, d := range f.Decls {
		if p, ok := d.(*ast.Package); ok && p.Name != nil && p.Name.Name != "_" {
			return p
		}
	}
	return nil
}

// ignored reports whether the file excludes itself with @ignore() before the
// package clause, as cue defines it.
func ignored(f *ast.File) bool {
	for _, d := range f.Decls {
		if _, ok := d.(*ast.Package); ok {
			return false
		}
		if a, ok := d.(*ast.Attribute); ok && strings.HasPrefix(a.Text, "@ignore(") {
			return true
		}
	}
	return false
}

func packageHint(dir string) string {
	if base := path.Base(dir); base != "." && base != "/" && ast.IsValidIdent(base) {
		return base
	}
	return "name"
}

func startOf(f *ast.File, name string) model.Pos {
	for _, d := range f.Decls {
		if p := pos(d); p.Line > 0 {
			return p
		}
	}
	return model.Pos{File: name, Line: 1, Col: 1}
}

// checkNesting refuses a package inside a directory whose package has the same
// name, because cue would add the outer files to the inner package.
func (s *source) checkNesting() {
	byDir := map[string]*folder{}
	for _, f := range s.folders {
		byDir[f.dir] = f
	}
	for _, f := range s.folders {
		for up := path.Dir(f.dir); f.dir != "." && f.name != ""; up = path.Dir(up) {
			if outer := byDir[up]; outer != nil && outer.name == f.name {
				s.problems.addAlso(codeNested, packagePos(f), []model.Pos{packagePos(outer)}, "give one of them another name",
					"package %s lies inside another package %s: cue takes them for one", f.name, f.name)
				break
			}
			if up == "." {
				break
			}
		}
	}
}

func packagePos(f *folder) model.Pos {
	for _, file := range f.files {
		if p := packageClause(file); p != nil {
			return pos(p.Name)
		}
	}
	return model.Pos{}
}

func stringLit(x ast.Expr) (string, bool) {
	lit, ok := x.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := unquote(lit.Value)
	return s, err == nil
}

// pos returns the position at which a node of a schema file begins.
func pos(n ast.Node) model.Pos {
	if n == nil {
		return model.Pos{}
	}
	return posOf(n.Pos())
}

func posOf(p token.Pos) model.Pos {
	if !p.IsValid() {
		return model.Pos{}
	}
	at := p.Position()
	if at.Filename == "" || at.Line == 0 {
		return model.Pos{}
	}
	return model.Pos{File: at.Filename, Line: at.Line, Col: at.Column}
}
