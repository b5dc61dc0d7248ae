package cuetest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ironstar.dev/internal/compat"
	"ironstar.dev/internal/cueload"
	"ironstar.dev/internal/testcases"
)

// form is an expression that makes a value of a kind: v1's fields, and x in
// toV2.
type form struct{ kind, v1, makes string }

// forms are all forms of expressions, with and without bounds.
var forms = []form{
	{"string", `a: string`, `v1.a`},
	{"string", `a: strings.MinRunes(2) & strings.MaxRunes(3)`, `v1.a`},
	{"string", `a: =~"^a"`, `v1.a`},
	{"string", `a?: string`, `*v1.a | "abc"`},
	{"string", `a?: strings.MinRunes(2) & strings.MaxRunes(3)`, `*v1.a | "aa"`},
	{"string", `e: "a" | "b" | "c"`, `v1.e`},
	{"string", `e: "a" | "b" | "c"`, `{a: "aa", b: "b", c: "aaba"}[v1.e]`},
	{"string", `a: string`, `*{a: "aa", b: "b"}[v1.a] | "aba"`},
	{"string", `n: int & >=0 & <=3`, `*["a", "aab", "2020-01-02"][v1.n] | "ba"`},
	{"string", `a: strings.MaxRunes(2), b: strings.MaxRunes(1)`, `"a\(v1.a)-\(v1.b)a"`},
	{"string", `a: string, n: int & >=0 & <=20`, `v1.a + "\(v1.n)"`},
	{"string", `n: int & >=0 & <=200`, `"\(v1.n)"`},
	{"string", `ok: bool`, `"\(v1.ok)"`},
	{"string", `u: schema.#UUID`, `"\(v1.u)"`},
	{"string", `d: schema.#Date`, `"\(v1.d)"`},
	{"string", `t: schema.#Time`, `"\(v1.t)"`},
	{"string", `d: schema.#Decimal`, `"\(v1.d)"`},
	{"string", `a: strings.MinRunes(1) & strings.MaxRunes(3)`, `strings.ToUpper(v1.a)`},
	{"string", `a: strings.MinRunes(1) & strings.MaxRunes(3)`, `strings.ToLower(v1.a)`},
	{"string", `a: strings.MinRunes(1) & strings.MaxRunes(3)`, `strings.TrimSpace(v1.a)`},
	{"string", `a: strings.MinRunes(1) & strings.MaxRunes(3)`, `strings.TrimPrefix(v1.a, "a")`},
	{"string", `a: strings.MinRunes(1) & strings.MaxRunes(3)`, `strings.TrimSuffix(v1.a, "a")`},
	{"string", `a: strings.MinRunes(1) & strings.MaxRunes(3)`, `strings.Trim(v1.a, "a")`},
	{"string", `a: strings.MinRunes(1) & strings.MaxRunes(3)`, `strings.Replace(v1.a, "a", "bbb", -1)`},
	{"string", `a: strings.MinRunes(1) & strings.MaxRunes(3)`, `strings.Split(v1.a, "a")[0]`},
	{"string", `a: strings.MinRunes(1) & strings.MaxRunes(3)`, `*strings.Split(v1.a, "a")[1] | "abab"`},
	{"string", `l: [...strings.MaxRunes(2)]`, `strings.Join(v1.l, "-")`},
	{"string", `l: [...strings.MaxRunes(2)]`, `*v1.l[0] | "a"`},
	{"string", `m: [string]: strings.MaxRunes(2)`, `*v1.m.k | "a"`},
	{"string", `p: {a: strings.MaxRunes(2)}`, `v1.p.a`},
	{"string", `p?: {a: strings.MaxRunes(2)}`, `*v1.p.a | "aa"`},
	{"int", `n: int`, `v1.n`},
	{"int", `n: int & >=-2 & <=6`, `v1.n`},
	{"int", `n: int & >=-2 & <=6`, `v1.n + 1`},
	{"int", `n: int & >=-2 & <=6`, `2 - v1.n`},
	{"int", `n: int & >=-2 & <=6, m: int & >=-1 & <=2`, `v1.n * v1.m`},
	{"int", `n: int & >=-20 & <=6`, `div(v1.n, 3)`},
	{"int", `n: int & >=-20 & <=6`, `mod(v1.n, 3)`},
	{"int", `n: int & >=-20 & <=6`, `quo(v1.n, 3)`},
	{"int", `n: int & >=-20 & <=6`, `rem(v1.n, 3)`},
	{"int", `n: int & >=-20 & <=6, m: int & >=-3 & <=3`, `*div(v1.n, v1.m) | 1`},
	{"int", `n: int & >=-20 & <=6, m: int & >=-3 & <=3`, `*rem(v1.n, v1.m) | 1`},
	{"int", `n: int & >=-20 & <=6, m: int & >=-3 & <=3`, `*mod(v1.n, v1.m) | 1`},
	{"int", `n?: int & >=1 & <=4`, `*v1.n | 2`},
	{"int", `n?: int & >=1 & <=4`, `*v1.n | 9`},
	{"int", `e: "a" | "b"`, `{a: 2, b: 7}[v1.e]`},
	{"int", `l: 1 | 2 | 7`, `v1.l`},
	{"int", `l: [...int] & list.MinItems(1) & list.MaxItems(4)`, `len(v1.l)`},
	{"int", `a: strings.MinRunes(1) & strings.MaxRunes(2)`, `len(v1.a)`},
	{"int", `m: {[string]: int}`, `len(v1.m)`},
	{"int", `a: strings.MaxRunes(2)`, `*strconv.Atoi(v1.a) | 2`},
	{"int", `l: [...(int & >=1 & <=4)]`, `*v1.l[0] | 2`},
	{"number", `n: number`, `v1.n`},
	{"number", `n: int & >=-2 & <=6`, `v1.n`},
	{"number", `n: number & >0 & <=4`, `v1.n * 2`},
	{"number", `n: number & >=-1 & <=4`, `v1.n / 3 + 1`},
	{"number", `n: number & >=-1 & <=4, m: number & >=1 & <=2`, `*(v1.n / v1.m) | 0`},
	{"number", `n: number & >=-1 & <=4, m: number`, `*(v1.n / v1.m) | 1`},
	{"number", `n: number & >=1 & <=4`, `1 - v1.n`},
	{"number", `e: "a" | "b"`, `{a: 2.5, b: 7}[v1.e]`},
	{"enum", `e: "a" | "b"`, `v1.e`},
	{"enum", `e: "a" | "b"`, `{a: "b", b: "c"}[v1.e]`},
	{"enum", `a: string`, `*{x: "a"}[v1.a] | "c"`},
	{"list", `l: [...string]`, `v1.l`},
	{"list", `l: [...strings.MaxRunes(2)] & list.MinItems(1) & list.MaxItems(2) & list.UniqueItems()`, `v1.l`},
	{"list", `l: [...strings.MaxRunes(2)] & list.MinItems(1) & list.MaxItems(2) & list.UniqueItems()`, `[for x in v1.l {x}]`},
	{"list", `l: [...string] & list.MinItems(1) & list.MaxItems(2) & list.UniqueItems()`, `[for x in v1.l {"aa"}]`},
	{"list", `l: [...("a" | "b")]`, `[for x in v1.l {{a: "aa", b: "aba"}[x]}]`},
	{"list", `l: [...{a: strings.MaxRunes(2), b?: string}]`, `[for x in v1.l {*x.b | x.a}]`},
	{"list", `a: strings.MaxRunes(2)`, `[v1.a, "aa"]`},
	{"list", `a: strings.MaxRunes(2)`, `["ab", "ab"]`},
	{"list", `a: strings.MaxRunes(2)`, `[]`},
	{"list", `a: strings.MaxRunes(5)`, `strings.Split(v1.a, "a")`},
	{"list", `a: string`, ``},
	{"list", `a?: string`, `if v1.a != _|_ {x: ["a", v1.a]}`},
	{"map", `m: [string]: strings.MaxRunes(2)`, `v1.m`},
	{"map", `a: strings.MaxRunes(2)`, `{k: v1.a, "A b": "aa"}`},
	{"map", `a: string`, ``},
	{"map", `m: [string]: strings.MaxRunes(2)`, `{for k, x in v1.m {(k): x + "a"}}`},
	{"map", `m: {[=~"^[a-z]$"]: string} & struct.MinFields(1)`, `{for k, x in v1.m {(k): "ab"}}`},
	{"map", `m: {["a" | "b"]: int}`, `{for k, x in v1.m {(k): "a\(x)"}}`},
	{"struct", `a: string`, `{s: v1.a, n: 2}`},
	{"struct", `p: {s: string, n: int}`, `v1.p`},
	{"struct", `p: {s: string, n: int}`, `{s: "ab", n: *[3, 4][v1.p.n] | 9}`},
	{"sum", `u: #Was`, `v1.u`},
	{"sum", `a: string, n: int`, `{kind: "one", s: v1.a}`},
	{"sum", `a: string, n: int`, `{kind: "two", n: v1.n}`},
}

