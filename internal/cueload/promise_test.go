package cueload_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/load"

	"ironstar.dev/internal/cueload"
)

// TestG18_SameWhereverItLies loads copies of a schema from other places, with
// another working directory and from several goroutines.
func TestG18_SameWhereverItLies(t *testing.T) {
	const from = "testdata/features/crosspackage"
	first, err := cueload.Load(from)
	if err != nil {
		t.Fatal(report(t, err))
	}
	want := dump(first)
	dir := filepath.Join(t.TempDir(), "a b", "ü")
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CUE_REGISTRY", "none")
	t.Chdir(t.TempDir())
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			s, err := cueload.Load(dir)
			if err != nil {
				t.Error(err)
			} else if got := dump(s); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
	wait.Wait()
}

// TestErrorsDoNotKnowThePlace does the same for errors.
func TestErrorsDoNotKnowThePlace(t *testing.T) {
	for _, from := range cases(t, "testdata/errors") {
		if filepath.Base(from) == "IRN001-unreadable" { // CopyFS does not copy the link
			continue
		}
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
		_, err1 := cueload.Load(from)
		_, err2 := cueload.Load(dir)
		if fmt.Sprint(err1) != fmt.Sprint(err2) {
			t.Errorf("%s: got\n%v\nwant\n%v", from, err2, err1)
		}
	}
}

// TestDirectory: a directory that is not a schema gives an error.
func TestDirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.cue")
	if err := os.WriteFile(file, []byte("package a"), 0o644); err != nil {
		t.Fatal(err)
	}
	var found cueload.Errors
	if _, err := cueload.Load(file); err == nil || errors.As(err, &found) {
		t.Errorf("a file: got %v", err)
	}
	if _, err := cueload.Load(file + "x"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("nothing: got %v", err)
	}
}

// TestCUEAccepts loads the valid cases with CUE's own loader and the copy of
// the meta-schema that ironstar init writes: cue vet and editors must accept
// them too.
func TestCUEAccepts(t *testing.T) {
	dirs := append(cases(t, "testdata/features"), "../../schema", languageSchema(t))
	for _, from := range dirs {
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
		module := filepath.Join(dir, "cue.mod", "module.cue")
		if _, err := os.Stat(module); err != nil {
			write(t, module, "module: \"schema.local\"\nlanguage: version: \"v0.17.0\"\n")
		}
		write(t, filepath.Join(dir, "cue.mod", "pkg", "ironstar.dev", "schema", "schema.cue"), string(cueload.MetaSchema()))
		ctx := cuecontext.New()
		for _, inst := range load.Instances([]string{"./..."}, &load.Config{Dir: dir, Env: []string{"CUE_REGISTRY=none"}}) {
			if inst.Err != nil {
				t.Errorf("%s: %v", from, inst.Err)
				continue
			}
			if err := ctx.BuildInstance(inst).Validate(cue.All()); err != nil {
				t.Errorf("%s: %v", from, err)
			}
		}
	}
}

// TestApplicationHasThisLanguage compares the copy in the reference application
// with the meta-schema.
func TestApplicationHasThisLanguage(t *testing.T) {
	if w := cueload.Warnings("../../schema"); len(w) > 0 {
		t.Error(w)
	}
	have, err := os.ReadFile("../../schema/cue.mod/pkg/ironstar.dev/schema/schema.cue")
	if err != nil || !bytes.Equal(have, cueload.MetaSchema()) {
		t.Errorf("schema/cue.mod/pkg is not the meta-schema (%v): copy internal/cueload/schema.cue there", err)
	}
}

func TestWarningsWithoutCopy(t *testing.T) {
	if w := cueload.Warnings(t.TempDir()); w != nil {
		t.Errorf("got %v", w)
	}
}

var odd = cueload.Errors{
	{
		Code: "IRN012", Message: "100% \"odd\"", Hint: "a, b: c", Width: 3, Line: "\tabc", Raw: "x\ny",
		Pos: pos("a,b.cue", 2, 2), Also: places(pos("c.cue", 1, 1)),
	},
	{Code: "IRN007", Message: "nothing", Width: 1},
}

func TestWriteText(t *testing.T) {
	var b bytes.Buffer
	if err := odd.WriteText(&b, true); err != nil {
		t.Fatal(err)
	}
	const want = `a,b.cue:2:2: 100% "odd" (IRN012)
    2 |     abc
      |     ^^^
      = also: c.cue:1:1
      = hint: a, b: c
      = cue: x
             y
nothing (IRN007)
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestWriteJSON(t *testing.T) {
	var b bytes.Buffer
	if err := odd.WriteJSON(&b, "warning"); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(lines) != 2 {
		t.Fatalf("got %d lines", len(lines))
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(lines[0]), &got); err != nil {
		t.Fatal(err)
	}
	if got["level"] != "warning" || got["file"] != "a,b.cue" || got["line"] != 2.0 || got["code"] != "IRN012" || got["message"] != `100% "odd"` || got["hint"] != "a, b: c" {
		t.Errorf("got %v", got)
	}
}

func TestWriteGitHub(t *testing.T) {
	var b bytes.Buffer
	if err := odd.WriteGitHub(&b, "error", "schema"); err != nil {
		t.Fatal(err)
	}
	const want = "::error file=schema/a%2Cb.cue,line=2,col=2,endColumn=5,title=IRN012::100%25 \"odd\"%0Ahint: a, b: c\n" +
		"::error title=IRN007::nothing\n"
	if b.String() != want {
		t.Errorf("got  %q\nwant %q", b.String(), want)
	}
}

// TestCodesAreInOrder: readers and tools expect the table of codes in order.
func TestCodesAreInOrder(t *testing.T) {
	last := ""
	for _, c := range cueload.Codes() {
		if c.Code <= last || c.Title == "" || len(c.Text) < 20 {
			t.Errorf("%+v", c)
		}
		last = c.Code
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
