package cuetest_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/cueload"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/testcases"
	"ironstar.dev/wire/wiretest"
)

// perHop is the number of old payloads of each step that are compared with CUE.
const perHop = 1000

// lifter is a program with the generated upcasters of several schemas that
// prints their results.
type lifter struct {
	dir     string
	imports strings.Builder
	adds    strings.Builder
	count   int
}

// add generates a schema into the program. Hand-written methods return zero
// values; their results are not compared.
func (l *lifter) add(t testing.TB, s schema) {
	t.Helper()
	files := map[string][]byte{}
	for name, text := range generate(t, s).Files {
		if filepath.Ext(name) == ".go" && !strings.Contains(name, "http/") && !strings.HasSuffix(name, "_test.go") {
			files[name] = text
		}
	}
	for _, p := range s.Packages {
		dir := filepath.Dir(filepath.Dir(codegen.CasesPath(p, s.options())))
		for i, a := range p.Aggregates {
			if len(codegen.Steps(a)) == 0 {
				continue
			}
			l.count++
			name := fmt.Sprintf("p%d", l.count)
			fmt.Fprintf(&l.imports, "\t%s %q\n", name, "golden.test/"+s.name+"/"+dir)
			by := "nil"
			if len(a.Hands()) > 0 {
				side := sideOf(codegen.Sides(p, s.options()), a.Name)
				files[fmt.Sprintf("hands%d/hands.go", i)] = hands(side, a)
				fmt.Fprintf(&l.imports, "\th%d %q\n", l.count, fmt.Sprintf("golden.test/%s/hands%d", s.name, i))
				by = fmt.Sprintf("h%d.%s{}", l.count, a.Name)
			}
			fmt.Fprintf(&l.adds, "\tadd(%q, %s.%sSteps(%s))\n", s.name+p.Path+a.Name, name, a.Name, by)
		}
	}
	write(t, filepath.Join(l.dir, s.name), files)
}

func sideOf(sides []codegen.Side, name string) codegen.Side {
	for _, s := range sides {
		if s.Type == name {
			return s
		}
	}
	panic("no side " + name)
}

var handSignature = regexp.MustCompile(`(?s)^(.*func \([A-Za-z]+\) Upcast\w+\([^)]*\)) \((.*), error\) \{.*\}`)

// hands is hand-written code with the methods for upcasting only.
func hands(side codegen.Side, a *model.Aggregate) []byte {
	var b strings.Builder
	for _, m := range side.Methods {
		if strings.HasPrefix(m.Name, "Upcast") {
			b.WriteString(handSignature.ReplaceAllString(m.Source, "$1 (out $2, err error) { return out, nil }") + "\n")
		}
	}
	body := b.String()
	var imports strings.Builder
	for _, path := range side.Imports(body) {
		fmt.Fprintf(&imports, "import %q\n", path)
	}
	return []byte("package hands\n\n" + imports.String() + "\ntype " + a.Name + " struct{}\n\n" + body)
}

const lifterSource = `package main

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"os"
	"strings"

	"ironstar.dev/wire"

%s)

func main() {
	steps := map[string]wire.Step{}
	add := func(of string, all []wire.Step) {
		for _, s := range all {
			steps[fmt.Sprint(of, s.Event, s.Version)] = s
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
		made, err := steps[key].Up(json)
		if err != nil {
			fmt.Fprintln(out, "no "+strings.ReplaceAll(err.Error(), "\n", " "))
			continue
		}
		var parts []string
		for _, m := range made {
			parts = append(parts, string(m))
		}
		fmt.Fprintln(out, "["+strings.Join(parts, ",")+"]")
	}
}
`

func (l *lifter) build(t testing.TB) (program string) {
	t.Helper()
	write(t, l.dir, map[string][]byte{"main.go": fmt.Appendf(nil, lifterSource, l.imports.String(), l.adds.String())})
	program = filepath.Join(l.dir, "lifter")
	run(t, l.dir, "go", "build", "-o", program, ".")
	return program
}

// lifted runs the program on old payloads.
func lifted(t testing.TB, program, key string, old [][]byte) []string {
	t.Helper()
	var in bytes.Buffer
	for _, json := range old {
		fmt.Fprintf(&in, "%s\t%s\n", key, base64.StdEncoding.EncodeToString(json))
	}
	cmd := exec.Command(program)
	cmd.Stdin = &in
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("lift %s: %v", key, err)
	}
	var answers []string
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		answers = append(answers, lines.Text())
	}
	if len(answers) != len(old) {
		t.Fatalf("lift %s: %d answers to %d payloads", key, len(answers), len(old))
	}
	return answers
}

