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

// arrows lists which packages of this module a package may depend on, directly
// or indirectly. A pattern ending in /... means a folder and all below. The
// first match counts. A package without a match fails the test: add it here.
var arrows = []struct {
	pkg string
	may []string
}{
	{"ironstar.dev", nil},
	{"wire", []string{"."}},
	{"wire/wiretest", []string{".", "wire"}},
	{"wire/claim", []string{".", "wire"}},
	{"wire/cell", []string{".", "wire"}},
	{"wire/listing", []string{"."}},
	{"internal/memory", nil},
	{"internal/broadcast", nil},
	{"internal/text", []string{"."}},
	{"sqlite", []string{".", "internal/text", "internal/broadcast"}},
	{"engine", []string{".", "internal/text", "internal/memory", "internal/broadcast"}},
	{"query", []string{".", "engine", "internal/text", "internal/memory", "internal/broadcast"}},
	{"query/sqlitetables", []string{".", "query", "engine", "internal/text", "internal/memory", "internal/broadcast"}},
	{"query/querytest", []string{".", "query", "engine", "internal/text", "internal/memory", "internal/broadcast", "internal/leak"}},
	{"live/internal/...", nil},
	{"live/chart", []string{".", "wire/...", "engine", "live", "live/client", "live/internal/...", "internal/text", "internal/memory", "internal/broadcast"}},
	{"live/...", []string{".", "wire/...", "engine", "live/client", "live/internal/...", "internal/text", "internal/memory", "internal/broadcast"}},
	{"ops/...", []string{".", "wire/...", "engine", "live/...", "sqlite", "query/...", "internal/text", "internal/memory", "internal/broadcast"}},
	{"ironstartest", []string{".", "engine", "live/...", "wire/...", "internal/text", "internal/memory", "internal/broadcast"}},
	{"static", []string{".", "wire", "wire/cell", "engine", "internal/text", "internal/memory", "internal/broadcast", "live/..."}},
	{"gen/*", []string{".", "wire", "wire/claim", "wire/cell", "wire/listing", "gen/*"}}, // their generated tests also use wire/wiretest
	{"gen/*/*", []string{".", "wire", "wire/claim", "wire/cell", "wire/listing", "engine", "internal/text", "internal/memory", "internal/broadcast", "live/...", "query", "gen/*"}},
	{"internal/app/...", []string{".", "wire", "wire/claim", "wire/cell", "wire/listing", "gen/*"}},
	{"internal/payments", nil},
	{"internal/effects", []string{".", "wire/...", "gen/*", "internal/payments"}},
	{"internal/auctiondemo", []string{".", "wire/...", "engine", "internal/text", "internal/memory", "internal/broadcast", "live/...", "query/...", "ops", "sqlite", "gen/...", "internal/effects", "internal/payments", "internal/auctionseason"}},
	{"internal/auctionseason", []string{".", "wire/...", "engine", "internal/text", "internal/memory", "internal/broadcast", "live/...", "query", "gen/..."}},
	{"internal/auctionoracle", []string{".", "wire/...", "gen/auction"}},
	{"web/...", []string{".", "wire/...", "engine", "internal/text", "internal/memory", "internal/broadcast", "live/...", "query", "static", "gen/*", "gen/*/*"}},
	{"cmd/app/...", []string{"cmd/app/...", ".", "wire/...", "engine", "internal/text", "internal/memory", "internal/broadcast", "live/...", "query/...", "ops", "sqlite", "static", "gen/...", "internal/app/...", "internal/effects", "internal/payments", "internal/auctiondemo", "internal/auctionseason", "web/..."}},
	{"internal/model", nil},
	{"internal/naming", []string{"internal/model"}},
	{"internal/sqltext", nil},
	{"internal/eventtable", []string{"internal/model"}},
	{"internal/cueload", []string{".", "internal/model", "internal/naming", "internal/upcast", "internal/sqltext", "internal/eventtable"}},
	{"internal/upcast", []string{".", "internal/model"}},
	{"internal/shape", []string{"internal/model"}},
	{"internal/compat", []string{"internal/naming", "internal/model", "internal/shape", "internal/sqltext", "internal/eventtable"}},
	{"internal/scalar", []string{".", "wire", "internal/model"}},
	{"internal/codegen", []string{".", "wire/...", "internal/model", "internal/naming", "internal/scalar", "internal/shape"}},
	{"internal/testcases", []string{".", "wire/...", "internal/model", "internal/naming", "internal/scalar", "internal/shape", "internal/codegen"}},
	{"internal/codegen/cuetest/scale", nil},
	{"internal/codegen/cuetest", []string{".", "wire/...", "internal/model", "internal/naming", "internal/scalar", "internal/shape", "internal/codegen", "internal/testcases", "internal/cueload", "internal/upcast", "internal/sqltext", "internal/eventtable", "internal/compat"}}, // compat: its verdicts are held against what CUE reads (G16)
	{"internal/plan", nil},
	{"internal/add", []string{"internal/naming", "internal/model"}},
	{"internal/contexts", nil},
	{"internal/scaffold", []string{"internal/contexts"}},
	{"live/client", nil},
	{"internal/assets/...", []string{"internal/assets/...", "live/client"}},
	{"internal/dev", []string{"internal/templates"}},
	{"internal/arch", nil},
	{"internal/historytest", []string{".", "wire", "internal/historytest/..."}},
	{"internal/modelling", []string{".", "wire/...", "engine", "internal/text", "internal/memory", "internal/broadcast", "live/...", "internal/modelling/..."}},
	{"internal/modelling/gen/*", []string{".", "wire/..."}}, // and as gen/*
	{"internal/modelling/gen/*/*", []string{".", "wire/...", "engine", "internal/text", "internal/memory", "internal/broadcast", "live/...", "internal/modelling/..."}},
	{"internal/historytest/gen/*", []string{".", "wire"}}, // and as gen/*
	{"internal/historytest/gen/*/*", []string{".", "wire/...", "engine", "internal/text", "internal/memory", "internal/broadcast", "live/...", "internal/historytest/..."}},
	{"internal/sdktest", []string{".", "wire/...", "engine", "internal/text", "internal/memory", "internal/broadcast", "live/..."}},
	{"cmd/ironstar", []string{".", "wire/...", "internal/model", "internal/naming", "internal/scalar", "internal/shape", "internal/cueload", "internal/upcast", "internal/sqltext", "internal/eventtable", "internal/compat", "internal/codegen", "internal/testcases", "internal/plan", "internal/add", "internal/scaffold", "internal/contexts", "internal/assets/...", "live/client", "internal/dev", "internal/templates"}},
	{"schema", nil},
	{"bench/...", []string{"..."}},
	{"internal/year", []string{"internal/contexts"}},
	{"internal/guide", nil}, // tests only
	{"internal/browsertest", []string{"..."}},
	{"internal/templates", nil},
	{"internal/leak", nil},
	{"internal/soak", nil},    // its tests use what they like
	{"internal/bidders", nil}, // as well
}

