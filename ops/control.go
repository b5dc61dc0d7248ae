package ops

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"ironstar.dev/engine"
	"ironstar.dev/sqlite"
)

// control is the way on which commands of the operator reach the server that owns a
// database: a Unix domain socket beside the file, which only the server's user can use.

// longestSocket is the longest name of a socket that all systems accept, in bytes.
const longestSocket = 100

// controlSocket returns the name of the socket of a database.
func controlSocket(db string) (string, error) {
	path, err := filepath.Abs(db)
	if err == nil {
		if real, realErr := filepath.EvalSymlinks(path); realErr == nil {
			path = real
		}
	}
	if err != nil {
		return "", err
	}
	if name := path + ".sock"; len(name) <= longestSocket {
		return name, nil
	}
	sum := sha256.Sum256([]byte(path))
	return filepath.Join(os.TempDir(), fmt.Sprintf("ironstar-%x.sock", sum[:8])), nil
}

// serveControl takes orders until ctx ends. This process owns the database.
func serveControl(ctx context.Context, r Running) error {
	name, err := controlSocket(r.Flags.DB)
	if err != nil {
		return err
	}
	if info, err := os.Lstat(name); err == nil && info.Mode()&os.ModeSocket != 0 {
		os.Remove(name) // a killed server leaves it
	}
	l, err := net.Listen("unix", name)
	if err == nil {
		defer l.Close()
		err = os.Chmod(name, 0o600)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "commands such as processes pause cannot reach this server: %v\n", err)
		return nil
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /processes", r.answerOrder)
	mux.HandleFunc("POST /query", r.answerQuery)
	mux.HandleFunc("GET /attempts", func(w http.ResponseWriter, req *http.Request) {
		w.Write(encoded(r.Engine.Attempts(req.FormValue("process"))))
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	stopped := context.AfterFunc(ctx, func() { server.Close() })
	defer stopped()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// answerOrder carries out an order in the server. The status is 202 if something of a
// process that was paused is still under way.
func (r Running) answerOrder(w http.ResponseWriter, req *http.Request) {
	var o processOrder
	if err := json.NewDecoder(http.MaxBytesReader(w, req.Body, 1<<20)).Decode(&o); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var done string
	var err error
	left := 0
	if o.Do == "pause" {
		left, err = r.Engine.PauseProcess(req.Context(), o.Process, o.Wait)
		done = o.paused(left)
	} else {
		done, err = o.carryOut(req.Context(), r.Store, func(ctx context.Context, change changeProcess) error {
			return r.Engine.ChangeProcess(ctx, o.Process, change)
		})
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	slog.Info("an operator changed a process", "process", o.Process, "order", o.Do, "ids", o.IDs, "reason", o.Reason)
	if left > 0 {
		w.WriteHeader(http.StatusAccepted)
	}
	io.WriteString(w, done)
}

// order carries out an order: in the server that owns the database, or here if there is
// none. It returns what was done.
func (app App) order(ctx context.Context, db string, o processOrder) (string, error) {
	parts, err := app.parts()
	if err != nil {
		return "", err
	}
	store, err := sqlite.Open(ctx, db, sqlite.Options{Shapes: parts.Shapes()})
	if locked := (*sqlite.LockedError)(nil); errors.As(err, &locked) {
		return send(ctx, db, locked, o)
	}
	if err != nil {
		return "", err
	}
	done, err := o.carryOut(ctx, store, func(ctx context.Context, change changeProcess) error {
		return engine.ChangeStoredProcess(ctx, store, o.Process, change)
	})
	if err = errors.Join(err, store.Close()); err != nil {
		return "", err
	}
	return done, nil
}

// answerWithin is how long a server may take for an answer, besides what it waits for.
const answerWithin = 30 * time.Second

// ask sends a request to the server that owns a database, and returns the answer.
func ask(ctx context.Context, db, method, path string, body []byte) (status int, answer []byte, err error) {
	resp, end, err := request(ctx, db, method, path, body)
	if err != nil {
		return 0, nil, err
	}
	defer end()
	answer, err = io.ReadAll(io.LimitReader(resp.Body, 8<<20))
	return resp.StatusCode, answer, err
}

// request sends a request to the server that owns a database. The caller calls end after
// it has read the answer.
func request(ctx context.Context, db, method, path string, body []byte) (resp *http.Response, end func(), err error) {
	name, err := controlSocket(db)
	if err != nil {
		return nil, nil, err
	}
	client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", name)
	}}}
	req, err := http.NewRequestWithContext(ctx, method, "http://server"+path, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	if resp, err = client.Do(req); err != nil {
		return nil, nil, err
	}
	return resp, func() { resp.Body.Close(); client.CloseIdleConnections() }, nil
}

// send gives an order to the server that owns a database.
func send(ctx context.Context, db string, owner *sqlite.LockedError, o processOrder) (string, error) {
	body, err := json.Marshal(o)
	if err != nil {
		return "", err
	}
	ctx, end := context.WithTimeout(ctx, o.Wait+answerWithin)
	defer end()
	status, answer, err := ask(ctx, db, http.MethodPost, "/processes", body)
	if err != nil {
		return "", fmt.Errorf("%s has the database, and cannot be reached (run this as the same user and on the same machine): %w", owner.Owner, err)
	}
	switch status {
	case http.StatusOK:
	case http.StatusAccepted:
		err = errNo
	default:
		return "", errors.New(string(bytes.TrimSpace(answer)))
	}
	return string(answer), err
}

// attemptsAt asks the server that owns a database what a process is sending. Without a
// server there is an error.
func attemptsAt(ctx context.Context, db, process string) (map[string]engine.Attempt, error) {
	ctx, end := context.WithTimeout(ctx, answerWithin)
	defer end()
	status, answer, err := ask(ctx, db, http.MethodGet, "/attempts?process="+url.QueryEscape(process), nil)
	if err == nil && status != http.StatusOK {
		err = errors.New(string(bytes.TrimSpace(answer)))
	}
	var all []engine.Attempt
	if err == nil {
		err = json.Unmarshal(answer, &all)
	}
	if err != nil {
		return nil, err
	}
	byID := map[string]engine.Attempt{}
	for _, a := range all {
		byID[a.ID] = a
	}
	return byID, nil
}
