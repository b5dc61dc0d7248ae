package cuetest_test

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/cueload"
	"ironstar.dev/internal/testcases"
)

var (
	oddCount = flag.Int("odd", 400, "how many odd schemas TestRandomSchemas makes")
	oddSeed  = flag.Uint64("oddseed", 1, "the first of their seeds")
)

// madeSchema returns the schema of a seed: a third are usual ones, a third have
// odd names and types, a third are damaged.
func madeSchema(seed uint64) map[string]string {
	r := rand.New(rand.NewPCG(seed, 7))
	m := &maker{Rand: r, odd: []int{0, 4, 2}[seed%3]}
	if seed%12 == 1 {
		m.odd = 25
	}
	files := m.schema()
	if seed%3 == 2 {
		mutate(r, files)
	}
	return files
}

// outcome is the result for one schema.
type outcome struct {
	refused bool
	files   map[string][]byte // generated
	program map[string][]byte // with the hand-written stubs
	err     error             // a defect of the generator
}

// patience is the time for one schema. The slowest needs a hundredth of it.
const patience = 30 * time.Second

// try loads, generates and compiles a schema. It returns even if the generator
// does not.
func (c *compiler) try(dir string, files map[string]string) outcome {
	done := make(chan outcome, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				done <- outcome{err: fmt.Errorf("panic: %v\n%s", r, debug.Stack())}
			}
		}()
		done <- c.generate(dir, files)
	}()
	select {
	case out := <-done:
		return out
	case <-time.After(patience):
		return outcome{err: fmt.Errorf("no answer after %s", patience)}
	}
}

func (c *compiler) generate(dir string, files map[string]string) outcome {
	for name, text := range files {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			return outcome{err: err}
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			return outcome{err: err}
		}
	}
	s, err := cueload.Load(dir)
	if err != nil {
		return outcome{refused: true, err: badErrors(err, files)}
	}
	const root = "golden.test/odd"
	out, err := codegen.Generate(s, codegen.Options{Module: root, ExampleIDs: testcases.ExampleIDs})
	if err != nil {
		var placed *codegen.Error
		if errors.As(err, &placed) {
			err = badErrors(cueload.Errors{{Code: "IRN001", Pos: placed.Pos, Message: placed.Message}}, files)
		}
		return outcome{refused: true, err: err}
	}
	for _, p := range s.Packages {
		roots, err := codegen.Roots(s, p)
		if err != nil {
			return outcome{err: err}
		}
		for _, r := range roots {
			testcases.Cases(r, 3)
		}
	}
	all := maps.Clone(out.Files)
	for name, text := range out.Stubs {
		if all[name] != nil {
			return outcome{err: fmt.Errorf("%s is generated and hand-written", name)}
		}
		all[name] = text
	}
	return outcome{files: out.Files, program: all, err: c.Check(root, all)}
}

// badErrors returns what is wrong with errors: each must have a known code and
// a position in an existing file. Only the error that there is no schema has no
// position.
func badErrors(err error, files map[string]string) error {
	var found cueload.Errors
	if !errors.As(err, &found) || len(found) == 0 {
		return fmt.Errorf("not an error of the schema: %w", err)
	}
	for _, e := range found {
		text, there := files[e.Pos.File]
		lines := strings.Count(text, "\n") + 1
		known := slices.ContainsFunc(cueload.Codes(), func(c cueload.Code) bool { return c.Code == e.Code })
		switch {
		case !known || e.Code == "IRN013" || e.Message == "" || strings.Contains(e.Message, "\n"):
			return fmt.Errorf("a strange error: %+v", e)
		case e.Code == "IRN007", e.Code == "IRN139" && there: // about a whole file
		case !there || e.Pos.Line < 1 || e.Pos.Line > lines || e.Pos.Col < 1:
			return fmt.Errorf("no place: %+v", e)
		}
	}
	return nil
}

// TestRandomSchemas: any schema gives an error with a position, or Go that
// compiles. It never panics.
func TestRandomSchemas(t *testing.T) {
	c := newCompiler(t)
	var mu sync.Mutex
	tried, refused, compiled := 0, 0, 0
	sample := map[string][]byte{}
	seeds := make(chan uint64) // unbuffered
	var workers sync.WaitGroup
	for range 2 {
		workers.Go(func() {
			for seed := range seeds {
				files := madeSchema(seed)
				dir := filepath.Join(t.TempDir(), "s")
				out := c.try(dir, files)
				if err := os.RemoveAll(dir); err != nil {
					t.Error(err)
				}
				mu.Lock()
				tried++
				switch {
				case out.err != nil:
					t.Errorf("seed %d: %v\n%s", seed, out.err, listing(files))
				case out.refused:
					refused++
				default:
					compiled++
					addTypeScript(sample, seed, out.files)
				}
				mu.Unlock()
			}
		})
	}
	for i := range *oddCount {
		seeds <- *oddSeed + uint64(i)
	}
	close(seeds)
	workers.Wait()
	t.Logf("%d schemas: %d refused, %d compiled", tried, refused, compiled)
	if compiled < tried/4 || refused < tried/4 {
		t.Error("too few of one result: the maker is too uniform")
	}
	checkTypeScript(t, sample)
}

// addTypeScript adds all TypeScript files of a schema, which import each other,
// until there are enough.
func addTypeScript(sample map[string][]byte, seed uint64, files map[string][]byte) {
	const enough = 60
	if len(sample) >= enough {
		return
	}
	for name, text := range files {
		if filepath.Ext(name) == ".ts" {
			sample[fmt.Sprintf("s%d/%s", seed, name)] = text
		}
	}
}

func listing(files map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&b, "-- %s --\n%s\n", name, files[name])
	}
	return b.String()
}

// FuzzSchema does the same with fuzzed feature cases.
func FuzzSchema(f *testing.F) {
	err := filepath.WalkDir(features, func(name string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".cue" {
			return err
		}
		text, err := os.ReadFile(name)
		f.Add(string(text))
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	for seed := range uint64(30) {
		for _, text := range madeSchema(seed) {
			f.Add(text)
		}
	}
	c := newCompiler(f)
	f.Fuzz(func(t *testing.T, text string) {
		if out := c.try(t.TempDir(), map[string]string{"p/p.cue": text}); out.err != nil {
			t.Error(out.err)
		}
	})
}
