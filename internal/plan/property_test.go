package plan_test

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ironstar.dev/internal/plan"
)

var (
	generatedPaths = []string{"gen/a_gen.go", "gen/b_gen.go", "gen/d/c_gen.go", "gen/d/e/f_gen.go", "gen/ts/x.ts", "gen/d/testdata/y.jsonl"}
	otherPaths     = []string{"gen/hand.go", "gen/d/hand_gen.go", "internal/app/list.go", "gen/ts.txt"}
)

// TestG19_WhateverPeopleDo applies random edits, deletions, line ends, schemas
// and runs with and without force to one folder. After each run: an error
// changed nothing; a changed or deleted file was generated, byte for byte,
// unless force was used on a file that is marked as generated; all other files
// are unchanged.
func TestG19_WhateverPeopleDo(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := &world{rt: rt, root: tempDir(rt), generated: map[string][]string{}}
		w.put("go.mod", "module m\n")
		w.put("schema/cue.mod/module.cue", "")
		rt.Repeat(map[string]func(*rapid.T){
			"run":    w.run,
			"edit":   w.edit,
			"delete": w.delete,
			"crlf":   w.crlf,
		})
	})
}

// tempDir is t.TempDir for rapid, which has no such method.
func tempDir(rt *rapid.T) string {
	dir, err := os.MkdirTemp("", "plan")
	if err != nil {
		rt.Fatal(err)
	}
	rt.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

type world struct {
	rt        *rapid.T
	root      string
	generated map[string][]string // by path: every content that was generated there, with LF
}

func (w *world) put(name, text string) {
	root, err := os.OpenRoot(w.root)
	if err != nil {
		w.rt.Fatal(err)
	}
	defer root.Close()
	dir := name[:max(0, strings.LastIndex(name, "/"))]
	if dir != "" {
		err = root.MkdirAll(dir, 0o777)
	}
	if err == nil {
		err = root.WriteFile(name, []byte(text), 0o666)
	}
	if err != nil {
		w.rt.Fatal(err)
	}
}

func (w *world) files() map[string]string {
	all := map[string]string{}
	fsys := os.DirFS(w.root)
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(fsys, p)
		all[p] = string(b)
		return err
	})
	if err != nil {
		w.rt.Fatal(err)
	}
	return all
}

func (w *world) edit(rt *rapid.T) {
	name := rapid.SampledFrom(slices.Concat(generatedPaths, otherPaths)).Draw(rt, "path")
	w.put(name, rapid.SampledFrom([]string{"", "mine", header + "mine", header + "1"}).Draw(rt, "text"))
}

func (w *world) delete(rt *rapid.T) {
	name := rapid.SampledFrom(append(slices.Clone(generatedPaths), "schema/ironstar.gen.json", "internal/app/list.go")).Draw(rt, "path")
	_ = os.Remove(w.root + "/" + name)
}

func (w *world) crlf(rt *rapid.T) {
	name := rapid.SampledFrom(generatedPaths).Draw(rt, "path")
	if text, ok := w.files()[name]; ok {
		w.put(name, strings.ReplaceAll(text, "\n", "\r\n"))
	}
}

func (w *world) run(rt *rapid.T) {
	generated := map[string][]byte{}
	for _, name := range generatedPaths {
		if n := rapid.IntRange(0, 3).Draw(rt, name); n > 0 {
			generated[name] = []byte(header + strings.Repeat("1", n))
		}
	}
	p, err := plan.New(generated, files("internal/app/list.go", "stub"))
	if err != nil {
		rt.Fatal(err)
	}
	force := rapid.Bool().Draw(rt, "force")
	before := w.files()
	_, err = p.Apply(rt.Context(), plan.Options{Root: w.root, Schema: "schema", Force: force})
	after := w.files()
	if err != nil {
		var conflicts plan.Conflicts
		if !errors.As(err, &conflicts) {
			rt.Fatalf("an unexpected error: %v", err)
		}
		w.same(before, after)
		return
	}
	w.checkChanges(before, after, force)
	for name, b := range generated {
		if got := strings.ReplaceAll(after[name], "\r\n", "\n"); got != string(b) {
			rt.Fatalf("%s holds %q, want %q", name, got, b)
		}
		w.generated[name] = append(w.generated[name], string(b))
	}
	if _, err := p.Apply(rt.Context(), plan.Options{Root: w.root, Schema: "schema"}); err != nil {
		rt.Fatalf("the same run again: %v", err)
	}
	w.same(after, w.files())
}

func (w *world) same(before, after map[string]string) {
	for name := range before {
		if got, ok := after[name]; !ok || got != before[name] {
			w.rt.Fatalf("%s changed from %q to %q", name, before[name], got)
		}
	}
	if len(before) != len(after) {
		w.rt.Fatalf("there were %d files and are %d", len(before), len(after))
	}
}

// checkChanges checks everything that a successful run changed or deleted.
func (w *world) checkChanges(before, after map[string]string, force bool) {
	for name, old := range before {
		now, there := after[name]
		if there && now == old || name == "schema/ironstar.gen.json" {
			continue
		}
		text := strings.ReplaceAll(old, "\r\n", "\n")
		proven := slices.Contains(w.generated[name], text)
		switch {
		case proven:
		case !there:
			w.rt.Fatalf("%s was deleted, which held %q", name, old)
		case old == "" && slices.Contains(generatedPaths, name):
		case force && (len(w.generated[name]) > 0 || strings.HasPrefix(text, plan.Header)):
		default:
			w.rt.Fatalf("%s was overwritten, which held %q", name, old)
		}
	}
	for name := range after {
		if _, ok := before[name]; !ok && !slices.Contains(generatedPaths, name) && name != "internal/app/list.go" && name != "schema/ironstar.gen.json" {
			w.rt.Fatalf("%s appeared", name)
		}
	}
}
