package scaffold

import (
	"bytes"
	"embed"
	"fmt"
	"go/format"
	"io/fs"
	"strings"
	"text/template"
)

// GoVersion is the least version of Go for a project: that of this module.
const GoVersion = "1.26.0"

// Options say what differs between projects. All are required, but Replace.
type Options struct {
	Module  string // path of the Go module
	Name    string // of the project, for people
	Version string // of ironstar.dev that it requires
	Replace string // path of a checkout that is used instead, as go.mod quotes it; ""
}

// suffix ends the names of templates, so that the go command sees neither their
// packages nor their modules.
const suffix = ".tmpl"

//go:embed project
var project embed.FS

// Files returns the text of each file by its path, with slashes.
func Files(o Options) (map[string]string, error) {
	files := map[string]string{}
	values := struct {
		Options
		Go string
	}{o, GoVersion}
	err := fs.WalkDir(project, "project", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		t, err := template.New(name).Option("missingkey=error").ParseFS(project, name)
		if err != nil {
			return err
		}
		var text bytes.Buffer
		if err := t.ExecuteTemplate(&text, d.Name(), values); err != nil {
			return err
		}
		path := strings.TrimSuffix(strings.TrimPrefix(name, "project/"), suffix)
		if path == "gitignore" {
			path = ".gitignore" // go:embed ignores names that begin with a dot
		}
		files[path], err = formatted(path, text.Bytes())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("files of a new project: %w", err)
	}
	return files, nil
}

// formatted sorts imports, whose order depends on the module's path.
func formatted(path string, text []byte) (string, error) {
	if !strings.HasSuffix(path, ".go") {
		return string(text), nil
	}
	text, err := format.Source(text)
	return string(text), err
}
