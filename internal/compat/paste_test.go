package compat_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/ast/astutil"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/compat"
	"ironstar.dev/internal/cueload"
	"ironstar.dev/internal/model"
)

// TestWhatIsPrintedCanBePasted pastes the CUE of every finding of every case
// into the schema. The result must be readable, code must be generated from it,
// and no finding may have anything left to write.
func TestWhatIsPrintedCanBePasted(t *testing.T) {
	tried := 0
	for _, c := range ruleCases(t) {
		all := compat.Compare(compat.LockOf(c.old), c.now, compat.Options{})
		if !slices.ContainsFunc(all, func(f compat.Finding) bool { return f.Write != "" }) {
			continue
		}
		tried++
		text := c.schema("new")
		file := parsed(t, text)
		for i, f := range all {
			if f.Write != "" && (i+1 == len(all) || all[i+1].Write != f.Write) {
				paste(t, file, f)
			}
		}
		stepsOfRetired(t, parsed(t, c.schema("old")), file)
		after, err := format.Node(file)
		if err != nil {
			t.Fatal(err)
		}
		now, err := loadWith(t, string(after), c.others("new"))
		if err != nil {
			t.Errorf("%s: the pasted CUE is refused: %v\n%s", c.name, err, after)
			continue
		}
		for _, f := range compat.Compare(compat.LockOf(c.old), now, compat.Options{}) {
			if f.Write != "" || f.Rule == "upcast-overflow" {
				t.Errorf("%s: after pasting: %s\n%s", c.name, f.Message, after)
			}
		}
		if _, err := codegen.Generate(now, codegen.Options{Module: "example.com/app"}); err != nil {
			t.Errorf("%s: no code can be generated from the pasted CUE: %v\n%s", c.name, err, after)
		}
	}
	if tried < 30 {
		t.Errorf("only %d cases have something to paste", tried)
	}
}

// stepsOfRetired restores the steps of retired events. People get them from
// version control, because the lock does not have them.
func stepsOfRetired(t *testing.T, old, now *ast.File) {
	t.Helper()
	for _, d := range now.Decls {
		f, ok := d.(*ast.Field)
		if !ok || structOf(f.Value) == nil {
			continue
		}
		aggregate, _, _ := ast.LabelName(f.Label)
		retired := inside(structOf(f.Value), "retired")
		if retired == nil {
			continue
		}
		for _, event := range retired.Elts {
			name, _, _ := ast.LabelName(event.(*ast.Field).Label)
			if was := find(old.Decls, aggregate); was == nil || inside(was, "event") == nil || inside(inside(was, "event"), name) == nil {
				continue
			}
			for _, d := range literal(t, old, aggregate, "event", name).Elts {
				if label, _, _ := ast.LabelName(d.(*ast.Field).Label); strings.HasPrefix(label, "toV") {
					set(inside(retired, name), d.(*ast.Field))
				}
			}
		}
	}
}

// others returns the other packages of a case's schema.
func (c *ruleCase) others(which string) map[string]string {
	files := map[string]string{}
	for _, f := range c.archive.Files {
		if name, ok := strings.CutPrefix(f.Name, which+"/"); ok {
			files[name] = string(f.Data)
		}
	}
	return files
}

func loadWith(t *testing.T, text string, more map[string]string) (*model.Schema, error) {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("p.cue", text)
	for name, text := range more {
		write(name, text)
	}
	if len(more) > 0 {
		write("cue.mod/module.cue", "module: \"example.com/app@v0\"\nlanguage: version: \"v0.17.0\"\n")
	}
	return cueload.Load(dir)
}

func parsed(t *testing.T, text string) *ast.File {
	t.Helper()
	file, err := parser.ParseFile("p.cue", text, parser.ParseComments)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return file
}

// paste does what a person does: it puts versions and steps into their event,
// retired events into the aggregate, definitions at the top, and imports into
// the list of imports.
func paste(t *testing.T, file *ast.File, f compat.Finding) {
	t.Helper()
	of := strings.Split(f.Subject, ".")
	for _, decl := range parsed(t, "package p\n\n"+f.Write).Decls {
		field, ok := decl.(*ast.Field)
		if !ok {
			continue
		}
		name, _, err := ast.LabelName(field.Label)
		switch {
		case err != nil:
			t.Fatalf("%s: %v", f.Write, err)
		case strings.HasPrefix(name, "#"):
			file.Decls = append(file.Decls, field)
		case name == "retired":
			set(literal(t, file, "#"+of[1]), field)
		default:
			set(literal(t, file, "#"+of[1], section(file, of), of[2]), field)
		}
	}
	for _, path := range strings.Fields(f.Imports) {
		imports(file, path)
	}
	if err := astutil.SanitizeFiles([]*ast.File{file}); err != nil {
		t.Fatal(err)
	}
}

// section returns the section that an event is in: event or retired.
func section(file *ast.File, of []string) string {
	if body := find(file.Decls, "#"+of[1]); body != nil && inside(body, "retired") != nil && inside(inside(body, "retired"), of[2]) != nil {
		return "retired"
	}
	return "event"
}

func imports(file *ast.File, path string) {
	for spec := range file.ImportSpecs() {
		if spec.Path.Value == strconv.Quote(path) {
			return
		}
	}
	spec := ast.NewImport(nil, path)
	file.Decls = slices.Insert(file.Decls, 1, ast.Decl(&ast.ImportDecl{Specs: []*ast.ImportSpec{spec}}))
}

// literal returns the struct at a path of the schema. It also finds a: b: {…}.
func literal(t *testing.T, file *ast.File, path ...string) *ast.StructLit {
	t.Helper()
	body := find(file.Decls, path[0])
	for _, name := range path[1:] {
		if body == nil {
			break
		}
		body = inside(body, name)
	}
	if body == nil {
		t.Fatalf("the schema has no %s", strings.Join(path, "."))
	}
	return body
}

func inside(s *ast.StructLit, name string) *ast.StructLit { return find(s.Elts, name) }

func find(decls []ast.Decl, name string) *ast.StructLit {
	for _, d := range decls {
		f, ok := d.(*ast.Field)
		if !ok {
			continue
		}
		if label, _, err := ast.LabelName(f.Label); err == nil && label == name {
			return structOf(f.Value)
		}
	}
	return nil
}

func structOf(e ast.Expr) *ast.StructLit {
	switch e := e.(type) {
	case *ast.StructLit:
		return e
	case *ast.BinaryExpr:
		if e.Op == token.AND {
			return structOf(e.Y)
		}
	}
	return nil
}

// set adds a field to a struct, or replaces the field of the same name.
func set(s *ast.StructLit, f *ast.Field) {
	name, _, _ := ast.LabelName(f.Label)
	for i, d := range s.Elts {
		if old, ok := d.(*ast.Field); ok {
			if label, _, _ := ast.LabelName(old.Label); label == name && name != "retired" {
				s.Elts[i] = f
				return
			}
		}
	}
	s.Elts = append(s.Elts, f)
}
