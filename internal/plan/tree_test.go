package plan_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ironstar.dev/internal/plan"
)

// module is a folder on disk for plans.
type module struct {
	t    *testing.T
	root string
}

func newModule(t *testing.T) *module {
	t.Helper()
	m := &module{t, t.TempDir()}
	m.write("go.mod", "module example.com/m\n")
	m.write("schema/cue.mod/module.cue", "module: \"example.com/m\"\n")
	return m
}

func (m *module) options() plan.Options { return plan.Options{Root: m.root, Schema: "schema"} }

func (m *module) path(name string) string { return filepath.Join(m.root, filepath.FromSlash(name)) }

func (m *module) write(name, text string) {
	m.t.Helper()
	if err := os.MkdirAll(filepath.Dir(m.path(name)), 0o777); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(m.path(name), []byte(text), 0o666); err != nil {
		m.t.Fatal(err)
	}
}

func (m *module) read(name string) string {
	m.t.Helper()
	b, err := os.ReadFile(m.path(name))
	if err != nil {
		m.t.Fatal(err)
	}
	return string(b)
}

func (m *module) exists(name string) bool {
	_, err := os.Lstat(m.path(name))
	return err == nil
}

// snapshot returns everything below the root: names, kinds, permissions and
// bytes.
func (m *module) snapshot() string {
	m.t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(m.root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(m.root, p)
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s %s", info.Mode(), filepath.ToSlash(rel))
		if info.Mode().IsRegular() {
			fmt.Fprintf(&b, " %q", m.read(filepath.ToSlash(rel)))
		}
		b.WriteString("\n")
		return nil
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return b.String()
}

// unchanged checks that the disk is the same as before.
func (m *module) unchanged(before string) {
	m.t.Helper()
	if d := cmp.Diff(before, m.snapshot()); d != "" {
		m.t.Errorf("the disk has changed (-before +after):\n%s", d)
	}
}

// apply applies a plan and returns what was done, one change on a line.
func (m *module) apply(p *plan.Plan) string {
	m.t.Helper()
	changes, err := p.Apply(m.t.Context(), m.options())
	if err != nil {
		m.t.Fatal(err)
	}
	return done(changes)
}

var kinds = map[plan.Kind]string{plan.Create: "create", plan.Update: "update", plan.Delete: "delete", plan.Once: "once", plan.Forget: "forget", plan.Note: "note"}

func done(changes []plan.Change) string {
	var lines []string
	for _, c := range changes {
		lines = append(lines, kinds[c.Kind]+" "+c.Path)
	}
	return strings.Join(lines, "\n")
}

func files(pairs ...string) map[string][]byte {
	m := map[string][]byte{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = []byte(pairs[i+1])
	}
	return m
}

const header = plan.Header + ". DO NOT EDIT.\n\n"

func mustPlan(t *testing.T, generated, once map[string][]byte) *plan.Plan {
	t.Helper()
	p, err := plan.New(generated, once)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
