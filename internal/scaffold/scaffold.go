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
// deleted, and the CI of one without a file for it. The others are named like
// folders of templates.
const None = "none"

// Options say what differs between projects. Module, Name, Example
// and Version are required.
type Options struct {
	Params
	Version string // of ironstar.dev that it requires
	Replace string // path of a checkout that is used instead, as go.mod quotes it; ""

	Library fs.FS // sources of ironstar.dev; only for Todo

	DatastarURL, DatastarSHA256 string // where a Nix package gets Datastar
}

// suffix ends the names of templates, so that the go command sees neither their
// packages nor their modules.
const suffix = ".tmpl"

// templates are the files of every project, and of examples and other parts. A
// file of a later part takes the place of an earlier one.
//
//go:embed all:project guestbook all:ci-github all:docker nix
var templates embed.FS

// parts are the folders of templates for a project.
func (o Options) parts() []string {
	parts := []string{"project"}
	if o.Example != None && o.Example != Todo {
		parts = append(parts, o.Example)
	}
	if o.CI != "" && o.CI != None {
		parts = append(parts, "ci-"+o.CI)
	}
	if o.Docker {
		parts = append(parts, "docker")
	}
	if o.Nix {
		parts = append(parts, "nix")
	}
	return parts
}

// Files returns the text of each file by its path, with slashes.
func Files(o Options) (map[string]string, error) {
	files := map[string]string{}
	for _, part := range o.parts() {
		if err := o.add(files, part); err != nil {
			return nil, fmt.Errorf("files of a new project: %w", err)
		}
	}
	if o.Example == Todo {
		return files, o.addTodo(files)
	}
	return files, nil
}

// add adds the files of a folder of templates.
func (o Options) add(files map[string]string, folder string) error {
	values := struct {
		Options
		Go, GoMinor, Image string
	}{o, GoVersion, strings.Join(strings.Split(GoVersion, ".")[:2], "."), imageName(o.Module)}
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
		files[file], err = formatted(file, text.String())
		return err
	})
}

// imageName is the last part of a module's path, as Docker and Nix accept it.
func imageName(module string) string {
	name := strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '-' {
			return r
		}
		return -1
	}, strings.ToLower(path.Base(module)))
	if name = strings.Trim(name, "-"); name == "" {
		return "app"
	}
	return name
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
