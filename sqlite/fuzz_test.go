package sqlite_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/sqlite"
)

// FuzzOpen changes bytes of a database and uses it. Nothing may panic or hang;
// an error is fine, and so is a change that hits no one.
func FuzzOpen(f *testing.F) {
	good := read(f, madeStore(f))
	f.Add(uint32(0), []byte("not SQLite"), uint32(len(good)))
	f.Add(uint32(16), []byte{0, 0}, uint32(len(good)))       // page size
	f.Add(uint32(28), []byte{0, 0, 0, 1}, uint32(len(good))) // size in pages
	f.Add(uint32(60), []byte{0, 0, 0, 9}, uint32(len(good))) // layout
	f.Add(uint32(68), []byte{0, 0, 0, 9}, uint32(len(good))) // application
	f.Add(uint32(103), []byte{0xff, 0xff}, uint32(len(good)))
	f.Add(uint32(8192), []byte{5, 0, 0, 0, 9}, uint32(len(good)))
	f.Add(uint32(0), []byte{}, uint32(5000))
	f.Fuzz(func(t *testing.T, at uint32, change []byte, size uint32) {
		changed := append([]byte(nil), good...)
		copy(changed[min(int(at), len(changed)):], change)
		changed = changed[:min(int(size), len(changed))]
		file := filepath.Join(t.TempDir(), "log.db")
		if err := os.WriteFile(file, changed, 0o666); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		use(ctx, file)
		if ctx.Err() != nil {
			t.Error("it takes too long")
		}
	})
}

// use opens a file and calls everything on it.
func use(ctx context.Context, file string) {
	if r, err := sqlite.OpenReader(ctx, file); err == nil {
		for _, err := range r.Log(ctx, 0) {
			if err != nil {
				break
			}
		}
		r.Close()
	}
	s, err := sqlite.Open(ctx, file, sqlite.Options{Readers: 1})
	if err != nil {
		return
	}
	defer s.Close()
	made := childAppend("made", 0, 4)
	for _, err := range s.Log(ctx, 0) {
		if err != nil {
			break
		}
	}
	for r, err := range s.Stream(ctx, made.Stream, 0) {
		if err != nil {
			break
		}
		r.Metadata()
	}
	s.Command(ctx, made.Stream, made.Metadata.CommandID, made.Request)
	s.Append(ctx, made, childAppend("new", 0, 1), ironstar.Append{Stream: made.Stream, Expected: 1})
	s.Head(ctx)
}
