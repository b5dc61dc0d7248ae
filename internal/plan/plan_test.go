package plan_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ironstar.dev/internal/plan"
)

func TestPathsThatAreRefused(t *testing.T) {
	for _, c := range []struct{ name, path, want string }{
		{"up", "../x_gen.go", "not a path inside"},
		{"up in the middle", "gen/../../x_gen.go", "not a path inside"},
		{"absolute", "/etc/x_gen.go", "not a path inside"},
		{"dot", "gen/./x_gen.go", "not a path inside"},
		{"empty", "", "not a path inside"},
		{"backslash", `gen\x_gen.go`, "not a path inside"},
		{"drive", "c:x_gen.go", "not a path inside"},
		{"line end", "gen/a\nb_gen.go", "not a path inside"},
		{"nul", "gen/a\x00_gen.go", "not a path inside"},
		{"nobody could tell", "gen/todo/list.go", "is called *_gen.go"},
		{"ours", "gen/ts/ironstar.gen.json", "kept for the generator"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := plan.New(files(c.path, header), nil)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("New says %v, want %q", err, c.want)
			}
		})
	}
}

func TestPlansThatContradictThemselves(t *testing.T) {
	for _, c := range []struct {
		name            string
		generated, once map[string][]byte
		want            string
	}{
		{"case", files("gen/a/x_gen.go", header, "gen/A/x_gen.go", header), nil, "upper and lower case"},
		{"both owners", files("gen/a/x_gen.go", header), files("gen/a/x_gen.go", ""), "the same file"},
		{"folder and file", files("gen/ts/a", "", "gen/ts/a/b.json", ""), nil, "gen/ts/a is a file"},
		{"no header", files("gen/a/x_gen.go", "package a\n"), nil, "begins with"},
		{"once with our name", nil, files("internal/x_gen.go", ""), "name of a generated file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := plan.New(c.generated, c.once)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("New says %v, want %q", err, c.want)
			}
		})
	}
}

func TestFirstRunAndSecondRun(t *testing.T) {
	m := newModule(t)
	p := mustPlan(t, files("gen/todo/list_gen.go", header, "gen/ts/todo.ts", header, "gen/todo/testdata/a.jsonl", "{}\n"), files("internal/app/todo/list.go", "package todo\n"))
	want := "create gen/todo/list_gen.go\ncreate gen/todo/testdata/a.jsonl\ncreate gen/ts/todo.ts\nonce internal/app/todo/list.go\nnote schema/ironstar.gen.json"
	if d := cmp.Diff(want, m.apply(p)); d != "" {
		t.Error(d)
	}
	before := m.snapshot()
	info, _ := os.Stat(m.path("gen/todo/list_gen.go"))
	if got := m.apply(p); got != "" {
		t.Errorf("the second run did %q", got)
	}
	m.unchanged(before)
	again, _ := os.Stat(m.path("gen/todo/list_gen.go"))
	if !os.SameFile(info, again) || !info.ModTime().Equal(again.ModTime()) {
		t.Error("equal bytes were written again")
	}
	if strings.Contains(m.read("schema/ironstar.gen.json"), "writing") {
		t.Error("the journal is still there after a run that ended")
	}
}

func TestUpdateKeepsPermissions(t *testing.T) {
	m := newModule(t)
	m.apply(mustPlan(t, files("gen/a_gen.go", header), nil))
	if err := os.Chmod(m.path("gen/a_gen.go"), 0o440); err != nil {
		t.Fatal(err)
	}
	m.apply(mustPlan(t, files("gen/a_gen.go", header+"package gen\n"), nil))
	if info, _ := os.Stat(m.path("gen/a_gen.go")); info.Mode().Perm() != 0o440 {
		t.Errorf("permissions are %o, want 440", info.Mode().Perm())
	}
}

// TestCarriageReturns: a checkout with CRLF line ends is neither an edit nor a
// change.
func TestCarriageReturns(t *testing.T) {
	m := newModule(t)
	p := mustPlan(t, files("gen/a_gen.go", header+"package gen\n"), nil)
	m.apply(p)
	for _, name := range []string{"gen/a_gen.go", "schema/ironstar.gen.json"} {
		m.write(name, strings.ReplaceAll(m.read(name), "\n", "\r\n"))
	}
	before := m.snapshot()
	if got := m.apply(p); got != "" {
		t.Errorf("did %q", got)
	}
	m.unchanged(before)
	if got := m.apply(mustPlan(t, files("gen/b_gen.go", header), nil)); got != "delete gen/a_gen.go\ncreate gen/b_gen.go\nnote schema/ironstar.gen.json" {
		t.Errorf("did %q", got)
	}
}

