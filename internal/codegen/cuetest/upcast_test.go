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
)

// perHop is how many old payloads of each step are compared with CUE.
const perHop = 1000

// lifter is a program that holds the generated upcasters of several schemas and
// says what each makes of JSON.
type lifter struct {
	dir     string
	imports strings.Builder
	adds    strings.Builder
	count   int
}

// add generates a schema into the program. What is written by hand gives zero
// values: it is not compared.
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
			by := ""
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

// hands is a hand-written side that has the methods for upcasting only.
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

// lifted asks the program what it makes of old payloads.
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

// TestG15_UpcastersAgreeWithCUE compares what generated Go makes of old payloads
// with what CUE makes of them, over every step of every schema.
func TestG15_UpcastersAgreeWithCUE(t *testing.T) {
	l := &lifter{dir: module(t, "golden.test")}
	all := schemas(t)
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
	version := fmt.Sprintf("v%d", step.Version)
	var old [][]byte
	for _, json := range codegen.Payloads(step.From.Payload, perHop) {
		if whole, err := values.Completes(p, step.Path+"."+version, json); err == nil {
			old = append(old, whole)
		}
	}
	answers := lifted(t, program, fmt.Sprint(s.name+p.Path+a.Name, step.Event, step.Version), old)
	wrong := 0
	for i, answer := range answers {
		want, whole, err := wanted(values, p, a, step, old[i])
		diff := ""
		if err != nil {
			diff = err.Error()
		} else {
			diff = different(t, want, answer, handFields(step), whole)
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

// wanted is what CUE says: what the step makes, what keeps its name, and
// defaults; these only if whole is true: where an old payload is beyond the
// bounds of the new version, or parts are made by hand, CUE fills in none.
func wanted(values *cueload.Values, p *model.Package, a *model.Aggregate, step codegen.Step, old []byte) (_ string, whole bool, err error) {
	source := fmt.Sprintf("v%d", step.Version)
	if step.Hop != nil {
		mentioned := []byte("{}")
		if hasText(step) {
			if mentioned, err = values.Makes(p, step.Path, source, step.Label, old); err != nil {
				return "", false, err
			}
		}
		merged := withKept(step.Hop, mentioned, old)
		if all, err := values.Completes(p, fmt.Sprintf("%s.v%d", step.Path, step.Version+1), merged); err == nil {
			return "[" + string(all) + "]", true, nil
		}
		return "[" + string(merged) + "]", false, nil
	}
	made, err := values.Makes(p, step.Path, source, "becomes", old)
	if err != nil {
		return "", false, err
	}
	var parts []map[string]json.RawMessage
	if err := json.Unmarshal(made, &parts); err != nil {
		return "", false, err
	}
	whole = true
	for i, part := range parts {
		for label, payload := range part {
			event, version, _ := strings.Cut(label, ".")
			section := "event"
			if step.Retired.Becomes[i].Retired != nil {
				section = "retired"
			}
			all, err := values.Completes(p, "#"+a.Name+"."+section+"."+event+"."+version, payload)
			if err == nil {
				part[label] = all
			} else {
				whole = false
			}
		}
	}
	out, err := json.Marshal(parts)
	return string(out), whole, err
}

// hasText says whether anything is written about a step.
func hasText(step codegen.Step) bool {
	for _, part := range step.Hop.Make.Parts {
		if !part.Kept {
			return true
		}
	}
	return false
}

func withKept(u *model.Upcast, mentioned, old []byte) []byte {
	var made, before map[string]json.RawMessage
	if json.Unmarshal(mentioned, &made) != nil || json.Unmarshal(old, &before) != nil {
		panic("not objects")
	}
	for _, part := range u.Make.Parts {
		if v, ok := before[part.Field.Name]; ok && part.Kept {
			made[part.Field.Name] = v
		}
	}
	for _, f := range u.To.Type.Fields { // tags keep their value
		if v, ok := before[f.Name]; ok && f.Const != nil {
			made[f.Name] = v
		}
	}
	out, err := json.Marshal(made)
	if err != nil {
		panic(err)
	}
	return out
}

// handFields are the names of fields that are made by hand.
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

// different says how two JSON texts differ, leaving out fields of some names.
// Unless all of it is wanted, there may be more than that.
func different(t testing.TB, want, got string, without map[string]bool, all bool) string {
	t.Helper()
	var a, b any
	if err := json.Unmarshal([]byte(want), &a); err != nil {
		t.Fatalf("CUE: %v: %s", err, want)
	}
	if err := json.Unmarshal([]byte(got), &b); err != nil {
		return "it fails: " + got
	}
	if !within(a, b, without, all) {
		return "they differ"
	}
	return ""
}

func within(want, got any, without map[string]bool, all bool) bool {
	switch want := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			return false
		}
		for name, x := range want {
			if y, has := g[name]; !without[name] && (!has || !within(x, y, without, all)) {
				return false
			}
		}
		for name := range g {
			if _, has := want[name]; all && !has && !without[name] {
				return false
			}
		}
		return true
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(want) {
			return false
		}
		for i, x := range want {
			if !within(x, g[i], without, all) {
				return false
			}
		}
		return true
	}
	return want == got
}
