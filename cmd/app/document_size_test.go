package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"ironstar.dev"
	gen "ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
	"ironstar.dev/sqlite"
)

// TestDocumentSize: the document of a list of 100 lines is small on the wire, as
// browsers ask for it.
func TestDocumentSize(t *testing.T) {
	const list = "0194f0d2-5a3b-8c4d-9e6f-0123456789ab"
	file := filepath.Join(t.TempDir(), "app.db")
	fillList(t, file, list, 100)
	addr := freeAddr(t)
	server := launch(t, "-addr", addr, "-db", file)
	server.says(t, "serving on")
	for _, c := range []struct {
		accept string // as a browser writes it
		coding string
		most   int64 // bytes
	}{
		{"gzip, deflate, br, zstd", "zstd", 11_000}, // Chromium and Firefox, over https or to localhost
		{"gzip, deflate", "gzip", 13_800},           // over http
	} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+addr+todohttp.BoardURL(list, gen.BoardParams{}), nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", c.accept)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		size, err := io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Encoding") != c.coding {
			t.Fatalf("%s: %s, %s, %v", c.accept, resp.Status, resp.Header.Get("Content-Encoding"), err)
		}
		t.Logf("%s: %d bytes", c.coding, size)
		if size > c.most {
			t.Errorf("%s: a document of 100 lines has %d bytes, at most %d", c.coding, size, c.most)
		}
	}
	server.Process.Signal(os.Interrupt)
	server.ended(t, 0)
}

// fillList makes a database with a list, the same in every run.
func fillList(t *testing.T, file, list string, lines int) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	store, err := sqlite.Open(t.Context(), file, sqlite.Options{Shapes: gen.ListShapes})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	var events []ironstar.Proposed
	for i := range lines {
		id, err := ironstar.ParseUUID(fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", random.Uint32(), random.Uint32()>>16, random.Uint32()>>20, random.Uint32()>>20, random.Uint64()>>16))
		if err != nil {
			t.Fatal(err)
		}
		e, err := gen.EncodeListEvent(gen.ListAdded{ID: id, Text: fmt.Sprintf("line %d: buy milk, bread and a newspaper", i)})
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	if out := store.Append(t.Context(), ironstar.Append{Stream: ironstar.Stream{Kind: gen.ListKind, ID: list}, Events: events})[0]; out.Err != nil {
		t.Fatal(out.Err)
	}
}
