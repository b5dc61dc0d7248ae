package compat_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"ironstar.dev/internal/compat"
	"ironstar.dev/internal/cueload"
	"ironstar.dev/internal/model"
)

var update = flag.Bool("update", false, "write the expected findings again")

// ruleCase is a file of testdata/rules: two schemas and the expected findings.
type ruleCase struct {
	name     string
	archive  *txtar.Archive
	old, now *model.Schema
}

func (c *ruleCase) file(name string) string {
	for _, f := range c.archive.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func ruleCases(t *testing.T) []*ruleCase {
	t.Helper()
	files, err := filepath.Glob("testdata/rules/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	var all []*ruleCase
	for _, name := range files {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		c := &ruleCase{name: strings.TrimSuffix(filepath.Base(name), ".txtar"), archive: a}
		for which, into := range map[string]**model.Schema{"old": &c.old, "new": &c.now} {
			if *into, err = loadWith(t, c.schema(which), c.others(which)); err != nil {
				t.Fatalf("%s: %v\n%s", c.name, err, c.schema(which))
			}
		}
		all = append(all, c)
	}
	return all
}

// schema returns a file of the case. If the file has only the fields of
// Added.v1, it adds the rest of the schema.
func (c *ruleCase) schema(name string) string {
	if whole := c.file(name + ".cue"); whole != "" {
		return whole
	}
	return around("\tevent: Added: v1: {\n\t\t" + strings.ReplaceAll(strings.TrimSpace(c.file(name)), "\n", "\n\t\t") + "\n\t}\n")
}

// around returns a schema with one aggregate and the imports that it needs.
func around(event string, definitions ...string) string {
	var b strings.Builder
	b.WriteString("package p\n\nimport (\n")
	for _, p := range []string{"list", "math", "strings", "struct", "time"} {
		if strings.Contains(event+strings.Join(definitions, "\n"), p+".") {
			fmt.Fprintf(&b, "\t%q\n", p)
		}
	}
	b.WriteString("\n\t\"ironstar.dev/schema\"\n)\n\n#A: schema.#Aggregate & {\n\tstate: n: int\n\tcommand: Do: {}\n" + event + "}\n")
	for _, d := range definitions {
		b.WriteString(d + "\n")
	}
	return b.String()
}

func loadText(t *testing.T, name, text string) *model.Schema {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "p.cue"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := cueload.Load(dir)
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, text)
	}
	return s
}

// show writes findings in the form of the cases.
func show(all []compat.Finding) string {
	var b strings.Builder
	for i, f := range all {
		fmt.Fprintf(&b, "%s:%d:%d: %s (%s, %s)\n", f.Pos.File, f.Pos.Line, f.Pos.Col, f.Message, f.Rule, f.Level)
		if f.Fails() {
			fmt.Fprintf(&b, "  hint: %s\n", f.Hint)
			if i+1 < len(all) && all[i+1].Write == f.Write {
				continue // a duplicate
			}
			for line := range strings.Lines(f.Write) {
				b.WriteString("  | " + line)
			}
		}
	}
	return b.String()
}

// TestRules compares every case with its expected findings. -update writes them
// again; read the diff afterwards.
func TestRules(t *testing.T) {
	for _, c := range ruleCases(t) {
		got := compat.Compare(compat.LockOf(c.old), c.now, compat.Options{})
		if *update {
			for i, f := range c.archive.Files {
				if f.Name == "want" {
					c.archive.Files[i].Data = []byte(show(got))
				}
			}
			if err := os.WriteFile("testdata/rules/"+c.name+".txtar", txtar.Format(c.archive), 0o666); err != nil {
				t.Fatal(err)
			}
		} else if d := cmp.Diff(c.file("want"), show(got)); d != "" {
			t.Errorf("%s, -update writes it again:\n%s", c.name, d)
		}
		if same := compat.Compare(compat.LockOf(c.now), c.now, compat.Options{}); len(same) > 0 {
			t.Errorf("%s: compared with itself:\n%s", c.name, show(same))
		}
		if _, isRule := compat.FindRule(c.name); isRule && !slices.ContainsFunc(got, func(f compat.Finding) bool { return f.Rule == c.name }) {
			t.Errorf("%s does not show its rule", c.name)
		}
	}
}

