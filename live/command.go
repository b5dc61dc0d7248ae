package live

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"ironstar.dev"
	"ironstar.dev/wire"
)

// Handler takes an aggregate's commands. engine.Handler is one.
type Handler[C any] interface {
	Do(ctx context.Context, id string, c C) (ironstar.Receipt, error)
}

// CommandSet is what one aggregate does, and where. Generated code fills it.
type CommandSet[C any] struct {
	Kind    string // "todo.List"
	Path    string // "/todo/list": commands are POSTs to <path>/<id>/<command>
	Handler Handler[C]

	// Parse makes a command of the JSON that came from outside. Its errors are
	// ironstar.ErrUnknownCommand, *wire.SyntaxError and ironstar.Invalid.
	Parse func(name string, body []byte, o ironstar.Origin) (C, error)

	Inputs map[string][]wire.Input // by command: how forms and signals become its JSON
}

// Commands adds the addresses of an aggregate's commands to a server.
func Commands[C any](s *Server, set CommandSet[C]) {
	s.mux.HandleFunc(set.Path+"/{id}/{command}", func(w http.ResponseWriter, r *http.Request) {
		q, err := s.request(w, r, set.Kind, set.Inputs)
		if err != nil {
			s.commandFailed(w, r, q, err)
			return
		}
		receipt, err := do(s, r, q, set)
		if err != nil {
			s.commandFailed(w, r, q, err)
			return
		}
		s.commandDone(w, r, q, receipt)
	})
}

func do[C any](s *Server, r *http.Request, q *request, set CommandSet[C]) (ironstar.Receipt, error) {
	session, actor := s.Session(r).ID, s.opts.Actor(r)
	ctx := ironstar.WithMetadata(r.Context(), ironstar.Metadata{
		CommandID:   q.commandID,
		Correlation: correlationOf(r),
		Actor:       actor,
		Session:     session,
		TraceParent: traceParentOf(r),
	})
	if q.commandID != "" {
		hash, err := requestHash(q.command, q.body)
		if err != nil {
			return ironstar.Receipt{}, err
		}
		ctx = ironstar.WithRequest(ctx, hash)
	}
	c, err := set.Parse(q.command, q.body, ironstar.Origin{
		Now: time.Now, NewUUID: ironstar.NewUUID, Actor: actor, Session: session,
	})
	if err != nil {
		return ironstar.Receipt{}, err
	}
	return set.Handler.Do(ctx, q.id, c)
}

// request is a command as it arrived, before it is parsed.
type request struct {
	id        string
	command   string
	commandID string // the Idempotency-Key
	body      []byte // JSON of the command's fields
	inputs    []wire.Input

	client client
	errors map[string]bool // names below the signal "errors" of the page: whether it shows one there
	back   string          // where a plain form goes afterwards
	form   url.Values      // what was in it
}

type client int

const (
	clientJSON client = iota
	clientSignals
	clientDatastarForm // Datastar that sends a form instead of signals
	clientForm
)

// request checks everything about a command but its content. It returns what
// is known, also with an error.
func (s *Server) request(w http.ResponseWriter, r *http.Request, kind string, inputs map[string][]wire.Input) (*request, error) {
	q := &request{id: r.PathValue("id"), command: r.PathValue("command")}
	if r.Method != http.MethodPost {
		return q, notAllowed(http.MethodPost)
	}
	if err := checkKey(q.id); err != nil {
		return q, err
	}
	if err := (ironstar.Stream{Kind: kind, ID: q.id}).Check(); err != nil {
		return q, err
	}
	known := false
	if q.inputs, known = inputs[q.command]; !known {
		return q, ironstar.ErrUnknownCommand
	}
	var err error
	if q.commandID, err = idempotencyKey(r); err != nil {
		return q, err
	}
	return q, s.readBody(w, r, q)
}

// checkKey refuses stream ids and view keys that have no business in an
// address: they may have letters, digits and -._~:@+, and do not begin with a
// dot.
func checkKey(key string) error {
	odd := strings.ContainsFunc(key, func(r rune) bool {
		return r == unicode.ReplacementChar || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-._~:@+", r)
	})
	if key == "" || len(key) > ironstar.MaxStreamID || odd || key[0] == '.' {
		return malformed("an id in an address has 1 to %d bytes of letters, digits and -._~:@+, and does not begin with a dot", ironstar.MaxStreamID)
	}
	return nil
}

const maxHeaderID = 128

func visible(s string) bool {
	return s != "" && len(s) <= maxHeaderID && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

func idempotencyKey(r *http.Request) (string, error) {
	values := r.Header.Values("Idempotency-Key")
	if len(values) == 0 {
		return "", nil
	}
	if len(values) > 1 || !visible(values[0]) {
		return "", malformed("Idempotency-Key must be sent once and have 1 to %d visible ASCII characters", maxHeaderID)
	}
	return values[0], nil
}

// correlationOf takes over the id of a client that has one.
func correlationOf(r *http.Request) string {
	for _, name := range []string{"X-Correlation-Id", "X-Request-Id"} {
		if id := r.Header.Get(name); visible(id) {
			return id
		}
	}
	return ironstar.NewUUID().String()
}

// traceParentOf returns a W3C trace context (version 00), or "".
func traceParentOf(r *http.Request) string {
	t := r.Header.Get("Traceparent")
	if len(t) != 55 {
		return ""
	}
	for i, c := range []byte(t) {
		dash := i == 2 || i == 35 || i == 52
		digit := '0' <= c && c <= '9' || 'a' <= c && c <= 'f'
		if dash != (c == '-') || !dash && !digit {
			return ""
		}
	}
	return t
}

// requestHash names what was asked: the same fields with the same values,
// however they were ordered and spaced.
func requestHash(command string, body []byte) ([32]byte, error) {
	ordered := body
	if !isCanonical(body) {
		var err error
		if ordered, err = canonical(body); err != nil {
			return [32]byte{}, malformed("not JSON: %v", err)
		}
	}
	return sha256.Sum256(append([]byte(command+"\x00"), ordered...)), nil
}

// canonical is the one form of all texts of a JSON value.
func canonical(body []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	if err == nil && d.More() {
		err = errors.New("text after the value")
	}
	if err != nil {
		return nil, err
	}
	return json.Marshal(v)
}
