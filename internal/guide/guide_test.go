//go:build unix

package guide_test

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const document = "../../docs/YOUR-OWN-APPLICATION.md"

// TestGuide follows the document from its beginning to its end, and looks at the
// pages whenever it says make run. (make run itself builds and serves; the test does
// both with an address of its own.)
func TestGuide(t *testing.T) {
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	steps, err := parse(string(text))
	if err != nil {
		t.Fatalf("%s: %v", document, err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if err := readFolders(root); err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	r := &reader{dir: root, parent: t.TempDir(), hand: map[string]int{}, env: append(os.Environ(), "PWD="+root, "GOBIN="+bin, "PATH="+bin+":"+os.Getenv("PATH"),
		"CGO_ENABLED=0", "GOFLAGS=-trimpath", // so that Go can reuse what another run built
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")}
	s := &server{t: t}
	t.Cleanup(s.stop)
	looks := looks()
	for _, step := range steps {
		lines, serve := strings.CutSuffix(step.text, "make run\n")
		if serve {
			step.text = lines + "make build\n"
		}
		if err := r.follow(step); err != nil {
			t.Fatalf("%s:%d: %v", document, step.line, err)
		}
		if !serve {
			continue
		}
		if len(looks) == 0 {
			t.Fatalf("%s:%d: nobody looks at the pages here", document, step.line)
		}
		s.start(r.dir)
		v := newVisitor(t)
		v.open(s.site + "/")
		looks[0](v)
		looks = looks[1:]
	}
	if len(looks) > 0 {
		t.Errorf("%d times less than expected the document says make run", len(looks))
	}
	want := table(r)
	if !strings.Contains(string(text), want) {
		t.Errorf("the table at the end of %s is:\n%s", document, want)
	}
}

// readFolders reads all folders of the checkout, since the commands of the document depend on
// them: go test takes a result from its cache only if nothing in there changed.
func readFolders(root string) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if name := d.Name(); err == nil && d.IsDir() && (name == ".git" || name == "node_modules" || name == "dist" || name == "bin" || name == "data") {
			return fs.SkipDir
		}
		return err
	})
}

// looks are what the reader does in a browser after each make run.
func looks() []func(*visitor) {
	return []func(*visitor){
		func(v *visitor) { v.shows("ironstar add aggregate") },
		func(v *visitor) {
			v.shows("<title>Cookbook</title>")
			v.watch("Soup &lt;1&gt;", func() { v.send("add", url.Values{"title": {"Soup <1>"}}) })
			v.shows("Soup &lt;1&gt;")
		},
		func(v *visitor) {
			v.shows("Soup &lt;1&gt;")
			v.follow("Soup <1>")
			v.send("note", url.Values{"text": {" "}, "stars": {"4"}})
			if v.status != 422 || !strings.Contains(v.page, "Write something, in at most 200 characters.") {
				v.t.Errorf("a note without a text: %d\n%s", v.status, v.page)
			}
			v.send("note", url.Values{"text": {"More salt."}, "stars": {"4"}})
			v.shows("More salt. (4 of 5)", `type="radio"`)
		},
		func(v *visitor) {
			v.send("add", url.Values{"title": {"Bread"}})
			v.shows("<title>Bread</title>")
			v.send("publish", url.Values{})
			if v.status != 409 || !strings.Contains(v.page, "Nobody has tried Bread yet. It needs a note first.") {
				v.t.Errorf("bread that nobody tried: %d\n%s", v.status, v.page)
			}
			v.open("/")
			v.follow("Bread")
			v.send("note", url.Values{"text": {"Fine."}, "stars": {"5"}})
			v.shows("Fine. (5 of 5)")
			v.send("publish", url.Values{})
			v.shows("<p>Published</p>")
		},
		func(v *visitor) {
			v.shows("Bread")
			v.send("add", url.Values{"title": {"Cake"}, "people": {"12"}})
			v.shows("<title>Cake</title>", "For 12 people")
			v.open("/")
			v.follow("Soup <1>")
			v.shows("For 4 people", "More salt. (4 of 5)")
		},
	}
}

// table says how many lines each part has, and how many of them the reader typed.
func table(r *reader) string {
	all := map[string]int{}
	for _, pattern := range []string{"schema/*/*.cue", "internal/app/*/*.go", "web/*.templ", "web/*.css", "web/web.go", "cmd/app/main.go", "static/static.go"} {
		files, _ := filepath.Glob(filepath.Join(r.dir, pattern))
		for _, f := range files {
			text, _ := os.ReadFile(f)
			name, _ := filepath.Rel(r.dir, f)
			all[part(name)] += strings.Count(string(text), "\n")
		}
	}
	var b strings.Builder
	b.WriteString("| Part | Lines in the end | of which you typed |\n|---|---|---|\n")
	sum, typed := 0, 0
	for _, p := range []string{"schema", "decisions and views", "tests", "pages", "wiring"} {
		fmt.Fprintf(&b, "| %s | %d | %d |\n", p, all[p], r.hand[p])
		sum, typed = sum+all[p], typed+r.hand[p]
	}
	fmt.Fprintf(&b, "| all | %d | %d |\n", sum, typed)
	return b.String()
}