// TestG15_UpcastersAgreeWithCUE compares generated Go with CUE for old payloads
// of every step of every schema.
func TestG15_UpcastersAgreeWithCUE(t *testing.T) { compareSteps(t, schemas(t)) }

// TestG15_ArithmeticAgreesWithCUE makes the same comparison for numbers with which
// Go's 64 bits and CUE's 34 digits differ.
func TestG15_ArithmeticAgreesWithCUE(t *testing.T) {
	compareSteps(t, []schema{loadSchema(t, "arithmetic", "testdata/arithmetic")})
}

// TestG15_MapsAgreeWithCUE makes the same comparison for maps that become other maps.
func TestG15_MapsAgreeWithCUE(t *testing.T) {
	compareSteps(t, []schema{loadSchema(t, "mapsteps", "testdata/mapsteps")})
}

func compareSteps(t *testing.T, all []schema) {
	t.Helper()
	l := &lifter{dir: module(t, "golden.test")}
	for _, s := range all {
		l.add(t, s)
	}
	program := l.build(t)
	steps, compared := 0, 0
	for _, s := range all {
		loaded, values, err := cueload.LoadValues(s.dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range loaded.Packages {
			for _, a := range p.Aggregates {
				for _, step := range codegen.Steps(a) {
					if step.Hand() {
						continue
					}
					n := compareStep(t, program, s, values, p, a, step)
					steps, compared = steps+1, compared+n
				}
			}
		}
	}
	t.Logf("%d steps, %d payloads compared", steps, compared)
	if steps == 0 {
		t.Error("there was nothing to compare")
	}
}

func compareStep(t *testing.T, program string, s schema, values *cueload.Values, p *model.Package, a *model.Aggregate, step codegen.Step) int {
	t.Helper()
	var old [][]byte
	for _, json := range testcases.Payloads(step.From.Payload, perHop) {
		if whole, err := testcases.Complete(step, values, json); err == nil {
			old = append(old, whole)
		}
	}
	answers := lifted(t, program, fmt.Sprint(s.name+p.Path+a.Name, step.Event, step.Version), old)
	wrong := 0
	for i, answer := range answers {
		want, err := testcases.Upcast(step, values, old[i])
		diff := ""
		if err != nil {
			diff = err.Error()
		} else {
			diff = different(t, string(want), answer, handFields(step))
		}
		if diff != "" {
			if wrong++; wrong <= 3 {
				t.Errorf("%s %s of %s\n   CUE %s\n    Go %s\n%s", s.name, step.Key(), old[i], want, answer, diff)
			}
		}
	}
	if len(answers) < perHop/2 {
		t.Errorf("%s %s: only %d of %d payloads were compared", s.name, step.Key(), len(answers), perHop)
	}
	return len(answers)
}

// handFields returns the names of fields that hand-written methods make.
func handFields(step codegen.Step) map[string]bool {
	names := map[string]bool{}
	for _, u := range step.Upcasts() {
		for _, f := range u.Make.Parts {
			handNames(f, names)
		}
	}
	return names
}

func handNames(f *model.FieldExpr, names map[string]bool) {
	if f.Value.Op == model.Hand {
		names[f.Field.Name] = true
	}
	for _, p := range f.Value.Parts {
		handNames(p, names)
	}
}

// different returns the difference of two JSON texts, without some fields.
func different(t testing.TB, want, got string, without map[string]bool) string {
	t.Helper()
	if !json.Valid([]byte(got)) {
		return "it fails: " + got
	}
	if !wiretest.Same(leaving(t, want, without), leaving(t, got, without)) {
		return "they differ"
	}
	return ""
}

// leaving removes fields from a JSON text.
func leaving(t testing.TB, text string, names map[string]bool) []byte {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	out, err := json.Marshal(pruned(v, names))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func pruned(v any, names map[string]bool) any {
	switch v := v.(type) {
	case map[string]any:
		for name, x := range v {
			if names[name] {
				delete(v, name)
			} else {
				v[name] = pruned(x, names)
			}
		}
	case []any:
		for i, x := range v {
			v[i] = pruned(x, names)
		}
	}
	return v
}
