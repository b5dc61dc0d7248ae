package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/wire"
)

// Problem is an error answer: the JSON of RFC 9457 with a code that programs
// can rely on.
type Problem struct {
	Status  int             `json:"status"`
	Title   string          `json:"title"`             // the status in words
	Code    string          `json:"code"`              // stable: "invalid", "busy"; a refusal's own code
	Detail  string          `json:"detail"`            // a sentence for people
	Errors  []FieldError    `json:"errors,omitempty"`  // by field
	Refusal json.RawMessage `json:"refusal,omitempty"` // a refusal's details
	ID      string          `json:"id,omitempty"`      // finds the cause in the log

	retryAfter time.Duration
	allow      string
	forPeople  bool       // something a person can act on; goes to Datastar as signals
	back       string     // address of the page that a plain form came from
	sent       url.Values // the fields of the plain form
}

// FieldError is one thing that is wrong with a command or with parameters.
type FieldError struct {
	Field   string // "lines[2].qty"; "" means the whole
	Code    string // stable: "max_runes"
	Message string // a sentence for people: that of @message, or of the library

	// Params are the values in the message, so that an application can say it in
	// other words: {"max": 280, "has": 301}. In JSON they stand next to the code.
	// docs/LANGUAGE.md lists them.
	Params map[string]any
}

// MarshalJSON writes the error as an object with its parameters.
func (e FieldError) MarshalJSON() ([]byte, error) {
	b := wire.MemberString([]byte{'{'}, "field", e.Field)
	b = wire.MemberString(b, "code", e.Code)
	b = wire.MemberString(b, "message", e.Message)
	for _, name := range slices.Sorted(maps.Keys(e.Params)) {
		value, err := json.Marshal(e.Params[name])
		if err != nil { // NaN and infinite numbers
			continue
		}
		b = append(wire.Name(b, name), value...)
	}
	return append(b, '}'), nil
}

// Back returns the address of the page that a plain form was sent from, or "/".
func (p *Problem) Back() string {
	if p.back == "" {
		return "/"
	}
	return p.back
}

// Sent returns what a plain form had in a field, so that a page can show it
// again. It returns "" for other clients.
func (p *Problem) Sent(field string) string { return p.sent.Get(field) }

const (
	codeInvalid   = "invalid"
	codeMalformed = "malformed"
)

var closing = Problem{
	Status: http.StatusServiceUnavailable, Code: "closing", forPeople: true, retryAfter: 2 * time.Second,
	Detail: "The server is being restarted. Nothing was stored. Please try again.",
}

// problems maps errors to answers. The first row that matches counts. An error
// without a row is a fault of the server.
var problems = []struct {
	is error
	Problem
}{
	{ironstar.ErrUnknownCommand, Problem{Status: 404, Code: "unknown_command"}},
	{ironstar.ErrStream, Problem{Status: 400, Code: "malformed_id"}},
	{ironstar.ErrCommandReused, Problem{Status: 422, Code: "idempotency_key_reused", forPeople: true,
		Detail: "The Idempotency-Key was used before, for another command."}},
	{ironstar.ErrFinal, Problem{Status: 409, Code: "final", forPeople: true,
		Detail: "This is final and cannot be changed any more."}},
	{ironstar.ErrTaken, Problem{Status: 409, Code: "taken", forPeople: true,
		Detail: "Somebody else has this already. Nothing was stored."}},
	{ironstar.ErrConflict, Problem{Status: 409, Code: "conflict", forPeople: true,
		Detail: "Others changed this at the same time. Nothing was stored. Please try again."}},
	{engine.ErrBusy, Problem{Status: 503, Code: "busy", forPeople: true, retryAfter: time.Second,
		Detail: "Too much is waiting to be done. Nothing was stored. Please try again."}},
	{ironstar.ErrUnknown, Problem{Status: 503, Code: "unknown_outcome", forPeople: true, retryAfter: time.Second,
		Detail: "It is not known whether this was stored. Ask again with the same Idempotency-Key to find out without doing it twice."}},
	{ironstar.ErrRetryable, Problem{Status: 503, Code: "not_stored", forPeople: true, retryAfter: time.Second,
		Detail: "Nothing was stored. Please try again."}},
	{ironstar.ErrNoEngine, Problem{Status: 501, Code: "no_engine",
		Detail: "This server cannot answer the question."}},
	{ironstar.ErrTooSlow, Problem{Status: 503, Code: "too_slow", retryAfter: 10 * time.Second,
		Detail: "The question takes too long at the moment. Please ask for less, or try again later."}},
	{ironstar.ErrBusy, Problem{Status: 503, Code: "busy", retryAfter: time.Second,
		Detail: "Too many questions are asked at the moment. Please try again."}},
	{ironstar.ErrClosed, closing},
	{engine.ErrClosed, closing},
	{context.DeadlineExceeded, Problem{Status: 503, Code: "timeout", forPeople: true, retryAfter: time.Second,
		Detail: "This took too long. Ask again with the same Idempotency-Key to find out whether it was done."}},
	{context.Canceled, Problem{Status: 503, Code: "canceled", forPeople: true, retryAfter: time.Second,
		Detail: "The request was canceled. Ask again with the same Idempotency-Key to find out whether it was done."}},
}

// requestProblem returns the answer to an error in a request.
func (s *Server) requestProblem(r *http.Request, err error) *Problem {
	var (
		invalid ironstar.Invalid
		syntax  *wire.SyntaxError
	)
	switch {
	case errors.As(err, &invalid):
		return invalidProblem(invalid)
	case errors.As(err, &syntax):
		return malformed("%s", syntax.Error())
	}
	return s.problemOf(r, err)
}

