package compat_test

import (
	"fmt"
	"testing"

	"ironstar.dev/internal/compat"
	"ironstar.dev/internal/model"
)

// large returns a schema of 1000 events with ten fields each.
func large() *model.Schema {
	var events []*model.Event
	for i := range 1000 {
		var fields []*model.Field
		for k := range 10 {
			f := fieldOf(fmt.Sprintf("f%d", k), model.String)
			f.Type.Checks = []model.Check{{Op: model.MaxRunes, Count: 280}}
			fields = append(fields, f)
		}
		events = append(events, event(fmt.Sprintf("E%d", i), payload(fields...)))
	}
	return schemaOf(events)
}

func BenchmarkCompare(b *testing.B) {
	lock, now := compat.LockOf(large()), large()
	for b.Loop() {
		compat.Compare(lock, now, compat.Options{})
	}
}

func BenchmarkParseLock(b *testing.B) {
	text := compat.LockOf(large()).Bytes()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := compat.ParseLock(text); err != nil {
			b.Fatal(err)
		}
	}
}
