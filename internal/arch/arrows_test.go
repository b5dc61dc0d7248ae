package arch_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "ironstar.dev"

// arrows says which of our own packages a package may depend on, directly or
// not. A pattern ending in /... stands for a folder and all below; the first
// that fits decides. A package that fits none fails the test: say here where
// it belongs.
var arrows = []struct {
	pkg string
	may []string
}{
	{"ironstar.dev", nil},
	{"wire", []string{"."}},
	{"wire/wiretest", []string{".", "wire"}},
	{"sqlite", []string{"."}},
	{"engine", []string{"."}},
	{"live/internal/...", nil},
	{"live/...", []string{".", "wire", "engine", "live/internal/..."}},
	{"ops/...", []string{".", "wire", "engine", "live/...", "sqlite"}},
	{"ironstartest", []string{".", "engine", "live/...", "wire/..."}},
	{"static", nil},
	{"gen/*", []string{".", "wire", "gen/*"}}, // their generated tests also use wire/wiretest
	{"gen/*/*", []string{".", "wire", "engine", "live/...", "gen/*"}},
	{"internal/app/...", []string{".", "wire", "gen/*"}},
	{"web/...", []string{".", "wire", "engine", "live/...", "static", "gen/*", "gen/*/*"}},
	{"cmd/app", []string{".", "wire", "engine", "live/...", "ops", "sqlite", "static", "gen/...", "internal/app/...", "web/..."}},
	{"internal/model", nil},
	{"internal/cueload", []string{"internal/model", "internal/upcast"}},
	{"internal/upcast", []string{"internal/model"}},
	{"internal/shape", []string{"internal/model"}},
	{"internal/compat", []string{"internal/model", "internal/shape"}},
	{"internal/codegen", []string{".", "wire/...", "internal/model", "internal/shape"}},
	{"internal/codegen/cuetest/scale", nil},
	{"internal/codegen/cuetest", []string{".", "wire/...", "internal/model", "internal/shape", "internal/codegen", "internal/cueload", "internal/upcast", "internal/compat"}}, // compat: its verdicts are held against what CUE reads (G16)
	{"internal/plan", nil},
	{"internal/scaffold", nil},
	{"internal/assets/...", []string{"internal/assets/..."}},
	{"internal/dev", nil},
	{"internal/arch", nil},
	{"internal/historytest", []string{".", "wire", "internal/historytest/..."}},
	{"internal/historytest/gen/*", []string{".", "wire"}}, // and as gen/*
	{"internal/historytest/gen/*/*", []string{".", "wire", "engine", "live/...", "internal/historytest/..."}},
	{"internal/sdktest", []string{".", "wire", "engine", "live/..."}},
	{"cmd/ironstar", []string{".", "wire/...", "internal/model", "internal/shape", "internal/cueload", "internal/upcast", "internal/compat", "internal/codegen", "internal/plan", "internal/scaffold", "internal/assets/...", "internal/dev"}},
	{"schema", nil},
	{"bench/...", []string{"..."}},
	{"internal/year", nil},
	{"internal/browsertest", []string{"..."}},
	{"internal/leak", nil},
	{"internal/soak", nil}, // its tests use what they like
}

// outside lists packages of others that only some of ours may depend on.
var outside = []struct {
	prefix string
	users  []string
}{
	{"cuelang.org/", []string{"internal/cueload", "internal/codegen/cuetest", "internal/upcast", "cmd/ironstar", "bench/..."}},
	{"github.com/dave/jennifer", []string{"internal/codegen", "internal/codegen/cuetest", "cmd/ironstar", "bench/..."}},
	{"github.com/gzuidhof/tygo", []string{"internal/codegen", "internal/codegen/cuetest", "cmd/ironstar", "bench/..."}},
	{"github.com/evanw/esbuild", []string{"internal/assets/...", "cmd/ironstar"}},
	{"zombiezen.com/", []string{"sqlite", "cmd/app", "ops/...", "bench/...", "internal/browsertest"}},
	{"modernc.org/", []string{"sqlite", "cmd/app", "ops/...", "bench/...", "internal/browsertest"}},
	{"net/http", []string{"live/...", "ops/...", "gen/*/*", "web/...", "ironstartest", "cmd/...", "bench/...", "internal/assets/...", "internal/sdktest", "internal/historytest/gen/*/*", "internal/browsertest", "internal/year", "internal/cueload", "internal/upcast", "internal/codegen/...", "static", "sqlite"}},
	{"github.com/", []string{"engine", "live/...", "ops/...", "sqlite", "ironstartest", "gen/*/*", "web/...", "cmd/...", "bench/...", "internal/...", "static"}},
}

type listed struct {
	ImportPath string
	Deps       []string
	Imports    []string
	Dir        string
	GoFiles    []string
}

func list(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Deps,Imports,Dir,GoFiles", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var l listed
		if err := d.Decode(&l); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
}

// local shortens one of our import paths: "." for the root.
func local(importPath string) (string, bool) {
	if importPath == module {
		return ".", true
	}
	return strings.CutPrefix(importPath, module+"/")
}

func fits(pattern, pkg string) bool {
	if pattern == "..." || pattern == pkg || pattern == module && pkg == "." {
		return true
	}
	if folder, all := strings.CutSuffix(pattern, "/..."); all {
		return pkg == folder || strings.HasPrefix(pkg, folder+"/")
	}
	ok, _ := path.Match(pattern, pkg)
	return ok
}

func fitsAny(patterns []string, pkg string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return fits(p, pkg) })
}

func TestArrows(t *testing.T) {
	for _, l := range list(t) {
		pkg, _ := local(l.ImportPath)
		rule := slices.IndexFunc(arrows, func(a struct {
			pkg string
			may []string
		}) bool {
			return fits(a.pkg, pkg)
		})
		if rule < 0 {
			t.Errorf("%s: no arrow says what it may import; add one to %s", pkg, "internal/arch/arrows_test.go")
			continue
		}
		for _, dep := range l.Deps {
			if own, ok := local(dep); ok && !fitsAny(arrows[rule].may, own) {
				t.Errorf("%s depends on %s, which no arrow allows", pkg, own)
			}
		}
	}
}

func TestOutsideArrows(t *testing.T) {
	for _, l := range list(t) {
		pkg, _ := local(l.ImportPath)
		for _, o := range outside {
			stray := slices.IndexFunc(l.Deps, func(dep string) bool { return strings.HasPrefix(dep, o.prefix) })
			if stray >= 0 && !fitsAny(o.users, pkg) {
				t.Errorf("%s depends on %s, which is for %v only", pkg, l.Deps[stray], o.users)
			}
		}
	}
}

// TestRootIsStandardLibraryOnly: the package that everybody imports brings
// nothing along.
func TestRootIsStandardLibraryOnly(t *testing.T) {
	for _, l := range list(t) {
		if l.ImportPath != module && l.ImportPath != module+"/wire" {
			continue
		}
		for _, dep := range l.Deps {
			if strings.Contains(strings.Split(dep, "/")[0], ".") && !strings.HasPrefix(dep, module) {
				t.Errorf("%s depends on %s", l.ImportPath, dep)
			}
		}
	}
}