// problemOf returns the answer to an error. It logs faults of the server with
// an id. [ironstar.Invalid] is a fault here: the request was checked before, so
// the invalid event comes from decide or from the store.
func (s *Server) problemOf(r *http.Request, err error) *Problem {
	var (
		known   *Problem
		refusal ironstar.Refusal
		reading *engine.ReadingError
	)
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &reading):
		return invalidProblem(reading.Invalid)
	case errors.As(err, &refusal):
		return refusalProblem(err, refusal)
	case errors.Is(err, ironstar.ErrDamaged): // even if it is retryable otherwise
		p := s.fault(r, err)
		p.Code, p.Detail = "damaged", "The data of this server are damaged. Its operator finds the cause in the log under "+p.ID+"."
		return p
	}
	for _, row := range problems {
		if errors.Is(err, row.is) {
			p := row.Problem
			if p.Detail == "" {
				p.Detail = err.Error()
			}
			return &p
		}
	}
	return s.fault(r, err)
}

// Error implements error, so that functions can return a Problem.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

func malformed(format string, args ...any) *Problem {
	return &Problem{Status: http.StatusBadRequest, Code: codeMalformed, Detail: fmt.Sprintf(format, args...)}
}

func invalidProblem(list ironstar.Invalid) *Problem {
	p := &Problem{Status: http.StatusUnprocessableEntity, Code: codeInvalid, forPeople: true}
	for _, one := range list {
		p.Errors = append(p.Errors, FieldError{one.Path, one.Code, one.Message, one.Params})
		text := one.Message
		if one.Path != "" {
			text = one.Path + ": " + text
		}
		p.Detail = joined(p.Detail, text)
	}
	return p
}

// refusalProblem assigns a refusal to the field that a method Field of the error names,
// see [ironstar.AtField], or that of the refusal.
func refusalProblem(err error, r ironstar.Refusal) *Problem {
	p := &Problem{Status: http.StatusConflict, Code: r.Code(), Detail: r.Error(), forPeople: true}
	field := ""
	if named := (interface{ Field() string })(nil); errors.As(err, &named) {
		field = named.Field()
	}
	p.Errors = []FieldError{{Field: field, Code: r.Code(), Message: r.Error()}}
	if details := r.AppendJSON(nil); json.Valid(details) {
		p.Refusal = details
	}
	return p
}

// joined puts two messages together. Those of a schema may have no full stop.
func joined(a, b string) string {
	switch {
	case a == "":
		return b
	case strings.ContainsAny(a[len(a)-1:], ".!?"):
		return a + " " + b
	}
	return a + "; " + b
}

// fault returns the answer to a fault of the server and logs the error. The
// answer has only the id of the log entry.
func (s *Server) fault(r *http.Request, err error) *Problem {
	id := newErrorID()
	s.logFault(r, id, err)
	return &Problem{
		Status: http.StatusInternalServerError, Code: "internal", ID: id,
		Detail: "Something went wrong on the server. The cause is in the log under " + id + ".",
	}
}

func newErrorID() string { return ironstar.NewUUID().String()[:13] }

func (s *Server) logFault(r *http.Request, id string, err error) {
	attrs := []any{"id", id, "method", r.Method, "path", r.URL.Path, "err", err}
	var p *engine.PanicError
	if errors.As(err, &p) {
		attrs = append(attrs, "stack", string(p.Stack))
	}
	s.opts.Logger.ErrorContext(r.Context(), "request failed", attrs...)
}

// unrouted returns the problem of a request that the mux has no handler for.
func (s *Server) unrouted(r *http.Request) *Problem {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
		other := *r
		other.Method = method
		if _, pattern := s.mux.Handler(&other); method != r.Method && pattern != "" {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) > 0 {
		return notAllowed(strings.Join(allowed, ", "))
	}
	return &Problem{Status: http.StatusNotFound, Code: "not_found", Detail: "There is nothing at this address."}
}

func notAllowed(allow string) *Problem {
	return &Problem{
		Status: http.StatusMethodNotAllowed, Code: "method", allow: allow,
		Detail: "This address takes " + allow + " only.",
	}
}

// problem answers with a problem: as a page if the client accepts HTML,
// otherwise as JSON.
func (s *Server) problem(w http.ResponseWriter, r *http.Request, p *Problem) {
	if !wantsPage(r) {
		s.problemJSON(w, p)
		return
	}
	p.setHeaders(w.Header())
	s.problemPage(w, r, p)
}

func (s *Server) problemJSON(w http.ResponseWriter, p *Problem) {
	p.setHeaders(w.Header())
	body, err := json.Marshal(p)
	if err != nil { // cannot happen: refusalProblem checked the JSON of Refusal
		panic(err)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(body, '\n')) // an error means that the client left
}

// setHeaders sets the headers of the answer, and the title.
func (p *Problem) setHeaders(h http.Header) {
	p.Title = http.StatusText(p.Status)
	h.Set("Cache-Control", "no-store")
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int(p.retryAfter/time.Second)))
	}
	if p.allow != "" {
		h.Set("Allow", p.allow)
	}
}

// wantsPage reports whether a request comes from a browser that loads a
// document. Clients of feeds do not, even if they accept HTML.
func wantsPage(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return !isDatastar(r) && strings.Contains(accept, "text/html") && !strings.Contains(accept, "text/event-stream")
}

// wantsJSON reports whether a client asks for JSON and not for a page: a script
// that sends a form.
func wantsJSON(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "application/json") && !strings.Contains(accept, "text/html")
}

func isDatastar(r *http.Request) bool { return r.Header.Get("Datastar-Request") == "true" }