// bounds are all constraints by kind.
var bounds = map[string][]string{
	"string": {`strings.MinRunes(2)`, `strings.MaxRunes(2)`, `=~"^a+$"`, `!~"b"`, `!="a"`, `strings.HasPrefix("a")`, `strings.HasSuffix("a")`, `strings.Contains("a")`, `time.Format("2006-01-02")`},
	"int":    {`int & >0`, `int & >=1`, `int & <5`, `int & <=4`, `int & !=2`, `int & math.MultipleOf(2)`, `schema.#Int`},
	"number": {`number & >0`, `number & >=0`, `number & <5`, `number & <=4`, `number & !=2`, `number & math.MultipleOf(0.5)`},
	"enum":   {`"a" | "b" | "c"`, `("a" | "b" | "c") & !="c"`, `("a" | "b" | "c") & !="b"`},
	"list":   {`[...string] & list.MinItems(1)`, `[...string] & list.MaxItems(1)`, `[...string] & list.UniqueItems()`, `[...strings.MaxRunes(2)]`, `[...strings.MinRunes(1)]`, `[...=~"^a"]`},
	"map":    {`{[string]: string} & struct.MinFields(1)`, `{[string]: string} & struct.MaxFields(1)`, `{[=~"^[a-z]+$"]: string}`, `{[strings.MaxRunes(1)]: string}`, `{[string]: strings.MaxRunes(1)}`, `{[string]: =~"^a"}`},
	"struct": {`{s: strings.MaxRunes(2), n: int}`, `{s: string, n: int & <=4}`, `{s: =~"^a", n: int & >=1}`},
	"sum":    {`{kind: "one", s: strings.MaxRunes(2)} | {kind: "two", n: int}`, `{kind: "one", s: string} | {kind: "two", n: int & <=4}`},
}

