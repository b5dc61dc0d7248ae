package main

import (
	"context"
	"testing"
)

func BenchmarkLoad(b *testing.B) {
	x := &bench{}
	for b.Loop() {
		if _, err := x.loadRun(context.Background(), "/tmp/read/db/streams.db", 1000, 100); err != nil {
			b.Fatal(err)
		}
	}
}
