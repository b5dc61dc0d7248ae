package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/load"
)

// TestInitPassesCueVet: CUE's own tools accept the files that init writes, without a
// registry, a network or flags. The test loads them as `cue vet ./...` does.
func TestInitPassesCueVet(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "go.mod"), []byte("module example.com/Shouting/app\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	schema := filepath.Join(root, "schema")
	var stdout, stderr bytes.Buffer
	if code := run(context.Background(), []string{"init", schema}, &stdout, &stderr); code != exitDone {
		t.Fatalf("init ends with %d: %s", code, &stderr)
	}
	instances := load.Instances([]string{"./..."}, &load.Config{Dir: schema, Env: []string{"CUE_REGISTRY=none"}})
	if len(instances) != 1 {
		t.Fatalf("CUE finds %d packages", len(instances))
	}
	if err := instances[0].Err; err != nil {
		t.Fatal(err)
	}
	if err := cuecontext.New().BuildInstance(instances[0]).Validate(); err != nil {
		t.Error(err)
	}
}