// stepSchema returns an event whose step makes x of a type.
func stepSchema(f form, bound string) string {
	step := "x: " + f.makes
	if f.makes == "" {
		step = ""
	} else if strings.HasPrefix(f.makes, "if ") {
		step = f.makes
	}
	if f.kind == "sum" { // the cases are definitions
		one, two, _ := strings.Cut(bound, " | ")
		return stepText(f.v1, "#Is", step, "#Was: #WasOne | #WasTwo", `#WasOne: {kind: "one", s: string}`, `#WasTwo: {kind: "two", n: int}`, "#Is: #One | #Two", "#One: "+one, "#Two: "+two)
	}
	return stepText(f.v1, bound, step)
}

func stepText(v1, x, step string, definitions ...string) string {
	body := fmt.Sprintf("#A: schema.#Aggregate & {\n\tstate: n: int\n\tcommand: Do: {}\n\tevent: Added: {\n\t\tv1: {%s}\n\t\tv2: {x: %s}\n\t\ttoV2: {%s}\n\t}\n}\n%s\n",
		v1, x, step, strings.Join(definitions, "\n"))
	var imports strings.Builder
	for _, p := range []string{"list", "math", "strconv", "strings", "struct", "time"} {
		if strings.Contains(body, p+".") {
			fmt.Fprintf(&imports, "import %q\n", p)
		}
	}
	return "package p\n\nimport \"ironstar.dev/schema\"\n" + imports.String() + "\n" + body
}

// TestUpcastNarrowedMissesNothing draws old payloads for every form of
// expression and every kind of constraint. If the step makes a value that
// breaks the constraint, there must be a finding.
func TestUpcastNarrowedMissesNothing(t *testing.T) {
	tried, broke, careful := 0, 0, 0
	for _, f := range forms {
		for _, bound := range bounds[f.kind] {
			text := stepSchema(f, bound)
			p, err := loadFiles(map[string]string{"p.cue": text})
			if err != nil {
				if !strings.Contains(err.Error(), "this cannot be") && !strings.Contains(err.Error(), "is not one of") { // CUE refuses constants itself
					t.Errorf("%s of %s: %v", f.makes, bound, err)
				}
				continue
			}
			tried++
			found := slices.ContainsFunc(compat.Narrowed(&compat.Lock{}, p.Schema), func(f compat.Finding) bool { return f.Rule == "upcast-narrowed" })
			made := p.beyond(t, 60)
			switch {
			case made != "" && !found:
				t.Errorf("x: %s\n  where v1 has %s\n  and v2 x: %s\n  can become %s, and nothing is found", f.makes, f.v1, bound, made)
			case made != "":
				broke++
			case found:
				careful++
			}
		}
	}
	t.Logf("%d tried, %d can break their bound, %d are only reported", tried, broke, careful)
	if tried < 300 || broke < 100 {
		t.Errorf("only %d tried, %d break their bound", tried, broke)
	}
}

// beyond draws old payloads and returns the step's result if it is outside the
// bounds of the new version, or "".
func (p *present) beyond(t *testing.T, draws int) string {
	t.Helper()
	step := p.steps["p.A.Added.v1"]
	var questions []cueload.Question
	seen := map[string]bool{}
	for _, old := range append(testcases.Payloads(step.From.Payload, draws), testcases.Samples(step.From.Payload)...) {
		whole, err := testcases.Complete(step, p.values, testcases.ForCUE(old))
		if err != nil || seen[string(whole)] {
			continue
		}
		seen[string(whole)] = true
		made, err := testcases.Upcast(step, p.values, whole)
		if err != nil {
			t.Fatalf("made of %s: %v", whole, err)
		}
		questions = append(questions, cueload.Question{Path: "#A.event.Added.v2", JSON: testcases.ForCUE([]byte(strings.Trim(string(made), "[]")))})
	}
	answers, err := p.values.Accepts(step.Aggregate.Package, questions)
	if err != nil {
		t.Fatal(err)
	}
	for i, ok := range answers {
		if !ok {
			return string(questions[i].JSON)
		}
	}
	return ""
}
