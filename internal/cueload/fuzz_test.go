package cueload_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ironstar.dev/internal/cueload"
)

// FuzzLoad mutates the feature and error cases. For every text, Load returns a
// schema or well-formed errors, in a short time. CUE is large, so limit the time
// that the fuzzer takes to minimize:
//
//	go test -fuzz FuzzLoad -fuzzminimizetime 5x ./internal/cueload
func FuzzLoad(f *testing.F) {
	for _, root := range []string{"testdata/features", "testdata/errors"} {
		for _, dir := range cases(f, root) {
			files, err := filepath.Glob(filepath.Join(dir, "*.cue"))
			if err != nil {
				f.Fatal(err)
			}
			for _, file := range files {
				if data, err := os.ReadFile(file); err == nil {
					f.Add(string(data))
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "a.cue"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		s, err := cueload.Load(dir)
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("took %s", took)
		}
		var found cueload.Errors
		switch {
		case err == nil:
			if s == nil {
				t.Fatal("neither a schema nor an error")
			}
			checkModel(t, s)
			dump(s)
		case errors.As(err, &found):
			checkErrors(t, found)
			for _, e := range found {
				if e.Pos.File == "" && e.Code != "IRN007" {
					t.Errorf("%s has no place", e)
				}
				if e.Code == "IRN013" {
					t.Errorf("a panic: %s", e)
				}
			}
		default:
			t.Fatalf("load: %v", err)
		}
	})
}
