package cuetest_test

import (
	"os"
	"path/filepath"
	"testing"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/cueload"
)

func TestScratch(t *testing.T) {
	dir, out, mod := os.Getenv("SCHEMA"), os.Getenv("OUT"), os.Getenv("MOD")
	s, err := cueload.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	o, err := codegen.Generate(s, codegen.Options{Module: mod})
	if err != nil {
		t.Fatal(err)
	}
	for p, b := range o.Files {
		p = filepath.Join(out, p)
		os.MkdirAll(filepath.Dir(p), 0o755)
		os.WriteFile(p, b, 0o644)
	}
	for p, b := range o.Stubs {
		p = filepath.Join("/tmp/cg", p)
		os.MkdirAll(filepath.Dir(p), 0o755)
		os.WriteFile(p, b, 0o644)
	}
}
