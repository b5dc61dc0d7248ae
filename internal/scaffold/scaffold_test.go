package scaffold_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"

	"ironstar.dev/internal/scaffold"
)

func files(t *testing.T, o scaffold.Options) map[string]string {
	t.Helper()
	all, err := scaffold.Files(o)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestBudget: somebody can read a new project in ten minutes. What the go command
// and ironstar generate add is not counted.
func TestBudget(t *testing.T) {
	for example, most := range map[string]int{scaffold.None: 200, "guestbook": 275} {
		all := files(t, scaffold.Options{Params: scaffold.Params{Module: "example.com/guests", Name: "guests", Example: example}, Version: "v0.0.0", Replace: "/ironstar"})
		lines := 0
		for _, text := range all {
			lines += strings.Count(text, "\n")
		}
		if len(all) < 12 || len(all) > 20 || lines > most {
			t.Errorf("example %s: %d files with %d lines, want 12 to 20 and at most %d", example, len(all), lines, most)
		}
	}
}

func TestReplace(t *testing.T) {
	for _, name := range []string{"go.mod", "tools/go.mod"} {
		release := files(t, scaffold.Options{Params: scaffold.Params{Module: "example.com/guests", Name: "guests", Example: "guestbook"}, Version: "v1.2.3"})[name]
		f, err := modfile.Parse(name, []byte(release), nil)
		if err != nil || len(f.Replace) > 0 || f.Require[0].Mod.Version != "v1.2.3" {
			t.Errorf("for a release, %s is wrong (%v):\n%s", name, err, release)
		}
		checkout := files(t, scaffold.Options{Params: scaffold.Params{Module: "example.com/guests", Name: "guests", Example: "guestbook"}, Version: "v0.0.0", Replace: modfile.AutoQuote("/a folder/ironstar")})[name]
		f, err = modfile.Parse(name, []byte(checkout), nil)
		if err != nil || len(f.Replace) != 1 || f.Replace[0].New.Path != "/a folder/ironstar" {
			t.Errorf("for a checkout, %s is wrong (%v):\n%s", name, err, checkout)
		}
	}
}

// TestImportsAreSorted: as gofmt wants it, whatever the module's path.
func TestImportsAreSorted(t *testing.T) {
	for _, module := range []string{"a.dev/guests", "zoo.dev/guests"} {
		all := files(t, scaffold.Options{Params: scaffold.Params{Module: module, Name: "guests", Example: "guestbook"}, Version: "v1.0.0"})
		for name, least := range map[string]int{"cmd/app/main.go": 5, "web/guests.templ": 3} {
			var imports []string
			for line := range strings.Lines(all[name]) {
				if strings.HasPrefix(line, "\t\"") {
					imports = append(imports, line)
				}
			}
			if len(imports) < least || !slices.IsSorted(imports) {
				t.Errorf("imports of %s in %s: %q", name, module, imports)
			}
		}
	}
}

func TestGoVersion(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := modfile.ParseLax("go.mod", text, nil)
	if err != nil || f.Go.Version != scaffold.GoVersion {
		t.Errorf("GoVersion is %s, but go.mod says %v (%v)", scaffold.GoVersion, f.Go, err)
	}
}

func ExampleFiles() {
	all, err := scaffold.Files(scaffold.Options{Params: scaffold.Params{Module: "example.com/guests", Name: "guests", Example: "guestbook"}, Version: "v1.0.0"})
	fmt.Println(all["go.mod"], err)
	// Output:
	// module example.com/guests
	//
	// go 1.26.0
	//
	// require ironstar.dev v1.0.0
	//  <nil>
}
