package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/wire"
)

// Problem is an answer that is not what was asked for: the JSON of RFC 9457
// with a code that programs can rely on.
type Problem struct {
	Status  int             `json:"status"`
	Title   string          `json:"title"`             // the status in words
	Code    string          `json:"code"`              // stable: "invalid", "busy"; a refusal's own code
	Detail  string          `json:"detail"`            // for people
	Errors  []FieldError    `json:"errors,omitempty"`  // what is wrong with which field
	Refusal json.RawMessage `json:"refusal,omitempty"` // a refusal's details
	ID      string          `json:"id,omitempty"`      // finds the cause in the log

	retryAfter time.Duration
	allow      string
	forPeople  bool       // something a person can act on; goes to Datastar as signals
	back       string     // the page that a plain form came from
	sent       url.Values // what was in it
}

// FieldError is one thing that is wrong with a command or with parameters.
type FieldError struct {
	Field   string `json:"field"` // "lines[2].qty"; "" is the whole
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Back is the address of the page that a plain form was sent from, or "/".
func (p *Problem) Back() string {
	if p.back == "" {
		return "/"
	}
	return p.back
}

// Sent is what a plain form had in a field, so that a page can show it again; ""
// for other clients.
func (p *Problem) Sent(field string) string { return p.sent.Get(field) }

const (
	codeInvalid   = "invalid"
	codeMalformed = "malformed"
)

var closing = Problem{
	Status: http.StatusServiceUnavailable, Code: "closing", forPeople: true, retryAfter: 2 * time.Second,
	Detail: "the server is being restarted; nothing was stored, try again",
}

// problems is the table of errors and their answers. The first that fits
// decides; what fits nothing is our own fault.
var problems = []struct {
	is error
	Problem
}{
	{ironstar.ErrUnknownCommand, Problem{Status: 404, Code: "unknown_command"}},
	{ironstar.ErrStream, Problem{Status: 400, Code: "malformed_id"}},
	{ironstar.ErrCommandReused, Problem{Status: 422, Code: "idempotency_key_reused", forPeople: true,
		Detail: "the Idempotency-Key was used before, for another command"}},
	{ironstar.ErrFinal, Problem{Status: 409, Code: "final", forPeople: true,
		Detail: "this has come to its end; nothing can be changed any more"}},
	{ironstar.ErrConflict, Problem{Status: 409, Code: "conflict", forPeople: true,
		Detail: "others changed this at the same time; nothing was stored, try again"}},
	{engine.ErrBusy, Problem{Status: 503, Code: "busy", forPeople: true, retryAfter: time.Second,
		Detail: "too much is waiting to be done; nothing was stored, try again"}},
	{ironstar.ErrUnknown, Problem{Status: 503, Code: "unknown_outcome", forPeople: true, retryAfter: time.Second,
		Detail: "it is not known whether this was stored; ask again with the same Idempotency-Key to find out without doing it twice"}},
	{ironstar.ErrRetryable, Problem{Status: 503, Code: "not_stored", forPeople: true, retryAfter: time.Second,
		Detail: "nothing was stored, try again"}},
	{ironstar.ErrClosed, closing},
	{engine.ErrClosed, closing},
	{context.DeadlineExceeded, Problem{Status: 503, Code: "timeout", forPeople: true, retryAfter: time.Second,
		Detail: "this took too long; ask again with the same Idempotency-Key to find out whether it was done"}},
	{context.Canceled, Problem{Status: 503, Code: "canceled", forPeople: true, retryAfter: time.Second,
		Detail: "the request was given up; ask again with the same Idempotency-Key to find out whether it was done"}},
}

// problemOf finds the answer to an error. Errors that are our own fault are
// logged under an id.
func (s *Server) problemOf(r *http.Request, err error) *Problem {
	var (
		known   *Problem
		invalid ironstar.Invalid
		refusal ironstar.Refusal
		syntax  *wire.SyntaxError
	)
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &invalid):
		return invalidProblem(invalid)
	case errors.As(err, &refusal):
		return refusalProblem(refusal)
	case errors.As(err, &syntax):
		return malformed("%s", syntax.Error())
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

// Error makes a Problem something that functions can return.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

func malformed(format string, args ...any) *Problem {
	return &Problem{Status: http.StatusBadRequest, Code: codeMalformed, Detail: fmt.Sprintf(format, args...)}
}

func invalidProblem(list ironstar.Invalid) *Problem {
	p := &Problem{Status: http.StatusUnprocessableEntity, Code: codeInvalid, Detail: list.Error(), forPeople: true}
	for _, one := range list {
		p.Errors = append(p.Errors, FieldError{one.Path, one.Code, one.Message})
	}
	return p
}

// refusalProblem puts a refusal next to the field that it names with a method
// Field, if it has one.
func refusalProblem(r ironstar.Refusal) *Problem {
	p := &Problem{Status: http.StatusConflict, Code: r.Code(), Detail: r.Error(), forPeople: true}
	field := ""
	if named, ok := r.(interface{ Field() string }); ok {
		field = named.Field()
	}
	p.Errors = []FieldError{{field, r.Code(), r.Error()}}
	if details := r.AppendJSON(nil); json.Valid(details) {
		p.Refusal = details
	}
	return p
}

// fault is an error of ours: people get an id, the log gets the rest.
func (s *Server) fault(r *http.Request, err error) *Problem {
	id := newErrorID()
	s.logFault(r, id, err)
	return &Problem{
		Status: http.StatusInternalServerError, Code: "internal", ID: id,
		Detail: "something went wrong here; the log knows more under " + id,
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

// unrouted says why the mux has nothing for a request.
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
	return &Problem{Status: http.StatusNotFound, Code: "not_found", Detail: "there is nothing at this address"}
}

func notAllowed(allow string) *Problem {
	return &Problem{
		Status: http.StatusMethodNotAllowed, Code: "method", allow: allow,
		Detail: "this address takes " + allow + " only",
	}
}

// problem answers with a problem: as a page to browsers that ask for one, else
// as JSON.
func (s *Server) problem(w http.ResponseWriter, r *http.Request, p *Problem) {
	p.Title = http.StatusText(p.Status)
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int(p.retryAfter/time.Second)))
	}
	if p.allow != "" {
		h.Set("Allow", p.allow)
	}
	if wantsPage(r) {
		s.problemPage(w, r, p)
		return
	}
	body, err := json.Marshal(p)
	if err != nil { // Refusal was checked: there is nothing left that cannot be written
		panic(err)
	}
	h.Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(body, '\n')) // the client is gone: nobody to tell
}

// wantsPage tells browsers that load a document from programs.
func wantsPage(r *http.Request) bool {
	return !isDatastar(r) && strings.Contains(r.Header.Get("Accept"), "text/html")
}

func isDatastar(r *http.Request) bool { return r.Header.Get("Datastar-Request") == "true" }
