package scaffold

import (
	"bytes"
	"embed"
	"fmt"
	"go/format"
	"io/fs"
	"path"
	"slices"
	"strings"
	"text/template"
)

// GoVersion is the least version of Go for a project: that of this module.
const GoVersion = "1.26.0"

// None is the example of a project without a context, in which nothing has to be
// deleted. The others are named like folders of templates.
const None = "none"

// Options say what differs between projects. All are required, but Replace.
type Options struct {
	Module  string // path of the Go module
	Name    string // of the project, for people
	Example string // None, or "guestbook"
	Version string // of ironstar.dev that it requires
	Replace string // path of a checkout that is used instead, as go.mod quotes it; ""
}

// suffix ends the names of templates, so that the go command sees neither their
// packages nor their modules.
const suffix = ".tmpl"

// templates are the files of every project, and of examples. A file of an
// example takes the place of one of the project.
//
//go:embed project guestbook
var templates embed.FS

// Files returns the text of each file by its path, with slashes.
func Files(o Options) (map[string]string, error) {
	files := map[string]string{}
	parts := []string{"project"}
	if o.Example != None {
		parts = append(parts, o.Example)
	}
	for _, part := range parts {
		if err := o.add(files, part); err != nil {
			return nil, fmt.Errorf("files of a new project: %w", err)
		}
	}
	return files, nil
}

// add adds the files of a folder of templates.
func (o Options) add(files map[string]string, folder string) error {
	values := struct {
		Options
		Go string
	}{o, GoVersion}
	return fs.WalkDir(templates, folder, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		t, err := template.New(name).Option("missingkey=error").ParseFS(templates, name)
		if err != nil {
			return err
		}
		var text bytes.Buffer
		if err := t.ExecuteTemplate(&text, d.Name(), values); err != nil {
			return err
		}
		file := strings.TrimSuffix(strings.TrimPrefix(name, folder+"/"), suffix)
		if file == "gitignore" {
			file = ".gitignore" // go:embed ignores names that begin with a dot
		}
		files[file], err = formatted(file, text.String())
		return err
	})
}

// formatted sorts imports, whose order depends on the module's path.
func formatted(file, text string) (string, error) {
	switch path.Ext(file) {
	case ".go":
		text, err := format.Source([]byte(text))
		return string(text), err
	case ".templ":
		before, rest, _ := strings.Cut(text, "\nimport (\n")
		if imports, after, ok := strings.Cut(rest, "\n)\n"); ok {
			lines := strings.Split(imports, "\n")
			slices.Sort(lines)
			text = before + "\nimport (\n" + strings.Join(lines, "\n") + "\n)\n" + after
		}
	}
	return text, nil
}
