package cueload_test

import (
	"testing"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/cueload"
	"ironstar.dev/internal/model"
)

// TestG17_QuestionsInARowAndAlone asks about every type of every feature, near
// the edges of what it allows, in batches and one by one: what is wrong with
// one value says nothing about the others.
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

// questions are about cases of each type of a package; none of a feature that
// only the language has.
func questions(s *model.Schema, p *model.Package, perType int) (all []cueload.Question) {
	roots, _ := codegen.Roots(s, p)
	for _, r := range roots {
		for _, c := range codegen.Cases(r, perType) {
			all = append(all, cueload.Question{Path: r.Path, JSON: c.Full})
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
