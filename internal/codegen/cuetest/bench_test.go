package cuetest_test

import (
	"testing"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/codegen/cuetest/scale"
)

// BenchmarkGenerate writes a hundred aggregates, without reading them.
func BenchmarkGenerate(b *testing.B) {
	dir := b.TempDir()
	write(b, dir, map[string][]byte{"scale/scale.cue": []byte(scale.Schema(100))})
	s := loadSchema(b, "scale", dir)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := codegen.Generate(s.Schema, s.options()); err != nil {
			b.Fatal(err)
		}
	}
}