func TestCompareWritesNothing(t *testing.T) {
	m := newModule(t)
	m.apply(mustPlan(t, files("gen/a_gen.go", header, "gen/b_gen.go", header), nil))
	if err := os.Remove(m.path("gen/b_gen.go")); err != nil {
		t.Fatal(err)
	}
	before := m.snapshot()
	c, err := mustPlan(t, files("gen/b_gen.go", header, "gen/c_gen.go", header), nil).Compare(m.options())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := done(c.Changes), "delete gen/a_gen.go\ncreate gen/b_gen.go\ncreate gen/c_gen.go\nnote schema/ironstar.gen.json"; got != want {
		t.Errorf("would do %q, want %q", got, want)
	}
	if d := string(c.Changes[0].Diff()); !strings.Contains(d, "-// Code generated") || !strings.Contains(d, "+++ /dev/null") {
		t.Errorf("diff of a deletion:\n%s", d)
	}
	m.unchanged(before)
}

// TestLostBytes: an empty file contains no work of people; a power cut can
// leave one.
func TestLostBytes(t *testing.T) {
	m := newModule(t)
	p := mustPlan(t, files("gen/a_gen.go", header), nil)
	m.apply(p)
	m.write("gen/a_gen.go", "")
	m.write("schema/ironstar.gen.json", "")
	m.apply(p)
	if m.read("gen/a_gen.go") != header {
		t.Error("the file was not written again")
	}
}

func TestManifestThatMakesNoSense(t *testing.T) {
	p := mustPlan(t, files("gen/a_gen.go", header), nil)
	for _, c := range []struct{ name, text, want string }{
		{"merge conflict", "<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> other\n", "invalid character '<'"},
		{"other json", "[]", "cannot unmarshal array"},
		{"no format", "{}", "no format"},
		{"path up", `{"format":1,"files":{"../a_gen.go":"00"}}`, "not a path inside the module"},
		{"hand-written path", `{"format":1,"files":{"main.go":"00"}}`, "not the name of a generated file"},
		{"no sum", `{"format":1,"files":{"a_gen.go":"00"}}`, "not a SHA-256"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newModule(t)
			m.write("schema/ironstar.gen.json", c.text)
			before := m.snapshot()
			_, err := p.Apply(t.Context(), m.options())
			var broken *plan.ManifestError
			if !errors.As(err, &broken) || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "read schema/ironstar.gen.json: ") {
				t.Errorf("Apply says %v, want a ManifestError with %q", err, c.want)
			}
			m.unchanged(before)
			o := m.options()
			o.Force = true
			if _, err := p.Apply(t.Context(), o); err != nil {
				t.Errorf("with force: %v", err)
			}
		})
	}
	t.Run("newer", func(t *testing.T) {
		m := newModule(t)
		m.write("schema/ironstar.gen.json", `{"format":99,"files":{}}`)
		o := m.options()
		o.Force = true
		if _, err := p.Apply(t.Context(), o); err == nil || !strings.Contains(err.Error(), "newer ironstar") {
			t.Errorf("Apply says %v", err)
		}
	})
}

func TestEndedContextLeavesAllAsItWas(t *testing.T) {
	m := newModule(t)
	m.apply(mustPlan(t, files("gen/a_gen.go", header), nil))
	before := m.snapshot()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := mustPlan(t, files("gen/b/b_gen.go", header), files("internal/app/b.go", "package app\n")).Apply(ctx, m.options())
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Apply says %v", err)
	}
	m.unchanged(before)
}

func TestRecorded(t *testing.T) {
	m := newModule(t)
	m.apply(mustPlan(t, files("gen/testdata/a.jsonl", "1\n"), nil))
	if got := string(plan.Recorded(m.options(), "gen/testdata/a.jsonl")); got != "1\n" {
		t.Errorf("as written: %q", got)
	}
	m.write("gen/testdata/a.jsonl", "1\r\n")
	if got := string(plan.Recorded(m.options(), "gen/testdata/a.jsonl")); got != "1\n" {
		t.Errorf("with CRLF: %q", got)
	}
	m.write("gen/testdata/a.jsonl", "2\n")
	if got := plan.Recorded(m.options(), "gen/testdata/a.jsonl"); got != nil {
		t.Errorf("edited: %q", got)
	}
	for _, name := range []string{"gen/none", "../x", "go.mod"} {
		if got := plan.Recorded(m.options(), name); got != nil {
			t.Errorf("%s: %q", name, got)
		}
	}
}
