package cueload_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/cueload"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/testcases"
	"ironstar.dev/wire/wiretest"
)

// TestG17_QuestionsInARowAndAlone asks about values near the bounds of every
// type of every feature, once in batches, with unions written by their tags,
// and once one by one, with the unchanged schema. The answers must be the same,
// and an error in one value must not affect the others.
func TestG17_QuestionsInARowAndAlone(t *testing.T) {
	asked, accepted := 0, 0
	for _, dir := range append(cases(t, "testdata/features"), "../../schema", oddSchema(t)) {
		s, values, err := cueload.LoadValues(dir)
		if err != nil {
			t.Fatal(report(t, err))
		}
		for _, p := range s.Packages {
			all := questions(s, p, 40)
			got, err := values.Accepts(p, all)
			if err != nil {
				t.Fatalf("%s: %v", dir, err)
			}
			for i, q := range all {
				asked++
				if got[i] {
					accepted++
				}
				if want := values.AcceptsAlone(p, q); got[i] != want {
					t.Errorf("%s: %s of %s: got %v, alone %v", dir, q.JSON, q.Path, got[i], want)
				}
			}
		}
	}
	t.Logf("%d questions, %d yes", asked, accepted)
	if accepted < asked/5 {
		t.Error("too few are accepted to say much")
	}
}

// questions returns questions about each type of a package. It returns none for
// a feature that only the language has.
func questions(s *model.Schema, p *model.Package, perType int) (all []cueload.Question) {
	roots, _ := codegen.Roots(s, p)
	for _, r := range roots {
		for _, c := range testcases.Cases(r, perType) {
			if !c.AlwaysRefused { // such as a value without its tag, which CUE fills in
				all = append(all, cueload.Question{Path: r.Path, JSON: c.Full})
			}
		}
	}
	return all
}

func TestQuestionAboutNothing(t *testing.T) {
	s, values, err := cueload.LoadValues("../../schema")
	if err != nil {
		t.Fatal(report(t, err))
	}
	if _, err := values.Accepts(s.Packages[0], []cueload.Question{{Path: "#Nothing", JSON: []byte("1")}}); err == nil {
		t.Error("there is no #Nothing, and no error either")
	}
}