// outside lists packages of other modules that only some of ours may depend on.
var outside = []struct {
	prefix string
	users  []string
}{
	{"cuelang.org/", []string{"internal/cueload", "internal/add", "internal/codegen/cuetest", "internal/upcast", "internal/scaffold", "cmd/ironstar", "bench/..."}},
	{"github.com/dave/jennifer", []string{"internal/codegen", "internal/testcases", "internal/codegen/cuetest", "cmd/ironstar", "bench/..."}},
	{"github.com/gzuidhof/tygo", []string{"internal/codegen", "internal/testcases", "internal/codegen/cuetest", "cmd/ironstar", "bench/..."}},
	{"github.com/evanw/esbuild", []string{"internal/assets/...", "internal/dev", "cmd/ironstar"}},
	{"zombiezen.com/", []string{"sqlite", "query/sqlitetables", "internal/auctiondemo", "cmd/app/...", "ops/...", "bench/...", "internal/browsertest"}},
	{"modernc.org/", []string{"sqlite", "query/sqlitetables", "internal/auctiondemo", "cmd/app/...", "ops/...", "bench/...", "internal/browsertest"}},
	{"net/http", []string{"internal/effects", "internal/auctiondemo", "internal/auctionseason", "internal/payments", "internal/scaffold", "live/...", "internal/add", "ops/...", "gen/*/*", "web/...", "ironstartest", "cmd/...", "bench/...", "internal/assets/...", "internal/dev", "internal/templates", "internal/sdktest", "internal/historytest/gen/*/*", "internal/modelling/...", "internal/browsertest", "internal/year", "internal/cueload", "internal/upcast", "internal/codegen/...", "static", "sqlite"}},
	{"github.com/", []string{"engine", "query/...", "live/...", "ops/...", "sqlite", "ironstartest", "gen/*/*", "web/...", "cmd/...", "bench/...", "internal/...", "static"}},
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
