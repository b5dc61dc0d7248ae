package ops

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"ironstar.dev/engine"
	"ironstar.dev/query"
	"ironstar.dev/sqlite"
)

// answer writes the answer to a question to out: that of the server that owns the
// database, or one that it finds itself if there is no server.
func (app App) answer(e *environment, db string, a asking, out io.Writer) (err error) {
	if err := askServer(e.ctx, db, a, out); !errors.Is(err, errNoServer) {
		return err
	}
	store, err := sqlite.OpenStandby(e.ctx, db, sqlite.Options{})
	if err != nil {
		return err
	}
	eng := engine.New(store, engine.Options{Progress: Progress(e.stderr), Logger: slog.New(slog.NewTextHandler(e.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	defer func() { err = errors.Join(err, eng.Close(), store.Close()) }()
	if _, err := app.register(eng); err != nil {
		return err
	}
	q, err := findQuery(eng, a.Query)
	if err != nil {
		return err
	}
	if err := eng.Start(e.ctx); err != nil {
		return err
	}
	runner := app.queries(Running{Flags: Flags{DB: db}, Store: store, Engine: eng}, e.stderr)
	ctx, end := context.WithCancel(e.ctx)
	var running sync.WaitGroup
	running.Go(func() { runner.Run(ctx) })
	running.Go(func() { tellWhoHasTables(ctx, runner, e.stderr) })
	defer running.Wait()
	defer end()
	head, err := store.Head(ctx)
	if err != nil {
		return err
	}
	return writeAnswer(ctx, q, a, head, out)
}

// tellEvery is how long people wait before they hear why.
const tellEvery = 3 * time.Second

// tellWhoHasTables says now and then, until ctx ends, which tables only another process can
// use. That is a server that this command did not reach.
func tellWhoHasTables(ctx context.Context, runner *query.Runner, out io.Writer) {
	tick := time.NewTicker(tellEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		for _, tables := range runner.Tables() {
			if !tables.Ready && tables.Failures > 0 && tables.Err == nil {
				fmt.Fprintf(out, "another process has the tables %s, and this waits for its end; a server answers instead if this runs as the same user and on the same machine\n", tables.Name)
			}
		}
	}
}

// errNoServer means that no server could be reached.
var errNoServer = errors.New("no server answers")

// askServer lets the server that owns a database answer. Its answer may be longer than
// those to other orders, so it is passed on as it comes.
func askServer(ctx context.Context, db string, a asking, out io.Writer) error {
	body, err := json.Marshal(a)
	if err != nil {
		return err
	}
	resp, close, err := request(ctx, db, http.MethodPost, "/query", body)
	if err != nil {
		return fmt.Errorf("%w: %w", errNoServer, err)
	}
	defer close()
	if resp.StatusCode == http.StatusNotFound { // an older build
		return errNoServer
	}
	if resp.StatusCode != http.StatusOK {
		text, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
		return errors.Join(errors.New(strings.TrimSpace(string(text))), err)
	}
	if _, err := io.Copy(out, resp.Body); err != nil {
		return fmt.Errorf("read the server's answer: %w", err)
	}
	if failed := resp.Trailer.Get(failedTrailer); failed != "" {
		return errors.New(failed)
	}
	return nil
}

// failedTrailer says why an answer that has begun is not complete.
const failedTrailer = "Ironstar-Failed"

// answerQuery answers a question of an operator in the server.
func (r Running) answerQuery(w http.ResponseWriter, req *http.Request) {
	var a asking
	err := json.NewDecoder(http.MaxBytesReader(w, req.Body, 1<<20)).Decode(&a)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	q, err := findQuery(r.Engine, a.Query)
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	head, err := r.Store.Head(req.Context())
	w.Header().Set("Trailer", failedTrailer)
	begun := &firstWrite{ResponseWriter: w}
	if err == nil {
		err = writeAnswer(req.Context(), q, a, head, begun)
	}
	switch {
	case err == nil:
	case begun.written:
		w.Header().Set(failedTrailer, oneLine(err.Error()))
	default:
		w.Header().Del("Trailer")
		http.Error(w, err.Error(), http.StatusConflict)
	}
}

// firstWrite knows whether something was written.
type firstWrite struct {
	http.ResponseWriter
	written bool
}

func (f *firstWrite) Write(p []byte) (int, error) {
	f.written = true
	return f.ResponseWriter.Write(p)
}
