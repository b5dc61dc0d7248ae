package cuetest_test

import (
	"bytes"
	"encoding/base64"
	"flag"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/testcases"
)

var caseCount = flag.Int("cases", 500, "how many cases of each type TestG17_ValidatorsAgreeWithCUE compares with CUE")

// subject is a type for which the program has a verdict.
type subject struct {
	schema schema
	pkg    *model.Package
	root   codegen.Root
	key    string // key of its verdict in the judge
}

// judge is a program with the generated code of several schemas that says
// whether it accepts JSON.
type judge struct {
	dir      string
	subjects []subject
	imports  []string // package paths
}

// newJudge begins a program.
func newJudge(t testing.TB) *judge { return &judge{dir: module(t, "golden.test")} }

// add generates a schema into the program.
func (j *judge) add(t testing.TB, s schema) {
	t.Helper()
	files := map[string][]byte{}
	for name, text := range generate(t, s).Files {
		switch {
		case filepath.Base(name) == "cases_gen_test.go":
			files[strings.Replace(name, "_test.go", ".go", 1)] = text // as a part of the package
		case filepath.Ext(name) == ".go" && !strings.Contains(name, "http/"):
			files[name] = text
		}
	}
	for _, p := range s.Packages {
		roots, err := codegen.Roots(s.Schema, p)
		if err != nil {
			t.Fatal(err)
		}
		if len(roots) == 0 {
			continue
		}
		dir := filepath.Dir(filepath.Dir(codegen.CasesPath(p, s.options())))
		files[dir+"/verdicts.go"] = []byte("package " + p.Name + "\n\nvar Verdicts = verdicts\n")
		path := "golden.test/" + s.name + "/" + dir
		j.imports = append(j.imports, path)
		for _, r := range roots {
			j.subjects = append(j.subjects, subject{s, p, r, path + r.Path})
		}
	}
	write(t, filepath.Join(j.dir, s.name), files)
}

const judgeSource = `package main

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"os"
	"strings"

%s)

func main() {
	verdicts := map[string]func([]byte) error{}
	add := func(path string, of map[string]func([]byte) error) {
		for name, verdict := range of {
			verdicts[path+name] = verdict
		}
	}
%s	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for in.Scan() {
		key, text, _ := strings.Cut(in.Text(), "\t")
		json, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			panic(err)
		}
		if err := verdicts[key](json); err != nil {
			fmt.Fprintln(out, "no "+strings.ReplaceAll(err.Error(), "\n", " "))
		} else {
			fmt.Fprintln(out, "yes")
		}
	}
}
`

// build compiles the program.
func (j *judge) build(t testing.TB) (program string) {
	t.Helper()
	var imports, adds strings.Builder
	for i, path := range j.imports {
		fmt.Fprintf(&imports, "\tp%d %q\n", i, path)
		fmt.Fprintf(&adds, "\tadd(%q, p%d.Verdicts)\n", path, i)
	}
	write(t, j.dir, map[string][]byte{"main.go": fmt.Appendf(nil, judgeSource, imports.String(), adds.String())})
	program = filepath.Join(j.dir, "judge")
	run(t, j.dir, "go", "build", "-o", program, ".")
	return program
}

// verdicts runs the program. An answer is "yes", or "no" with the reason.
func verdicts(t testing.TB, program, key string, cases []testcases.Case) []string {
	t.Helper()
	var in bytes.Buffer
	for _, c := range cases {
		fmt.Fprintf(&in, "%s\t%s\n", key, base64.StdEncoding.EncodeToString(c.JSON))
	}
	cmd := exec.Command(program)
	cmd.Stdin = &in
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("judge %s: %v", key, err)
	}
	answers := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(answers) != len(cases) {
		t.Fatalf("judge %s: %d answers to %d cases", key, len(answers), len(cases))
	}
	return answers
}

// disagreements compares the program with CUE for a subject's cases.
func disagreements(t testing.TB, program string, s subject, ask *oracle, count int) (found []string, accepted int) {
	cases := testcases.Cases(s.root, count)
	for i, answer := range verdicts(t, program, s.key, cases) {
		want := cases[i].OK(ask, s.pkg, s.root.Path)
		if want {
			accepted++
		}
		if !cases[i].Counts(s.root, want) {
			continue
		}
		if want != (answer == "yes") {
			found = append(found, fmt.Sprintf("%s (%s): %s\ngenerated Go says %s, it should be accepted: %v", s.root.Path, cases[i].Why, cases[i].JSON, answer, want))
		}
	}
	return found, accepted
}

// TestG17_ValidatorsAgreeWithCUE compares the verdicts of generated Go and CUE
// for every type of every schema.
func TestG17_ValidatorsAgreeWithCUE(t *testing.T) {
	j := newJudge(t)
	for _, s := range schemas(t) {
		j.add(t, s)
	}
	program := j.build(t)
	var asking sync.WaitGroup
	slots := make(chan struct{}, 2) // CUE is slow and single-threaded: two schemas at a time
	for _, group := range slices.Collect(bySchema(j.subjects)) {
		asking.Add(1)
		slots <- struct{}{}
		go func() {
			defer asking.Done()
			defer func() { <-slots }()
			var ask *oracle
			for i, s := range group {
				if i%5 == 0 { // a new one from time to time, because a CUE context never frees memory
					ask = newOracle(t, s.schema)
				}
				found, accepted := disagreements(t, program, s, ask, *caseCount)
				for _, one := range found[:min(3, len(found))] {
					t.Errorf("%s: %s", s.schema.name, one)
				}
				if accepted < *caseCount/50 {
					t.Errorf("%s: %s: only %d of %d cases were accepted: the cases are too uniform", s.schema.name, s.root.Path, accepted, *caseCount)
				}
			}
		}()
	}
	asking.Wait()
	t.Logf("%d types, %d cases each", len(j.subjects), *caseCount)
}

// bySchema groups consecutive subjects of one schema.
func bySchema(all []subject) func(yield func([]subject) bool) {
	return func(yield func([]subject) bool) {
		for len(all) > 0 {
			end := slices.IndexFunc(all, func(s subject) bool { return s.schema.name != all[0].schema.name })
			if end < 0 {
				end = len(all)
			}
			if !yield(all[:end]) {
				return
			}
			all = all[end:]
		}
	}
}
