package codegen_test

import (
	"os"
	"path/filepath"
	"testing"

	"ironstar.dev/internal/codegen"
)

func TestScratch(t *testing.T) {
	o, err := codegen.Generate(todo(), codegen.Options{Module: "ironstar.dev"})
	if err != nil {
		t.Fatal(err)
	}
	for p, b := range o.Files {
		p = filepath.Join("/work/main", p)
		os.MkdirAll(filepath.Dir(p), 0o755)
		os.WriteFile(p, b, 0o644)
	}
	for p, b := range o.Stubs {
		p = filepath.Join("/tmp/cg", p)
		os.MkdirAll(filepath.Dir(p), 0o755)
		os.WriteFile(p, b, 0o644)
	}
}
