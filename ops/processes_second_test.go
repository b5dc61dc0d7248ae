package ops_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/live"
	"ironstar.dev/ops"
	"ironstar.dev/sqlite"
)

// TestProcessesOfAFormerName: what waits under any former name is carried on, also when the
// new name has run already. A name that nobody has is not in this build.
func TestProcessesOfAFormerName(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.db")
	store, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	steps := func(names ...string) {
		t.Helper()
		for _, name := range names {
			if err := store.Step(t.Context(), ironstar.Step{Process: name}); err != nil {
				t.Fatal(err)
			}
		}
	}
	app := ops.App{Name: "echo", About: "x", Domains: []ops.Domain{ops.DomainFunc(func(eng *engine.Engine) (func(*live.Server), error) {
		p := ironstar.Process[notes]{Was: []string{"test.B", "test.A"}}
		p.Name, p.By, p.Kinds = "test.New", ironstar.ByStream, []string{noteKind}
		engine.RunProcess(eng, p)
		return nil, nil
	})}}
	states := func(want map[string]string) {
		t.Helper()
		var out, errs bytes.Buffer
		if code := app.Run(t.Context(), []string{"processes", "--db", file}, &out, &errs); code != 0 {
			t.Fatalf("%d %s", code, &errs)
		}
		for line := range strings.Lines(out.String()) {
			name, _, _ := strings.Cut(line, " ")
			if w := want[name]; !strings.Contains(line, w) {
				t.Errorf("%s is not %q: %s", name, w, line)
			}
		}
	}
	steps("test.A")
	states(map[string]string{"test.A": "ok"})
	steps("test.B", "test.C")
	states(map[string]string{"test.A": "ok", "test.B": "ok", "test.C": "not in this build"})
	steps("test.New")
	states(map[string]string{"test.A": "ok", "test.B": "ok", "test.New": "ok"})
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	app.Run(t.Context(), []string{"preflight", "--db", file}, &out, &out)
	for _, want := range []string{"reads what waits, as test.New\n", "DOES NOT HAVE IT\n", "reads what waits\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("preflight does not say %q: %s", want, &out)
		}
	}
}
