package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
	gen "ironstar.dev/gen/todo"
	"ironstar.dev/internal/app/todo"
	"ironstar.dev/sqlite"
)

func TestFill(t *testing.T) {
	n := 1000000
	fmt.Sscan(os.Getenv("N"), &n)
	os.RemoveAll(os.Getenv("DIR"))
	os.MkdirAll(os.Getenv("DIR"), 0o755)
	if err := fillLog(context.Background(), os.Getenv("DIR")+"/log.db", n); err != nil {
		t.Fatal(err)
	}
	if err := fillStreams(context.Background(), os.Getenv("DIR")+"/streams.db", 1000, 100); err != nil {
		t.Fatal(err)
	}
}

func cpu() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(0, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func rate(t *testing.T, name string, n int, f func()) {
	best, least, gcs := 0.0, time.Hour, uint32(0)
	var a, z runtime.MemStats
	for range 3 {
		runtime.GC()
		runtime.ReadMemStats(&a)
		b, c := time.Now(), cpu()
		f()
		best = max(best, float64(n)/time.Since(b).Seconds())
		least = min(least, cpu()-c)
		runtime.ReadMemStats(&z)
		gcs = z.NumGC - a.NumGC
	}
	t.Logf("%-14s %6.0fk/s  %5.0f ns CPU  %5.1f allocs %4.0f B  %d GCs", name, best/1e3, float64(least)/float64(n), float64(z.Mallocs-a.Mallocs)/float64(n), float64(z.TotalAlloc-a.TotalAlloc)/float64(n), gcs)
}

func TestRates(t *testing.T) {
	ctx := context.Background()
	store, err := sqlite.Open(ctx, os.Getenv("DIR")+"/log.db", sqlite.Options{Shapes: gen.ListShapes})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	h, _ := store.Head(ctx)
	n := int(h)
	rate(t, "log", n, func() {
		for _, err := range store.Log(ctx, 0) {
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	rate(t, "log+decode", n, func() {
		for _, err := range store.Log(ctx, 0, func(r *ironstar.Record) { ironstar.Decoded(r, gen.DecodeListEvent) }) {
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	rate(t, "rebuild", n, func() {
		eng := engine.New(store, engine.Options{})
		engine.Run(eng, gen.NewList(todo.List{}))
		engine.Follow(eng, gen.NewTally(todo.Tally{}))
		if err := eng.Start(ctx); err != nil {
			t.Fatal(err)
		}
		eng.Close()
	})
	rate(t, "floor 1", n, func() {
		if _, err := scanFloor(os.Getenv("DIR")+"/log.db", n, 1); err != nil {
			t.Fatal(err)
		}
	})
	rate(t, "floor 2", n, func() {
		if _, err := scanFloor(os.Getenv("DIR")+"/log.db", n, 2); err != nil {
			t.Fatal(err)
		}
	})
	rate(t, "preflight", n, func() {
		if _, err := preflightRun(ctx, os.Getenv("DIR")+"/log.db", n); err != nil {
			t.Fatal(err)
		}
	})
	b := &bench{}
	rate(t, "load", 1000000, func() {
		if _, err := b.loadRun(ctx, os.Getenv("DIR")+"/streams.db", 1000, 100); err != nil {
			t.Fatal(err)
		}
	})
	rate(t, "load floor", 1000000, func() {
		if _, err := b.loadFloor(os.Getenv("DIR")+"/streams.db", 1000, 100); err != nil {
			t.Fatal(err)
		}
	})
}
