package cuetest_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ironstar.dev/internal/cueload"
	"ironstar.dev/internal/model"
)

// listPath is a path into a state, and the type at its end.
type listPath struct {
	text string
	kind model.Kind // of the end; model.Ref for constants
}

// pathsOf lists the paths that all cases of a type have.
func pathsOf(t *model.Type, prefix string, depth int) []listPath {
	u := t.Underlying()
	if u.Kind == model.Sum {
		var common []listPath
		for i, arm := range u.Arms {
			paths := pathsOf(&model.Type{Kind: model.Ref, Named: arm}, prefix, depth)
			if i == 0 {
				common = paths
				continue
			}
			common = slices.DeleteFunc(common, func(p listPath) bool { return !slices.Contains(paths, p) })
		}
		return common
	}
	var all []listPath
	for _, f := range u.Fields {
		if f.Secret || strings.Contains(f.InCUE(), ".") {
			continue
		}
		p := listPath{prefix + f.InCUE(), f.Type.Underlying().Kind}
		if f.Const != nil {
			p.kind = model.Ref
		}
		all = append(all, p)
		if depth > 0 && f.Const == nil {
			all = append(all, pathsOf(f.Type, p.text+".", depth-1)...)
		}
	}
	return all
}

// listOf returns a list view of an aggregate with random paths.
func listOf(r *rand.Rand, a *model.Aggregate, name string) string {
	paths := pathsOf(a.State, "", 2)
	if len(paths) == 0 {
		return ""
	}
	some := func(most int) (texts []string) {
		for range 1 + r.IntN(most) {
			if text := strconv.Quote(paths[r.IntN(len(paths))].text); !slices.Contains(texts, text) {
				texts = append(texts, text)
			}
		}
		return texts
	}
	filters := map[string]string{}
	for range r.IntN(5) {
		p := paths[r.IntN(len(paths))]
		switch p.kind {
		case model.Int, model.Number, model.Decimal, model.Time, model.Date, model.Duration:
			filters[p.text] = []string{"equal", "range"}[r.IntN(2)]
		case model.String:
			filters[p.text] = []string{"equal", "words", "actor"}[r.IntN(3)]
		case model.Bool, model.UUID, model.Enum:
			filters[p.text] = "equal"
		}
	}
	var sorts []string
	for _, p := range paths {
		if p.kind < model.Struct && p.kind != model.Bytes && r.IntN(3) == 0 {
			sorts = append(sorts, strconv.Quote(p.text))
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n#%s: schema.#View & {\n\tlist: %q\n\trow: [%s]\n\tfilter: {", name, a.Name, strings.Join(some(4), ", "))
	for _, text := range slices.Sorted(maps.Keys(filters)) {
		fmt.Fprintf(&b, "%q: %q\n", text, filters[text])
	}
	fmt.Fprintf(&b, "}\n\tsort: [%s]\n", strings.Join(sorts, ", "))
	if r.IntN(2) == 0 {
		b.WriteString("\tmore: {added: [...int], flag?: bool, level: \"low\" | \"high\"}\n")
	}
	if r.IntN(2) == 0 {
		b.WriteString("\tpage: *25 | 7\n")
	}
	return b.String() + "}\n"
}

// TestRandomLists: a list over a random state, with paths that the state has, gives Go
// that compiles, or an error with a position.
func TestRandomLists(t *testing.T) {
	c := newCompiler(t)
	compiled, refused := 0, map[string]int{}
	for seed := range uint64(*oddCount) {
		if seed%3 == 2 {
			continue // it is damaged
		}
		files := madeSchema(seed)
		dir := t.TempDir()
		if out := c.try(filepath.Join(dir, "without"), files); out.err != nil || out.refused {
			continue
		}
		s, err := cueload.Load(filepath.Join(dir, "without"))
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(seed, 3))
		lists := 0
		for _, p := range s.Packages {
			for i, a := range p.Aggregates {
				if text := listOf(r, a, fmt.Sprint("Zlist", i)); text != "" {
					files[p.Files[0]] += text
					lists++
				}
			}
		}
		if lists == 0 {
			continue
		}
		out := c.try(filepath.Join(dir, "with"), files)
		switch {
		case out.err != nil:
			t.Errorf("seed %d: %v\n%s", seed, out.err, listing(files))
		case out.refused:
			_, err := cueload.Load(filepath.Join(dir, "with"))
			refused[firstLine(fmt.Sprint(err))]++
		default:
			compiled++
		}
	}
	t.Logf("%d compiled, refused: %v", compiled, refused)
	if compiled < 30 || len(refused) > compiled {
		t.Errorf("%d schemas compiled, and %d were refused", compiled, len(refused))
	}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
