package cuetest_test

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/testcases"
)

// counting counts questions to CUE by step and type.
type counting struct {
	*oracle
	asked map[string]int
}

func (c counting) Accepts(p *model.Package, path string, json []byte) bool {
	c.asked[path]++
	return c.oracle.Accepts(p, path, json)
}

func (c counting) Makes(p *model.Package, path, source, step string, old []byte) ([]byte, error) {
	c.asked[path+"."+step]++
	return c.oracle.Makes(p, path, source, step, old)
}

// TestRecordedStepsAreReused records again, once without changes and once after
// one step has changed: CUE is asked about that step only. Hand-written steps
// have no cases.
func TestRecordedStepsAreReused(t *testing.T) {
	s := loadSchema(t, "historytest", filepath.Join(history, "schema"))
	library := s.Packages[slices.IndexFunc(s.Packages, func(p *model.Package) bool { return p.Name == "library" })]
	ask := counting{newOracle(t, s), nil}
	record := func(have []byte) []byte {
		t.Helper()
		ask.asked = map[string]int{}
		file, err := testcases.RecordCases(s.Schema, library, ask, have)
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	first := record(nil)
	of := map[string]int{}
	for line := range strings.Lines(string(first)) {
		if _, rest, ok := strings.Cut(line, `"step":"`); ok {
			name, _, _ := strings.Cut(rest, `"`)
			of[name]++
		}
	}
	for _, name := range []string{"Book.Bought.v1", "Book.Lent.v1", "Book.Acquired.v1", "Book.HandedOn.v1", "Book.Dusted.v1"} {
		if of[name] < 10 || of[name] > 40 {
			t.Errorf("%d cases of %s", of[name], name)
		}
	}
	if len(of) != 5 || of["Book.Bought.v2"] != 0 {
		t.Errorf("cases of %v", of)
	}
	if again := record(first); !bytes.Equal(again, first) || len(ask.asked) > 0 {
		t.Errorf("nothing changed, and it asks about %v", ask.asked)
	}
	lent := library.Aggregates[0].Events[1].Versions[1].Upcast
	for _, p := range lent.Make.Parts {
		if p.Field.Name == "days" {
			p.Value.Value.JSON = "15"
		}
	}
	if record(first); len(ask.asked) != 1 || ask.asked["#Book.event.Lent.toV2"] == 0 {
		t.Errorf("asked about %v, want #Book.event.Lent.toV2", ask.asked)
	}
}
