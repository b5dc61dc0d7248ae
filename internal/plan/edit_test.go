package plan_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ironstar.dev/internal/plan"
)

// TestEdit: a hand-written file is replaced together with the generated ones, and
// keeps its permissions. A second run has nothing to do.
func TestEdit(t *testing.T) {
	m := newModule(t)
	m.write("cmd/main.go", "package main\n")
	if err := os.Chmod(m.path("cmd/main.go"), 0o640); err != nil {
		t.Fatal(err)
	}
	p := editing(t, "cmd/main.go", "package main\n", "package main\n\nfunc main() {}\n")
	c, err := p.Compare(m.options())
	if err != nil || len(c.Changes) != 3 || c.Changes[0].Kind != plan.Edit || !strings.Contains(string(c.Changes[0].Diff()), "+func main() {}") {
		t.Fatalf("got %v and %+v", err, c)
	}
	m.apply(p)
	if got := m.read("cmd/main.go"); got != "package main\n\nfunc main() {}\n" {
		t.Errorf("the file has %q", got)
	}
	if info, err := os.Stat(m.path("cmd/main.go")); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the file has another mode: %v %v", info.Mode(), err)
	}
}

// TestG19_EditOfAnotherFile: if a hand-written file is not as it was read, nothing
// is written.
func TestG19_EditOfAnotherFile(t *testing.T) {
	for name, spoil := range map[string]func(*module){
		"changed": func(m *module) { m.write("cmd/main.go", "package other\n") },
		"gone":    func(m *module) {},
		"a link": func(m *module) {
			m.write("cmd/other.go", "package main\n")
			if err := os.Symlink("other.go", m.path("cmd/main.go")); err != nil {
				m.t.Fatal(err)
			}
		},
	} {
		m := newModule(t)
		spoil(m)
		before := m.snapshot()
		_, err := editing(t, "cmd/main.go", "package main\n", "package main\n\nfunc main() {}\n").Apply(t.Context(), m.options())
		if !errors.As(err, new(plan.Conflicts)) || !strings.Contains(err.Error(), "cmd/main.go ") {
			t.Errorf("%s: Apply says %v", name, err)
		}
		m.unchanged(before)
	}
	p := mustPlan(t, files("gen/a_gen.go", header), files("b.go", "package b\n"))
	for _, wrong := range []string{"gen/a_gen.go", "gen/b_gen.go", "B.go", "../c.go", ""} {
		if err := p.Edit(wrong, nil, nil); err == nil {
			t.Errorf("an edit of %q is planned", wrong)
		}
	}
}

// TestG19_AnotherRun: if another run has written files since a plan was begun, the
// plan writes nothing, so it takes nothing away.
func TestG19_AnotherRun(t *testing.T) {
	m := newModule(t)
	options := m.options()
	options.Base = []byte{}
	if _, err := mustPlan(t, files("gen/a_gen.go", header), nil).Apply(t.Context(), options); err != nil {
		t.Fatal(err)
	}
	before := m.snapshot()
	late := mustPlan(t, files("gen/b_gen.go", header), nil)
	if _, err := late.Apply(t.Context(), options); !errors.As(err, new(plan.Conflicts)) || !strings.Contains(err.Error(), plan.ManifestName+" has changed") {
		t.Errorf("Apply says %v", err)
	}
	m.unchanged(before)
	options.Base, _ = os.ReadFile(filepath.Join(options.Root, options.Schema, plan.ManifestName))
	if _, err := late.Apply(t.Context(), options); err != nil {
		t.Error(err)
	}
}

func editing(t *testing.T, name, old, text string) *plan.Plan {
	t.Helper()
	p := mustPlan(t, files("gen/a_gen.go", header), nil)
	if err := p.Edit(name, []byte(old), []byte(text)); err != nil {
		t.Fatal(err)
	}
	return p
}
