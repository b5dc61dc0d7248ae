package plan_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"ironstar.dev/internal/plan"
)

// TestG19_AnErrorWritesNothing: a problem with one file prevents all files from
// being written.
func TestG19_AnErrorWritesNothing(t *testing.T) {
	symlink := func(m *module, old, name string) {
		if err := os.Symlink(old, m.path(name)); err != nil {
			m.t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name  string
		spoil func(*module)
		want  string
	}{
		{"edited by hand", func(m *module) { m.write("gen/todo/b_gen.go", header+"// mine\n") }, "gen/todo/b_gen.go was edited by hand"},
		{"edited at its end", func(m *module) { m.write("gen/todo/b_gen.go", header+" ") }, "gen/todo/b_gen.go was edited by hand"},
		{"not ours", func(m *module) { m.write("gen/todo/z_gen.go", "package todo\n") }, "gen/todo/z_gen.go was not written by ironstar"},
		{"ours, but not in the manifest", func(m *module) { m.write("gen/todo/z_gen.go", header+"// old\n") }, "gen/todo/z_gen.go is not in schema/ironstar.gen.json"},
		{"stale and edited", func(m *module) { m.write("gen/todo/a_gen.go", header+"// mine\n") }, "gen/todo/a_gen.go was edited by hand and is no longer generated"},
		{"merge conflict", func(m *module) {
			m.write("gen/todo/b_gen.go", header+"\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n")
		}, "gen/todo/b_gen.go holds the marks of a merge conflict"},
		{"a folder under its name", func(m *module) { m.write("gen/todo/z_gen.go/x", "") }, "gen/todo/z_gen.go is not a regular file"},
		{"a file instead of a folder", func(m *module) { m.write("gen/ts", "") }, "read gen/ts/z.ts: not a directory"},
		{"a link out of the module", func(m *module) { symlink(m, m.t.TempDir(), "gen/ts") }, "gen/ts/z.ts: a symbolic link on the way leads out of the module"},
		{"a link up and out", func(m *module) { symlink(m, "../..", "gen/ts") }, "leads out of the module"},
		{"a link as file", func(m *module) { symlink(m, "../../go.mod", "gen/todo/z_gen.go") }, "gen/todo/z_gen.go is not a regular file"},
		{"a dangling link as file", func(m *module) { symlink(m, "nowhere", "gen/todo/z_gen.go") }, "gen/todo/z_gen.go is not a regular file"},
		{"the manifest is a link", func(m *module) {
			_ = os.Remove(m.path("schema/ironstar.gen.json"))
			symlink(m, "../go.mod", "schema/ironstar.gen.json")
		}, "read schema/ironstar.gen.json: not a regular file"},
		{"a folder in the way of a temporary file", func(m *module) { m.write("gen/todo/.z_gen.go.ironstar-tmp/x", "") }, "write gen/todo/z_gen.go: file exists"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newModule(t)
			m.apply(mustPlan(t, files("gen/todo/a_gen.go", header, "gen/todo/b_gen.go", header), nil))
			c.spoil(m)
			before := m.snapshot()
			next := mustPlan(t, files("gen/todo/b_gen.go", header+"// new\n", "gen/aaa/first_gen.go", header, "gen/todo/z_gen.go", header, "gen/ts/z.ts", header),
				files("internal/app/list.go", "package app\n"))
			_, err := next.Apply(t.Context(), m.options())
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Apply says %v\nwant %q", err, c.want)
			}
			m.unchanged(before)
		})
	}
}

// TestG19_HandWrittenIsNeverChanged: force does not change hand-written files
// either, regardless of their names.
func TestG19_HandWrittenIsNeverChanged(t *testing.T) {
	m := newModule(t)
	mine := map[string]string{
		"internal/app/list.go":  "package app // mine\n",
		"gen/todo/notes.md":     "mine\n",
		"gen/todo/extra_gen.go": "package todo // mine, in spite of its name\n",
		"gen/old/extra.go":      "package old // mine, in a folder that goes\n",
	}
	for name, text := range mine {
		m.write(name, text)
	}
	m.apply(mustPlan(t, files("gen/todo/a_gen.go", header, "gen/old/b_gen.go", header), files("internal/app/list.go", "stub")))
	m.apply(mustPlan(t, files("gen/todo/a_gen.go", header+"// new\n"), files("internal/app/list.go", "another stub")))
	o := m.options()
	o.Force = true
	_, err := mustPlan(t, files("gen/todo/extra_gen.go", header), nil).Apply(t.Context(), o)
	var conflicts plan.Conflicts
	if !errors.As(err, &conflicts) || conflicts[0].Forced {
		t.Errorf("force on a file that was never ours: %v", err)
	}
	for name, text := range mine {
		if got := m.read(name); got != text {
			t.Errorf("%s holds %q, want %q", name, got, text)
		}
	}
	if m.exists("gen/old/b_gen.go") {
		t.Error("the stale file beside a hand-written one is still there")
	}
}

// TestG19_OnlyFilesProvenOursAreDeleted: a file is deleted only if the manifest
// has its path and the sum of its content.
func TestG19_OnlyFilesProvenOursAreDeleted(t *testing.T) {
	m := newModule(t)
	m.apply(mustPlan(t, files("gen/a/a_gen.go", header, "gen/b/b_gen.go", header, "gen/c/c_gen.go", header), nil))
	m.write("gen/b/b_gen.go", header+"// mine\n")
	m.write("gen/d/d_gen.go", header) // has the header, but is not in the manifest
	o := m.options()
	o.Force = true
	changes, err := mustPlan(t, files("gen/c/c_gen.go", header), nil).Apply(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := done(changes), "delete gen/a/a_gen.go\nforget gen/b/b_gen.go\nnote schema/ironstar.gen.json"; got != want {
		t.Errorf("did %q, want %q", got, want)
	}
	for name, want := range map[string]bool{"gen/a": false, "gen/b/b_gen.go": true, "gen/c/c_gen.go": true, "gen/d/d_gen.go": true} {
		if m.exists(name) != want {
			t.Errorf("%s is there: %t, want %t", name, !want, want)
		}
	}
}

func TestForceOverwritesWhatWasEdited(t *testing.T) {
	m := newModule(t)
	p := mustPlan(t, files("gen/a_gen.go", header), nil)
	m.apply(p)
	m.write("gen/a_gen.go", header+"// mine\n")
	_, err := p.Apply(t.Context(), m.options())
	var conflicts plan.Conflicts
	if !errors.As(err, &conflicts) || !conflicts[0].Forced || !strings.Contains(string(conflicts[0].Diff), "\n+// mine\n") {
		t.Fatalf("Apply says %v, want a conflict with a diff of the edit", err)
	}
	o := m.options()
	o.Force = true
	if _, err := p.Apply(t.Context(), o); err != nil || m.read("gen/a_gen.go") != header {
		t.Errorf("force: %v, %q", err, m.read("gen/a_gen.go"))
	}
}
