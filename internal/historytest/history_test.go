package historytest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ironstar.dev"
	"ironstar.dev/internal/historytest"
	"ironstar.dev/internal/historytest/gen/library"
	"ironstar.dev/ironstartest"
)

// released are samples of every version, and the recorded results of their
// steps.
var released = map[string]string{
	"Acquired.v1.jsonl":    `{"name":"Emma","cents":1250}` + "\n",
	"Acquired.v1.up.jsonl": `[{"Bought.v1":{"cents":1250,"name":"Emma"}}]` + "\n",
	"Bought.v1.jsonl":      `{"name":"Emma","cents":0}` + "\n" + `{"name":"A title that is far too long for today","cents":5}` + "\n",
	"Bought.v1.up.jsonl": `{"title":"Emma","cents":0,"shelf":"new"}` + "\n" +
		`{"title":"A title that is far too long for today","cents":5,"shelf":"new"}` + "\r\n",
	"Bought.v2.jsonl":      `{"title":"Emma","cents":99,"shelf":"A"}` + "\n",
	"Bought.v2.up.jsonl":   `{"title":"Emma","price":"0.99","shelf":"A"}` + "\n",
	"Bought.v3.jsonl":      `{"title":"Emma","price":"0.99","shelf":"A"}` + "\n",
	"Lent.v1.jsonl":        `{"to":"Anna"}` + "\n",
	"Lent.v1.up.jsonl":     `{"to":"Anna","days":14}` + "\n",
	"Lent.v2.jsonl":        `{"to":"\u0041nna","days":9007199254740993}` + "\n",
	"Returned.v1.jsonl":    `{}` + "\n",
	"Worn.v1.jsonl":        `{"pages":3}` + "\n",
	"HandedOn.v1.jsonl":    `{"to":"Bea"}` + "\n",
	"HandedOn.v1.up.jsonl": `[{"Returned.v1":{}},{"Lent.v1":{"to":"Bea"}}]` + "\n",
	"Dusted.v1.jsonl":      `{"by":"Carl"}` + "\n",
	"Dusted.v1.up.jsonl":   `[]` + "\n",
	"Torn.v1.jsonl":        `{"pages":0}` + "\n" + `{"pages":2}` + "\n",
	"Torn.v1.up.jsonl":     `[]` + "\n" + `[{"Worn.v1":{"pages":1}},{"Worn.v1":{"pages":2}}]` + "\n",
}

