package plan_test

import (
	"path/filepath"
	"strings"
	"testing"

	"ironstar.dev/internal/plan"
)

// FuzzManifest: no content of the manifest makes a run change hand-written
// files or files outside the module.
func FuzzManifest(f *testing.F) {
	f.Add([]byte(`{"format":1,"files":{"gen/a_gen.go":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}}`), true)
	f.Add([]byte(`{"format":1,"files":{"../a_gen.go":""},"writing":{"/etc/passwd":""}}`), true)
	f.Add([]byte("<<<<<<< HEAD\n"), false)
	f.Add([]byte(`{"format":1,"files":null,"writing":null}`), false)
	f.Fuzz(func(t *testing.T, text []byte, force bool) {
		m := newModule(t)
		m.write("schema/ironstar.gen.json", string(text))
		m.write("gen/hand.go", "package gen\n")
		m.write("gen/hand_gen.go", "package gen\n")
		o := m.options()
		o.Force = force
		before := m.snapshot()
		if _, err := mustPlan(t, files("gen/a_gen.go", header), nil).Apply(t.Context(), o); err != nil {
			m.unchanged(before)
		}
		if m.read("gen/hand.go") != "package gen\n" || m.read("gen/hand_gen.go") != "package gen\n" || m.read("go.mod") == "" {
			t.Error("a hand-written file was changed")
		}
	})
}

// FuzzPaths: a path is refused, or names a file inside the module.
func FuzzPaths(f *testing.F) {
	for _, p := range []string{"gen/a_gen.go", "../a_gen.go", "gen/../../a_gen.go", "/a_gen.go", `..\a_gen.go`, "gen/ts/\x00", "gen/ts/é.ts", "gen/ts/.", strings.Repeat("a/", 300) + "a_gen.go"} {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, name string) {
		p, err := plan.New(files(name, header), nil)
		if err != nil {
			return
		}
		m := newModule(t)
		if _, err := p.Apply(t.Context(), m.options()); err != nil {
			return // for example, the name is too long for the file system
		}
		rel, err := filepath.Rel(m.root, m.path(name))
		if err != nil || !filepath.IsLocal(rel) || m.read(name) != header {
			t.Errorf("%q was written to %s (%v)", name, rel, err)
		}
	})
}