// elsewhere lists the rules that two schemas of one version cannot show. The
// value is the test that shows them.
var elsewhere = map[string]string{
	"lock-broken": "TestParseLockRefuses", "lock-newer": "TestParseLockRefuses", "lock-conflict": "TestParseLockRefuses",
	"lock-duplicate": "TestParseLockRefuses", "lock-edited": "TestParseLockRefuses", "lock-gap": "TestLockGap",
	"exemption-broken": "TestParseExemptions", "exemption-unused": "TestExempt", "shape-changed": "TestShapeChanged",
	"retired-reused": "TestVersions", "version-removed": "TestVersions", "version-gap": "TestVersions", "name-reused": "TestVersions",
	"path-missing": "TestVersions", "path-twice": "TestVersions", "becomes-cycle": "TestVersions", "upcaster-changed": "TestVersions",
	"samples-changed": "cmd/ironstar: release.txtar", "samples-unknown": "cmd/ironstar: release.txtar",
	"outputs-missing": "cmd/ironstar: TestReleaseOfSteps", "upcaster-output": "cmd/ironstar: TestReleaseOfSteps",
	"upcaster-impure": "cmd/ironstar: TestImpure",
}

// TestEveryRuleHasACase: every rule has a case or a test in elsewhere, and none
// has both.
func TestEveryRuleHasACase(t *testing.T) {
	shown := map[string]bool{}
	for _, c := range ruleCases(t) {
		for _, f := range compat.Compare(compat.LockOf(c.old), c.now, compat.Options{}) {
			shown[f.Rule] = true
		}
	}
	for _, r := range compat.Rules() {
		if shown[r.ID] == (elsewhere[r.ID] != "") {
			t.Errorf("%s: shown by a case is %v, by %q", r.ID, shown[r.ID], elsewhere[r.ID])
		}
	}
	for _, id := range slices.Sorted(maps.Keys(elsewhere)) {
		if _, ok := compat.FindRule(id); !ok {
			t.Errorf("%s is no rule", id)
		}
	}
}

// TestWrittenVersionIsTheReleasedOne: the CUE that a finding prints has the
// released shape.
func TestWrittenVersionIsTheReleasedOne(t *testing.T) {
	tried := 0
	for _, c := range ruleCases(t) {
		lock := compat.LockOf(c.old)
		for _, f := range compat.Compare(lock, c.now, compat.Options{}) {
			if f.Level != compat.NewVersion {
				continue
			}
			tried++
			e := lock.Find("p.A", strings.Split(f.Subject, ".")[2], 1)
			schema, err := loadWith(t, pasted(c.schema("new"), f.Write), c.others("new"))
			if err != nil {
				t.Errorf("%s: %s: %v", c.name, f.Subject, err)
				continue
			}
			back := compat.LockOf(schema).Find("p.Z", "Back", 1)
			if back.Shape.String() != e.Shape.String() {
				t.Errorf("%s: %s is written as\n%s\nwhich is %s,\nwant %s", c.name, f.Subject, f.Write, back.Shape, e.Shape)
			}
		}
	}
	if tried < 50 {
		t.Errorf("only %d were tried", tried)
	}
}

// pasted adds an aggregate Z to a schema. Its event Back has the CUE to write
// as v1, with its definitions.
func pasted(schema, write string) string {
	v1, rest, _ := strings.Cut(write, "\n}\n")
	if after, ok := strings.CutPrefix(write, "v1: {}\n"); ok {
		v1, rest = "v1: {", after
	}
	text := "#Z: schema.#Aggregate & {\n\tstate: n: int\n\tcommand: Do: {}\n\tevent: Back: " + v1 + "\n}\n}\n"
	for line := range strings.Lines(rest) {
		if strings.HasPrefix(line, "#") {
			text += line
		}
	}
	for _, p := range []string{"list", "math", "strings", "struct", "time"} {
		if strings.Contains(text, p+".") && !strings.Contains(schema, "\""+p+"\"") {
			schema = strings.Replace(schema, "package p\n", "package p\n\nimport \""+p+"\"\n", 1)
		}
	}
	return schema + text
}