// schemaFolder makes a folder with the released files. otherwise replaces
// files; "" removes one.
func schemaFolder(t *testing.T, otherwise map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{"cue.mod", "samples"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	files := maps.Clone(released)
	maps.Copy(files, otherwise)
	for name, text := range files {
		switch {
		case name == "ironstar.lock":
			put(t, filepath.Join(dir, name), text)
		case text != "":
			put(t, filepath.Join(dir, "samples", "library.Book."+name), text)
		}
	}
	return dir
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestHistoryOf is the test that the tests below run in a separate process,
// with the folder and the hand-written code that they name.
func TestHistoryOf(t *testing.T) {
	dir := os.Getenv("HISTORYTEST_SCHEMA")
	if dir == "" {
		dir = schemaFolder(t, nil)
	}
	var book library.Book = historytest.Book{}
	if other := sides[os.Getenv("HISTORYTEST_SIDE")]; other != nil {
		book = other
	}
	steps := library.BookSteps(book)
	if os.Getenv("HISTORYTEST_SIDE") == "other steps" {
		steps = library.BookSteps(changed{})
	}
	ironstartest.History(t, library.NewBook(book), steps,
		ironstartest.Released{Schema: dir, Update: os.Getenv("HISTORYTEST_UPDATE") != ""})
}

// run runs TestHistoryOf.
func run(t *testing.T, dir, side string, update bool) (output string, passed bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestHistoryOf$", "-test.v")
	cmd.Env = append(os.Environ(), "HISTORYTEST_SCHEMA="+dir, "HISTORYTEST_SIDE="+side)
	if update {
		cmd.Env = append(cmd.Env, "HISTORYTEST_UPDATE=1")
	}
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

// Hand-written code with one fault each.
var sides = map[string]library.Book{
	"changed": changed{}, "impure": impure{}, "panics": panics{}, "refuses": refuses{},
}

type changed struct{ historytest.Book }

func (changed) UpcastBoughtToV3Price(library.BookBoughtV2) (ironstar.Decimal, error) {
	return ironstar.ParseDecimal("7")
}

type impure struct{ historytest.Book }

var asked int64

func (impure) UpcastTorn(library.BookTornV1) ([]library.BookEvent, error) {
	asked++
	return []library.BookEvent{library.BookWorn{Pages: asked}}, nil
}

type panics struct{ historytest.Book }

func (panics) EvolveWorn(s library.BookState, _ library.BookWorn) library.BookState {
	panic("no book has worn pages")
}

type refuses struct{ historytest.Book }

func (refuses) UpcastBoughtToV3Price(library.BookBoughtV2) (ironstar.Decimal, error) {
	return ironstar.Decimal{}, fmt.Errorf("it is too old")
}

// TestG15_HistoryFindsMistakes makes one mistake after the other.
func TestG15_HistoryFindsMistakes(t *testing.T) {
	tests := []struct {
		name, side string
		otherwise  map[string]string
		want       []string
	}{
		{"a released upcaster changed", "changed", nil, []string{"Bought.v2.up.jsonl:1:", `"0.99"`, `"price":"7"`, "must not change", "ironstar.exempt", "with -update"}},
		{"an upcaster that is not pure", "impure", nil, []string{"decoding it twice gives different events", "Torn.v1.jsonl:1:"}},
		{"a state that cannot be folded", "panics", nil, []string{"panic: no book has worn pages", "Worn.v1.jsonl:1:"}},
		{"an upcaster that fails", "refuses", nil, []string{"cannot read this sample", "it is too old", "Bought.v1.jsonl:1:"}},
		{"steps that are not those of the decode function", "other steps", nil, []string{"Bought.v2.jsonl:1:", "the steps give other events"}},
		{"another recorded output", "", map[string]string{"Lent.v1.up.jsonl": `{"to":"Anna","days":7}`}, []string{"Lent.v1.up.jsonl:1:", `"days":14`, "ironstar release"}},
		{"another part", "", map[string]string{"HandedOn.v1.up.jsonl": `[{"Lent.v1":{"to":"Bea"}},{"Returned.v1":{}}]`}, []string{"HandedOn.v1.up.jsonl:1:"}},
		{"a version that is gone", "", map[string]string{"Bought.v4.jsonl": "{}"}, []string{"does not know event Bought.v4"}},
		{"a sample that is not of this shape", "", map[string]string{"Worn.v1.jsonl": `{"pages":3,"by":1}`}, []string{"Worn.v1.jsonl:1:", "cannot read this sample", "by"}},
		{"bounds of today that are narrower than released", "", map[string]string{"Worn.v1.jsonl": `{"pages":0}`}, []string{"Worn.v1.jsonl:1:", "cannot be encoded", "pages"}},
		{"more outputs than samples", "", map[string]string{"Lent.v1.up.jsonl": "{\"to\":\"Anna\",\"days\":14}\n{}\n"}, []string{"2 lines for 1 samples"}},
		{"fewer outputs than samples", "", map[string]string{"Torn.v1.up.jsonl": "[]\n"}, []string{"1 lines for 2 samples", "with -update"}},
		{"samples that the lock knows and that are gone", "", map[string]string{"Worn.v1.jsonl": "", "ironstar.lock": "ironstar.lock 1\n" +
			`{"what":"event","of":"library.Book","name":"Worn","version":1,"sum":""}` + "\nend\n"}, []string{"Worn.v1 of library.Book was released", "restore"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := schemaFolder(t, test.otherwise)
			out, passed := run(t, dir, test.side, false)
			if passed {
				t.Errorf("it passed:\n%s", out)
			}
			for _, want := range test.want {
				if !strings.Contains(out, want) {
					t.Errorf("%q is not in\n%s", want, out)
				}
			}
		})
	}
}

// TestHistoryPasses: samples outside the current bounds, other line ends,
// and a folder without releases are accepted. A folder without a schema is not.
func TestHistoryPasses(t *testing.T) {
	out, passed := run(t, schemaFolder(t, nil), "", false)
	if !passed || !strings.Contains(out, "1 of 2 samples are outside the current bounds") {
		t.Errorf("passed %v, and it does not say that a sample is beyond bounds:\n%s", passed, out)
	}
	empty := t.TempDir()
	if err := os.Mkdir(filepath.Join(empty, "cue.mod"), 0o755); err != nil {
		t.Fatal(err)
	}
	if out, passed := run(t, empty, "", false); !passed || !strings.Contains(out, "no event of library.Book is released yet") {
		t.Errorf("passed %v:\n%s", passed, out)
	}
	if out, passed := run(t, filepath.Join(empty, "elsewhere"), "", false); passed || !strings.Contains(out, "is not a schema's folder") {
		t.Errorf("passed %v:\n%s", passed, out)
	}
}

// TestHistoryRecords records results of hand-written steps once. It changes
// neither samples nor recorded results, and records nothing for other steps.
func TestHistoryRecords(t *testing.T) {
	dir := schemaFolder(t, map[string]string{"Bought.v2.up.jsonl": "", "Torn.v1.up.jsonl": "[]\n", "Lent.v1.up.jsonl": ""})
	before := contents(t, dir)
	if out, passed := run(t, dir, "changed", false); passed || !strings.Contains(out, "Run this test with -update") {
		t.Fatalf("passed %v:\n%s", passed, out)
	}
	if after := contents(t, dir); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("without Update it wrote: %v", after)
	}
	if out, passed := run(t, dir, "", true); !passed || !strings.Contains(out, "then run ironstar release") {
		t.Fatalf("passed %v:\n%s", passed, out)
	}
	before["library.Book.Bought.v2.up.jsonl"] = released["Bought.v2.up.jsonl"]
	before["library.Book.Torn.v1.up.jsonl"] = released["Torn.v1.up.jsonl"]
	want, _ := json.Marshal(before)
	if got, _ := json.Marshal(contents(t, dir)); string(got) != string(want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if _, passed := run(t, dir, "changed", true); passed {
		t.Error("what was recorded is recorded anew")
	}
	if got, _ := json.Marshal(contents(t, dir)); string(got) != string(want) {
		t.Errorf("what was recorded is written again: %s", got)
	}
}

func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, "samples"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, "samples", e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = string(text)
	}
	return all
}
