package arch_test

import (
	"os"
	"testing"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"
)

// TestToolsAreNotOlder: a project that uses a checkout begins with the versions of
// tools.mod, and needs at least those of go.mod.
func TestToolsAreNotOlder(t *testing.T) {
	tools := requirements(t, "../../tools.mod")
	for module, version := range requirements(t, "../../go.mod") {
		if got := tools[module]; semver.Compare(got, version) < 0 {
			t.Errorf("tools.mod has %s %s, and go.mod %s; run: go get -modfile=tools.mod %[1]s@%[3]s", module, got, version)
		}
	}
}

func requirements(t *testing.T, file string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := modfile.ParseLax(file, text, nil)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, r := range parsed.Require {
		all[r.Mod.Path] = r.Mod.Version
	}
	return all
}
