package scaffold

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"ironstar.dev/internal/contexts"
)

// Todo is the example that is the reference application without its auction house: its files are those of the
// library, not copies of them.
const Todo = "todo"

// application is the file with the ops.App of the reference application. A project has it in
// its main.go.
const application = "cmd/app/application/application.go"

var (
	// todoFiles are files and folders of the library.
	todoFiles = []string{
		application, "internal/app/todo", "schema/todo", "web", "static/icons_gen.go",
		"package.json", "package-lock.json", "tsconfig.json",
	}
	// todoTypes are the types of files in them. Others are not sources.
	todoTypes = []string{".cue", ".css", ".go", ".html", ".json", ".templ", ".ts"}
	// appImport is an import of a package that belongs to the application.
	appImport = regexp.MustCompile(`"ironstar\.dev/((?:gen|internal/app)/[^"]+|static|web)"`)
	directive = regexp.MustCompile(`(?m)^//go:generate .*$`)
)

// addTodo adds the files of the reference application. They take the place of all
// pages of the project.
func (o Options) addTodo(files map[string]string) error {
	if o.Library == nil {
		return errors.New("the example todo needs the sources of the library")
	}
	line := directive.FindString(files["web/web.go"])
	maps.DeleteFunc(files, func(name, _ string) bool { return strings.HasPrefix(name, "web/") })
	for _, root := range todoFiles {
		err := fs.WalkDir(o.Library, root, func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && (d.Name() == "node_modules" || d.Name() == "rapid" || !contexts.InTodo(name)):
				return fs.SkipDir
			case !contexts.InTodo(name), !d.Type().IsRegular() || !slices.Contains(todoTypes, path.Ext(name)) || strings.HasSuffix(name, "_templ.go"):
				return nil
			}
			read, err := fs.ReadFile(o.Library, name)
			if err != nil {
				return err
			}
			text := contexts.TodoText(name, string(read))
			if text, err = withoutCharts(name, text); err != nil {
				return err
			}
			if name == application {
				name, text = "cmd/app/main.go", asMain(text)
			}
			files[name], err = formatted(name, o.own(name, text, line))
			return err
		})
		if err != nil {
			return fmt.Errorf("the example todo: %w", err)
		}
	}
	return nil
}

// command is the doc comment of the main.go of a project.
const command = "// Command app serves the todo list, the reference application of Ironstar.\npackage main\n"

// asMain makes a main.go of the file with a function that returns the ops.App.
func asMain(text string) string {
	_, text, _ = strings.Cut(text, "\npackage application\n")
	before, literal, _ := strings.Cut(text, "// App returns what the server is made of.\nfunc App() ops.App {\n\treturn ops.App{\n")
	literal = strings.TrimSuffix(literal, "\n\t}\n}\n")
	return command + before + "func main() {\n\tops.Main(ops.App{\n" + literal + "\n\t})\n}\n"
}

// own changes what a file says about the module that it is in. Templ is generated
// by the line.
func (o Options) own(name, text, line string) string {
	switch path.Ext(name) {
	case ".go", ".templ":
		text = appImport.ReplaceAllString(text, `"`+o.Module+`/$1"`)
		text = directive.ReplaceAllLiteralString(text, line)
		text = strings.ReplaceAll(text, ", the reference application of Ironstar", "")
		return strings.ReplaceAll(text, "the reference application", "the todo list")
	case ".json":
		text = strings.ReplaceAll(text, `"name": "ironstar"`, `"name": "`+imageName(o.Module)+`"`)
		text = strings.ReplaceAll(text, "live/client/**/", "live/client/")      // charts only if they are imported: their packages may not be here
		return strings.ReplaceAll(text, "live/client/", "static/dist/.client/") // where ironstar assets writes its types
	}
	return text
}
