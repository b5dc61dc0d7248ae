package live

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"ironstar.dev"
	"ironstar.dev/internal/text"
	"ironstar.dev/wire"
)

// CommandSet holds the commands of one aggregate and their addresses. Generated
// code fills it.
type CommandSet[C any] struct {
	Kind    string // "todo.List"
	Path    string // "/todo/list": commands are POSTs to <path>/<id>/<command>
	Handler Handler[C]

	// CheckID returns an error if no stream of the kind can have the id. The answer
	// is 404 then. nil allows all ids.
	CheckID func(id string) error

	// Parse decodes and checks a command. Its errors are
	// ironstar.ErrUnknownCommand, *wire.SyntaxError and ironstar.Invalid.
	Parse func(name string, body []byte, o ironstar.Origin) (C, error)

	Inputs map[string][]wire.Input // by command: how forms and signals are converted to its JSON

	// Internal names the commands that only processes and Go code give. They have no
	// address: a request for one is answered as that for an unknown command.
	Internal []string
}

// Commands adds the addresses of an aggregate's commands to a server.
func Commands[C any](s *Server, set CommandSet[C]) {
	pattern := set.Path + "/{id}/{command}"
	s.commands[pattern] = true
	set.Inputs = maps.Clone(set.Inputs)
	for _, name := range set.Internal {
		delete(set.Inputs, name)
	}
	s.inventory.addCommands(set.Kind, set.Path, set.Inputs)
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		q, err := s.request(w, r, set.Kind, set.CheckID, set.Inputs)
		defer q.release()
		if err != nil {
			s.commandFailed(w, r, q, s.requestProblem(r, err))
			return
		}
		c, err := parse(s, r, q, set)
		if err != nil {
			s.commandFailed(w, r, q, s.requestProblem(r, q.body.Named(err)))
			return
		}
		receipt, err := set.Handler.Handle(r.Context(), q.id, c)
		if err != nil {
			s.commandFailed(w, r, q, s.problemOf(r, err))
			return
		}
		s.commandDone(w, r, q, set.Kind, receipt)
	})
}

// parse converts a request to a command.
func parse[C any](s *Server, r *http.Request, q *request, set CommandSet[C]) (c ironstar.Command[C], err error) {
	session, actor := s.Session(r).ID, s.opts.Actor(r)
	c.Metadata = ironstar.Metadata{
		CommandID:   commandID(q.key, session),
		Correlation: correlationOf(r),
		Actor:       actor,
		Session:     session,
		TraceParent: traceParentOf(r),
	}
	if q.key != "" {
		if c.Request, err = requestHash(q.command, q.body.JSON); err != nil {
			return c, err
		}
	}
	c.Data, err = set.Parse(q.command, q.body.JSON, ironstar.Origin{
		Now: time.Now, NewUUID: ironstar.NewUUID, Actor: actor, Session: session,
	})
	return c, err
}

// request is a command before it is parsed.
type request struct {
	id      string
	isNew   bool // the id was made for this command, see NewID
	command string
	key     string // the Idempotency-Key, or that of a plain form
	held    countedBody
	body    wire.Filled // JSON of the command's fields
	inputs  []wire.Input

	client  client
	errors  map[string]bool // the page's signals for errors, by field; true if it shows an error
	oldPage bool            // the page has the old name of that signal
	back    string          // the address to which a plain form is redirected
	form    url.Values      // the values of the form
}

// release gives the body's bytes back after the answer.
func (q *request) release() {
	if q.held.budget != nil {
		q.held.release()
	}
}

type client int

const (
	clientJSON client = iota
	clientSignals
	clientDatastarForm // Datastar that sends a form instead of signals
	clientForm
	clientScript // a page's client that sends a form: package live/client
)

// request reads a request and checks everything except the content of the command.
// If there is an error, it returns the part that was read.
func (s *Server) request(w http.ResponseWriter, r *http.Request, kind string, check func(string) error, inputs map[string][]wire.Input) (*request, error) {
	q := &request{id: text.Normal(wire.PathPart(r.PathValue("id"))), command: r.PathValue("command")}
	if r.Method != http.MethodPost {
		return q, notAllowed(http.MethodPost)
	}
	if err := (ironstar.Stream{Kind: kind, ID: q.id}).CheckNew(); err != nil {
		return q, malformed("%v", err)
	}
	if q.id != NewID {
		if err := checkID(check, q.id); err != nil {
			return q, err
		}
	}
	known := false
	if q.inputs, known = inputs[q.command]; !known {
		return q, ironstar.ErrUnknownCommand
	}
	var err error
	if q.key, err = idempotencyKey(r); err != nil {
		return q, err
	}
	err = s.readBody(w, r, q)
	if q.key == "" && q.client == clientForm {
		q.key = plainKey(r.URL, q.form)
	}
	if q.id == NewID {
		q.id, q.isNew = newStreamID(kind, commandID(q.key, s.Session(r).ID)), true
		if err == nil && checkID(check, q.id) != nil {
			err = &Problem{Status: http.StatusNotFound, Code: "no_such_id", Detail: "The server cannot make an id here: ids have a form of their own.", forPeople: true}
		}
	}
	if q.back != "" && s.isCommand(r, q.back) {
		q.back = "/"
	}
	return q, err
}

// isCommand reports whether an address on this server is that of a command. The
// page of a refused form has such an address, and nobody can return to it.
func (s *Server) isCommand(r *http.Request, address string) bool {
	u, err := url.Parse(address)
	if err != nil || !isPlainPath(u) {
		return false
	}
	_, pattern := s.mux.Handler(&http.Request{Method: http.MethodPost, URL: u, Host: r.Host})
	return s.commands[pattern]
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

// commandID returns the id under which a command is stored. Keys are made by
// clients, so two people may use the same one: an id holds the session too, and
// commands without a session have a scope of their own (docs/decisions/034). A
// key has no blanks, so no key is the id of a command of a session.
func commandID(key, session string) string {
	if key == "" || session == "" {
		return key
	}
	return key + " " + session
}

// correlationOf returns the id that the client sent, or a new one.
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

// requestHash returns the same hash for the same fields with the same values, in
// any order and with any spaces.
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

// canonical returns the same text for all texts of a JSON value.
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
