package scaffold_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/encoding/yaml"

	"ironstar.dev/internal/contexts"
	"ironstar.dev/internal/scaffold"
)

// released are the options of a project that has everything.
func released(example string) scaffold.Options {
	return scaffold.Options{
		Params:      scaffold.Params{Module: "zoo.dev/My_Guests", Name: "Guests", Example: example, CI: "github", Docker: true, Nix: true},
		Version:     "v1.2.3",
		Library:     os.DirFS("../.."),
		DatastarURL: "https://example.com/datastar.js", DatastarSHA256: strings.Repeat("0", 64),
	}
}

// TestImage: images and packages have names that Docker and Nix accept.
func TestImage(t *testing.T) {
	for module, want := range map[string]string{"zoo.dev/My_Guests": "myguests", "zoo.dev/-x-": "x", "zoo.dev/_": "app"} {
		o := released("guestbook")
		o.Module = module
		if first, _, _ := strings.Cut(files(t, o)["Dockerfile"], "\n"); first != "# docker build -t "+want+" . && docker run -p 8080:8080 -v "+want+":/data "+want {
			t.Errorf("module %s: the Dockerfile begins with %s", module, first)
		}
	}
}

// TestTodo: the example is the application of this repository, in a module of its
// own.
func TestTodo(t *testing.T) {
	all := files(t, released(scaffold.Todo))
	foreign := regexp.MustCompile(`"ironstar\.dev/(gen|internal|static|web)\b|reference application|tools\.mod|live/client`)
	for name, text := range all {
		if found := foreign.FindString(text); found != "" {
			t.Errorf("%s has %q", name, found)
		}
		if strings.Contains(name+text, "auction") {
			t.Errorf("%s is about the auction house", name)
		}
		original, err := os.ReadFile(filepath.Join("../..", filepath.FromSlash(name)))
		if changed := err == nil && contexts.TodoText(name, string(original)) != text; changed && slices.Contains([]string{".css", ".cue", ".ts", ".html"}, filepath.Ext(name)) {
			t.Errorf("%s differs from the original", name)
		}
	}
	for _, name := range []string{"web/board.templ", "web/app.ts", "web/testdata/few.html", "internal/app/todo/list_test.go", "schema/todo/list.cue", "package-lock.json"} {
		if all[name] == "" {
			t.Errorf("%s is missing", name)
		}
	}
	for name := range all {
		if strings.HasSuffix(name, "_templ.go") || name == "web/web.go" || name == "web/layout.templ" && !strings.Contains(all[name], "todoapp") {
			t.Errorf("%s should not be there", name)
		}
	}
	if !strings.Contains(all["web/doc.go"], "\n//go:generate env GOWORK=off go -C ../tools tool templ generate -path ../web") {
		t.Errorf("web/doc.go is %s", all["web/doc.go"])
	}
	for _, name := range []string{"web/app.ts", "package.json", "package-lock.json"} {
		if found := regexp.MustCompile(`charts|echarts|vega|mosaic|duckdb|arrow|flechette`).FindString(all[name]); found != "" {
			t.Errorf("%s has %q, and no page has a chart", name, found)
		}
	}
	for name, text := range map[string]string{"package.json": "?", "package-lock.json": "{"} {
		o := released(scaffold.Todo)
		o.Library = fstest.MapFS{"cmd/app/application/application.go": {Data: []byte("package application\n")}, "internal/app/todo/a.go": {Data: []byte("package todo\n")}, "schema/todo/a.cue": {}, "web/app.ts": {}, "static/icons_gen.go": {Data: []byte("package static\n")},
			"package.json": {Data: []byte("{}")}, "package-lock.json": {Data: []byte("{}")}, "tsconfig.json": {}, name: {Data: []byte(text)}}
		if _, err := scaffold.Files(o); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("a %s that is no JSON: %v", name, err)
		}
	}
	o := released(scaffold.Todo)
	o.Library = fstest.MapFS{"cmd/app/application/application.go": {Data: []byte("package application\n")}, "internal/app/todo/testdata/rapid/x/a.json": {}, "schema/todo/a.cue": {}, "web/node_modules/x/a.ts": {}, "web/app.js": {}, "static/icons_gen.go": {Data: []byte("package static\n")},
		"package.json": {Data: []byte("{}")}, "package-lock.json": {Data: []byte("{}")}, "tsconfig.json": {}}
	for name := range files(t, o) {
		if strings.Contains(name, "rapid") || strings.Contains(name, "node_modules") || name == "web/app.js" {
			t.Errorf("%s is no source", name)
		}
	}
	o.Library = nil
	if _, err := scaffold.Files(o); err == nil {
		t.Error("there is a todo list without its sources")
	}
}

// TestWorkflow: the file for CI is YAML, with the commands that CI runs.
func TestWorkflow(t *testing.T) {
	for _, example := range []string{scaffold.None, scaffold.Todo} {
		text := files(t, released(example))[".github/workflows/check.yml"]
		file, err := yaml.Extract("check.yml", text)
		if err != nil {
			t.Fatal(err)
		}
		var workflow struct {
			On   []string
			Jobs map[string]struct {
				Steps []struct {
					Uses, Run string
					With      map[string]any
				}
			}
		}
		if err := cuecontext.New().BuildFile(file).Decode(&workflow); err != nil {
			t.Fatal(err)
		}
		var runs []string
		for _, step := range workflow.Jobs["check"].Steps {
			runs = append(runs, step.Uses+step.Run)
		}
		if got := strings.Join(runs, "\n"); !strings.Contains(got, "\nmake build check\n") || strings.Contains(got, "setup-node") != (example == scaffold.Todo) {
			t.Errorf("example %s: CI runs\n%s", example, got)
		}
	}
}

// TestFlake: nix can read the flake. Where there is no nix, only that brackets are
// closed is known.
func TestFlake(t *testing.T) {
	for _, example := range []string{scaffold.None, scaffold.Todo} {
		o := released(example)
		for _, replace := range []string{"", "/ironstar"} {
			o.Replace = replace
			text := files(t, o)["flake.nix"]
			for _, pair := range []string{"{}", "[]", "()"} {
				if strings.Count(text, pair[:1]) != strings.Count(text, pair[1:]) {
					t.Errorf("%s are not closed:\n%s", pair, text)
				}
			}
			if strings.Contains(text, "packages = each") != (replace == "" && example == scaffold.None) {
				t.Errorf("a package from %q:\n%s", replace, text)
			}
			nix, err := exec.LookPath("nix-instantiate")
			if err != nil {
				continue
			}
			cmd := exec.Command(nix, "--parse", "-")
			cmd.Stdin = strings.NewReader(text)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("nix does not read it: %s\n%s", out, text)
			}
		}
	}
}
