package cuetest_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ironstar.dev"
	"ironstar.dev/gen/todo"
	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/testcases"
)

// FuzzG17_AcceptedIsAccepted: CUE accepts everything that the generated code of
// the reference application accepts. The other direction has intended
// differences (see testcases.Case) and is compared with recorded cases.
func FuzzG17_AcceptedIsAccepted(f *testing.F) {
	s := loadSchema(f, "todo", "../../../schema")
	p := s.Packages[slices.IndexFunc(s.Packages, func(p *model.Package) bool { return p.Name == "todo" })]
	roots, err := codegen.Roots(s.Schema, p)
	if err != nil {
		f.Fatal(err)
	}
	accepts := map[string]func([]byte) bool{
		"#List.event.Added.v1": func(json []byte) bool {
			events, err := todo.DecodeListEvent(&ironstar.Record{Type: "Added", SchemaVersion: 1, Payload: json})
			if err != nil {
				return false
			}
			_, err = todo.EncodeListEvent(events[0])
			return err == nil
		},
		"#List.command.Complete": func(json []byte) bool {
			_, err := todo.ParseListCommand("complete", json, ironstar.Origin{})
			return err == nil
		},
		"#Board.param": func(json []byte) bool {
			_, err := todo.ParseBoardParams(json)
			return err == nil
		},
	}
	for _, r := range roots {
		if accepts[r.Path] != nil {
			for _, c := range testcases.Cases(r, 30) {
				f.Add(r.Path, c.JSON)
			}
		}
	}
	f.Add("#List.event.Added.v1", []byte("{\"id\":\"0f8fad5b-d9cb-469f-a165-70867728950e\",\"text\":\"\ufeff\"}"))
	ask := newOracle(f, s)
	asked := 0
	f.Fuzz(func(t *testing.T, path string, json []byte) {
		if accepts[path] == nil || !accepts[path](json) {
			return
		}
		if asked++; asked%5000 == 0 {
			ask = newOracle(t, s) // a CUE context never frees memory
		}
		if !ask.Accepts(p, path, testcases.ForCUE(json)) {
			t.Errorf("%s: %s is accepted, and CUE refuses it", path, json)
		}
	})
}

// TestG7_StoredVersionIsNamed: an unknown stored event is an error that names
// its type and version.
func TestG7_StoredVersionIsNamed(t *testing.T) {
	for name, r := range map[string]*ironstar.Record{
		"another type":    {Type: "Gone", SchemaVersion: 1, Payload: []byte(`{}`)},
		"another version": {Type: "Completed", SchemaVersion: 2, Payload: []byte(`{"id":"0f8fad5b-d9cb-469f-a165-70867728950e"}`)},
		"no version":      {Type: "Completed", Payload: []byte(`{"id":"0f8fad5b-d9cb-469f-a165-70867728950e"}`)},
	} {
		if events, err := todo.DecodeListEvent(r); err == nil {
			t.Errorf("%s was read as %v", name, events)
		}
	}
}

// TestG7_OneDecodePath: each event has exactly one function that decodes stored
// bytes, and aggregates and views use the same one.
func TestG7_OneDecodePath(t *testing.T) {
	for _, s := range schemas(t) {
		out := generate(t, s)
		for _, p := range s.Packages {
			text := packageText(out, p)
			if got := countWord(text, "Payload"); got != len(p.Aggregates) {
				t.Errorf("%s: stored bytes are there %d times, want once for each of %d aggregates", s.name, got, len(p.Aggregates))
			}
			for _, a := range p.Aggregates {
				checkOneDecodePath(t, s, text, a)
			}
		}
	}
}

// checkOneDecodePath counts the cases in the decode function. It does not count
// functions that read JSON, because events with the same fields share them.
func checkOneDecodePath(t *testing.T, s schema, text string, a *model.Aggregate) {
	t.Helper()
	_, body, _ := strings.Cut(text, "\nfunc Decode"+a.Name+"Event(")
	body, _, _ = strings.Cut(body, "\n}\n")
	once := func(event string, versions []*model.EventVersion) {
		for _, v := range versions {
			stored := fmt.Sprintf("case wire.EventVersion{Type: %q, Version: %d}:\n", event, v.Version)
			if got := strings.Count(body, stored); got != 1 {
				t.Errorf("%s: Decode%sEvent has %s.v%d %d times, want it once", s.name, a.Name, event, v.Version, got)
			}
		}
	}
	for _, e := range a.Events {
		once(e.Name, e.Versions)
	}
	for _, e := range a.Retired {
		once(e.Name, e.Versions)
	}
}

// packageText returns all generated Go code of a package except tests.
func packageText(out *codegen.Output, p *model.Package) string {
	var b strings.Builder
	for name, text := range out.Files {
		if strings.HasSuffix(name, "_gen.go") && strings.Contains(string(text), "\npackage "+p.Name+"\n") {
			b.Write(text)
		}
	}
	return b.String()
}

func countWord(text, word string) int {
	return len(regexp.MustCompile(`\b`+regexp.QuoteMeta(word)+`\b`).FindAllString(text, -1))
}
