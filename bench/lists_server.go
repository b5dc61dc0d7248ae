package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/a-h/templ"

	"ironstar.dev"
	"ironstar.dev/internal/modelling/gen/auction"
	"ironstar.dev/live"
)

// watchedServer is the argument that makes this command the server below.
const watchedServer = "lists-server"

// serveWatched serves the list of lots, and counts how often a page is rendered. It
// serves until it is killed.
func serveWatched(path, rows, _ string) error {
	n, err := strconv.Atoi(rows)
	if err != nil {
		return err
	}
	c, err := openCatalogue(context.Background(), path, lots{n}, 1<<30)
	if err != nil {
		return err
	}
	server, err := live.New(live.Options{Engine: c.engine, LogID: c.store.LogID(), Build: "1", Insecure: true})
	if err != nil {
		return err
	}
	var rendered atomic.Int64
	live.Pages(server, live.Feed[ironstar.Page[auction.CatalogueRow], auction.CatalogueParams]{
		Path: "/auction/catalogue", Name: auction.CatalogueName, Fingerprint: auction.CatalogueFingerprint, By: ironstar.Global,
		ReaderAt: func(at live.At[auction.CatalogueParams]) live.Reader[ironstar.Page[auction.CatalogueRow]] {
			return c.list.At(at.Params, at.Actor)
		},
		Page: func(p ironstar.Page[auction.CatalogueRow], _ live.At[auction.CatalogueParams]) templ.Component {
			rendered.Add(1)
			return templ.ComponentFunc(func(_ context.Context, w io.Writer) error { return renderLots(w, p.Total, p.Rows) })
		},
		Parse: auction.ParseCatalogueParams, Inputs: auction.CatalogueInputs,
	})
	mux := http.NewServeMux()
	mux.Handle("/", server)
	mux.HandleFunc("POST /run/{events}", func(w http.ResponseWriter, r *http.Request) {
		before := rendered.Load()
		sayRun(w, r, func(events int) (watchedRun, error) {
			took, err := c.feed(r.Context(), events, watchedEvents)
			return watchedRun{Took: took, Rendered: int(settled(&rendered) - before)}, err
		})
	})
	return listenAndPrint(mux)
}

// settled waits until a counter stands still.
func settled(n *atomic.Int64) int64 {
	for last := int64(-1); ; time.Sleep(100 * time.Millisecond) {
		now := n.Load()
		if now == last {
			return now
		}
		last = now
	}
}

// sayRun answers with what a run says.
func sayRun(w http.ResponseWriter, r *http.Request, run func(events int) (watchedRun, error)) {
	events, err := strconv.Atoi(r.PathValue("events"))
	var said watchedRun
	if err == nil {
		said, err = run(events)
	}
	var text []byte
	if err == nil {
		text, err = json.Marshal(said)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(text) // an error means that the client left
}
