package templates

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/a-h/parse"
	"github.com/a-h/templ/parser/v2"
)

// Kind says what a finding is about.
type Kind int

// The kinds of findings.
const (
	Broken  Kind = iota // the file cannot be read as templ, or templ reads it wrongly
	Changes             // an expression that is not constant
	Unseen              // attributes of which it cannot be seen what they hold
	Stale               // its generated code is not up to date
)

// Finding is one thing that is wrong with a template.
type Finding struct {
	Kind      Kind
	File      string // below the root, with slashes
	Line, Col int    // from 1; the column counts bytes
	Message   string
	Hint      string // what to write instead
}

// Check returns the findings of all *.templ files below a folder, in the order of
// their places. It leaves out vendor, node_modules and hidden folders, and folders
// with a go.mod of their own. The error says which file or folder cannot be read.
func Check(root string) ([]Finding, error) {
	c := newChecker(root)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && isForeign(path, d.Name()):
			return filepath.SkipDir
		case d.Type().IsRegular() && strings.HasSuffix(path, ".templ"):
			return c.file(path)
		}
		return nil
	})
	slices.SortStableFunc(c.findings, func(a, b Finding) int {
		if a.File != b.File {
			return strings.Compare(a.File, b.File)
		}
		return (a.Line-b.Line)*1_000_000 + a.Col - b.Col
	})
	return c.findings, err
}

// isForeign reports whether a folder holds code of others.
func isForeign(path, name string) bool {
	if name == "vendor" || name == "node_modules" || name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
		return true
	}
	_, err := os.Stat(filepath.Join(path, "go.mod"))
	return err == nil
}

type checker struct {
	root     string
	folders  map[string]map[string]constant // the constants of Go packages, by folder
	findings []Finding
}

func newChecker(root string) *checker {
	return &checker{root: root, folders: map[string]map[string]constant{}}
}

func (c *checker) file(path string) error {
	src, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	name, err := filepath.Rel(c.root, path)
	if err != nil {
		return err
	}
	c.text(filepath.ToSlash(name), filepath.Dir(path), string(src))
	return nil
}

func (c *checker) text(name, folder, src string) {
	t := &template{checker: c, name: name, folder: folder, src: src}
	tree, err := parsed(src)
	if err != nil {
		t.broken(err)
		return
	}
	t.check(tree)
	t.stale(tree)
}

// parsed parses a template. The parser is not ours: a panic is an error.
func parsed(src string) (tree *parser.TemplateFile, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("templ cannot read this file: %v", r)
		}
	}()
	return parser.ParseString(src)
}

// template is a file that is checked.
type template struct {
	*checker
	name    string
	folder  string
	src     string
	imports map[string]string // paths by name
	locals  map[string]bool   // names that the component declares
}

func (t *template) add(kind Kind, at parser.Position, message, hint string) {
	t.findings = append(t.findings, Finding{kind, t.name, int(at.Line) + 1, int(at.Col) + 1, message, hint})
}

func (t *template) broken(err error) {
	var at parser.Position
	message := err.Error()
	if wrong := (parse.ParseError{}); errors.As(err, &wrong) {
		at, message = parser.NewPosition(int64(wrong.Pos.Index), uint32(wrong.Pos.Line), uint32(wrong.Pos.Col)), wrong.Msg
	}
	hint := "mend it as templ generate says, then its expressions can be checked"
	if strings.Contains(message, "missing close brace") {
		hint += "; templ takes a dot or a bracket behind a } as Go: " + asText
	}
	t.add(Broken, at, message, hint)
}
