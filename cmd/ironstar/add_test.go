package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAddTwiceAtOnce: an addition that was begun before another one has ended writes
// nothing. Its generated code would lack the other one's.
func TestAddTwiceAtOnce(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "go.mod"), []byte("module example.com/app\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	schema := filepath.Join(root, "schema")
	ironstar := func(args ...string) {
		t.Helper()
		var said bytes.Buffer
		if code := run(context.Background(), append(args, schema), io.Discard, &said); code != exitDone {
			t.Fatalf("%q ends with %d: %s", args, code, &said)
		}
	}
	if code := run(context.Background(), []string{"init", schema}, io.Discard, io.Discard); code != exitDone {
		t.Fatalf("init ends with %d", code)
	}
	ironstar("add", "aggregate", "bar.Drink", "--dir")
	s := &session{stdout: io.Discard, stderr: io.Discard, dir: root, format: "text"}
	late, err := s.startAdding(t.Context(), addFlags{Dir: schema})
	if err != nil {
		t.Fatal(err)
	}
	ironstar("add", "signal", "bar.Draft", "text:string", "--dir")
	if err := late.aggregate(&addAggregateCmd{Name: "kitchen.Recipe", Command: "Add"}); err != nil {
		t.Fatal(err)
	}
	var conflicts *fileConflicts
	if err := late.finish(); !errors.As(err, &conflicts) || !strings.Contains(conflicts.troubles[0].message, "has changed") {
		t.Errorf("the late addition says %v", err)
	}
	if exists(filepath.Join(schema, "kitchen")) {
		t.Error("the late addition has written files")
	}
	ironstar("generate", "--check")
}
