package cuetest_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ironstar.dev/internal/codegen/cuetest/scale"
)

// TestScale generates, compiles and vets a hundred aggregates and prints the
// time of each step. make bench compares the times with their floors.
func TestScale(t *testing.T) {
	step := stopwatch(t)
	schemaDir := t.TempDir()
	write(t, schemaDir, map[string][]byte{"scale/scale.cue": []byte(scale.Schema(100))})
	s := loadSchema(t, "scale", schemaDir)
	step("read")
	out := generate(t, s)
	step("write")
	size, lines := 0, 0
	for _, text := range out.Files {
		size += len(text)
		lines += strings.Count(string(text), "\n")
	}
	t.Logf("%d files, %d lines, %d bytes", len(out.Files), lines, size)
	dir := module(t, "golden.test")
	write(t, filepath.Join(dir, s.name), out.Files)
	write(t, filepath.Join(dir, s.name), out.Stubs)
	run(t, dir, "go", "build", "ironstar.dev/wire/...", "ironstar.dev/live/...")
	step("build the library")
	run(t, dir, "go", "build", "./...")
	step("build")
	run(t, dir, "go", "vet", "./...")
	step("vet")
}

// stopwatch logs how long each step took.
func stopwatch(t *testing.T) func(what string) {
	last := time.Now()
	return func(what string) {
		t.Logf("%-20s %8.3f s", what, time.Since(last).Seconds())
		last = time.Now()
	}
}
