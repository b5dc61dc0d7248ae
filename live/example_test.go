package live_test

import (
	"context"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	"github.com/a-h/templ"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/live"
	"ironstar.dev/sqlite"
)

// A small application: a command is posted and the page shows the result. The
// code that the generator would write is written out here.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "notes")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	store, err := sqlite.Open(ctx, filepath.Join(dir, "notes.db"), sqlite.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()
	eng := engine.New(store, engine.Options{})
	defer eng.Close()
	handler, reader := engine.Run(eng, newNotes()), engine.Follow(eng, newBoard())
	if err := eng.Start(ctx); err != nil {
		fmt.Println(err)
		return
	}

	s, err := live.New(live.Options{Engine: eng, LogID: store.LogID(), Build: "1", Insecure: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	live.Commands(s, live.CommandSet[command]{Kind: notesKind, Path: "/notes", Handler: handler, Parse: parse, Inputs: inputs})
	live.Pages(s, live.Feed[notes, boardParams]{
		Path: "/board", Name: "test.Board", Fingerprint: "board1", By: ironstar.ByStream,
		Reader: reader, Parse: parseBoard, Inputs: boardInputs,
		Page: func(s notes, at live.At[boardParams]) templ.Component { return board(s, at.Params) },
	})
	server := httptest.NewServer(s) // an application: s.HTTP(addr).ListenAndServe()
	defer server.Close()
	defer s.CloseFeeds()

	resp, err := server.Client().Post(server.URL+"/notes/mine/add", "application/json", strings.NewReader(`{"text":"milk"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	fmt.Print(resp.Status, " ", string(body))

	resp, err = server.Client().Get(server.URL + "/board/mine?_after=" + resp.Header.Get("Ironstar-Position"))
	if err != nil {
		fmt.Println(err)
		return
	}
	page, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	_, content, _ := strings.Cut(string(page), `<div id="live" data-live-title="test.Board">`)
	content, _, _ = strings.Cut(content, "</div>")
	fmt.Println(content)
	// Output:
	// 202 Accepted {"first":1,"last":1,"version":1}
	// <ul data-show-what="all"><li>milk</li></ul>
}