// manyKinds returns a document with many kinds of blocks, each of which
// contains blocks, in two files that begin with the same text.
func manyKinds(t *testing.T, kinds int) (*model.Schema, *cueload.Values) {
	t.Helper()
	var union, definitions []string
	for i := range kinds {
		union = append(union, fmt.Sprintf("#K%d", i))
		definitions = append(definitions, fmt.Sprintf("#K%d: {kind: \"k%d\", text: strings.MaxRunes(5), of: [...#Block]}", i, i))
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"doc/a.cue": "package doc\n\n#Block: " + strings.Join(union, " | ") + "\n",
		"doc/b.cue": "package doc\n\n#Other: *#End | #More | ({kind: \"in\", of: #Block} | {kind: \"out\"})\n#End: kind: \"end\"\n#More: {kind: \"more\", of: [...#Other]}\n",
		"doc/k.cue": "package doc\n\nimport \"strings\"\n\n" + strings.Join(definitions, "\n"),
	} {
		file := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	s, values, err := cueload.LoadValues(dir)
	if err != nil {
		t.Fatal(report(t, err))
	}
	return s, values
}

// nested returns a block inside a block, and so on.
func nested(depth int) string {
	if depth == 0 {
		return `{"kind":"k0","text":"","of":[]}`
	}
	return `{"kind":"k1","text":"","of":[` + nested(depth-1) + `]}`
}

// TestQuestionsAboutManyKinds: the work for a value grows with its size, not
// with the number of cases to the power of its depth. The test measures
// allocated memory, which is the same on every machine.
func TestQuestionsAboutManyKinds(t *testing.T) {
	s, values := manyKinds(t, 6)
	work := func(depth int) float64 {
		question := []cueload.Question{{Path: "#Block", JSON: []byte(nested(depth))}}
		return testing.AllocsPerRun(3, func() {
			if got, err := values.Accepts(s.Packages[0], question); err != nil || !got[0] {
				t.Fatalf("a valid block: %v, %v", got, err)
			}
		})
	}
	shallow, deep := work(1), work(4)
	t.Logf("%.0f allocations for 2 blocks, %.0f for 5", shallow, deep)
	if deep > 4*shallow {
		t.Errorf("2 blocks take %.0f allocations and 5 take %.0f", shallow, deep)
	}
}

// TestQuestionsAboutUnions: unions in several files, in brackets, with a
// default, and with inline cases.
func TestQuestionsAboutUnions(t *testing.T) {
	s, values := manyKinds(t, 20)
	for json, want := range map[string]bool{
		`{"kind":"end"}`: true, `{"kind":"out"}`: true, `{"kind":"none"}`: false, `{}`: true, // the default
		`{"kind":"more","of":[{"kind":"in","of":` + nested(5) + `}]}`:                                       true,
		`{"kind":"more","of":[{"kind":"in","of":` + strings.Replace(nested(5), `""`, `"123456"`, 1) + `}]}`: false,
		`{"kind":"more","of":[{"kind":"in","of":{"kind":"k20","text":"","of":[]}}]}`:                        false,
		`{"kind":"more","of":[{"kind":"in","of":{"kind":"k2","text":"","of":[],"x":1}}]}`:                   false,
		`{"kind":"more"}`: true, `[]`: false, `null`: false, `"end"`: false,
	} {
		got, err := values.Accepts(s.Packages[0], []cueload.Question{{Path: "#Other", JSON: []byte(json)}})
		if err != nil || got[0] != want {
			t.Errorf("%s: %v, %v, want %v", json, got, err, want)
		}
	}
}

// TestKeysAreNotRespelled: the key of a map does not change, as in Go. CUE
// would normalize it and would treat two forms of it as one.
func TestKeysAreNotRespelled(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a", "a.cue")
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(`package a

import (
	"struct"
	"ironstar.dev/schema"
)

#A: schema.#Aggregate & {
	state: {}
	command: Do: {}
	event: Done: {
		v1: old: [string]: int
		v2: {new: struct.MinFields(2) & {[string]: int}, twice: [string]: int, in: [...{m: [string]: int}]}
		toV2: {new: v1.old, twice: {for k, x in v1.old {(k): 2 * x}}, in: [{m: v1.old}]}
	}
}
`), 0o644)); err != nil {
		t.Fatal(err)
	}
	s, values, err := cueload.LoadValues(dir)
	if err != nil {
		t.Fatal(report(t, err))
	}
	p, two := s.Packages[0], "{\"e\u0301\":1,\"\u00e9\":3}"
	const of = "#A.event.Done"
	made, err := values.Makes(p, of, "v1", "toV2", []byte(`{"old":`+two+`}`))
	if want := `{"new":` + two + `,"twice":` + "{\"e\u0301\":2,\"\u00e9\":6}" + `,"in":[{"m":` + two + `}]}`; err != nil || !wiretest.Same(made, []byte(want)) {
		t.Errorf("made %s, %v; want %s", made, err, want)
	}
	whole, err := values.Completes(p, of+".v2", made)
	if err != nil || !wiretest.Same(whole, made) {
		t.Errorf("completed %s, %v; want %s", whole, err, made)
	}
	answers, err := values.Accepts(p, []cueload.Question{{Path: of + ".v2", JSON: made}})
	if err != nil || !answers[0] {
		t.Errorf("CUE does not take %s: %v", made, err)
	}
}

// TestFieldsThatWaitHaveTheirNamesInCUE: payloads of timers and effects are found
// by their paths.
func TestFieldsThatWaitHaveTheirNamesInCUE(t *testing.T) {
	s, values, err := cueload.LoadValues("testdata/features/processes")
	if err != nil {
		t.Fatal(report(t, err))
	}
	p := s.Packages[0]
	questions := []cueload.Question{
		{Path: "#Cashier.effect.Charge.data", JSON: []byte(`{"winner":"ada","cents":1,"memo":"x"}`)},
		{Path: "#Cashier.effect.Charge.data", JSON: []byte(`{"winner":"ada","cents":0}`)},
		{Path: "#Hammer.timer.Closing", JSON: []byte(`{"lot":"0190b6a4-7e1c-7c3a-9d52-0f4be4a1c2d3"}`)},
		{Path: "#Hammer.timer.Closing", JSON: []byte(`{}`)},
	}
	got, err := values.Accepts(p, questions)
	if err != nil || !slices.Equal(got, []bool{true, false, true, false}) {
		t.Errorf("got %v, %v", got, err)
	}
}
