package live_test

import (
	"context"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/live"
)

// fixedError answers every command with one error, such as those of a store or
// engine whose disk or machine fails.
type fixedError struct{ err *error }

func (a fixedError) Handle(context.Context, string, ironstar.Command[command]) (ironstar.Receipt, error) {
	return ironstar.Receipt{}, *a.err
}

// TestProblems: each error of the lower layers has its answer, also when it is
// wrapped. An unknown error is a fault of the server.
func TestProblems(t *testing.T) {
	a := start(t, appOptions{})
	var err error
	live.Commands(a.live, live.CommandSet[command]{Kind: "test.Always", Path: "/test/always", Handler: fixedError{&err}, Parse: parse, Inputs: inputs})
	conflict := &ironstar.ConflictError{Stream: ironstar.Stream{Kind: "k", ID: "i"}, Expected: 1, Actual: 2}
	for _, c := range []struct {
		err    error
		status int
		code   string
		retry  bool
		people bool // Datastar gets the error as signals
	}{
		{conflict, 409, "conflict", false, true},
		{ironstar.ErrFinal, 409, "final", false, true},
		{&ironstar.TakenError{}, 409, "taken", false, true},
		{ironstar.ErrCommandReused, 422, "idempotency_key_reused", false, true},
		{engine.ErrBusy, 503, "busy", true, true},
		{engine.ErrClosed, 503, "closing", true, true},
		{ironstar.ErrClosed, 503, "closing", true, true},
		{fmt.Errorf("%w: %w", ironstar.ErrRetryable, ironstar.ErrDamaged), 500, "damaged", false, false},
		{ironstar.ErrRetryable, 503, "not_stored", true, true},
		{ironstar.ErrUnknown, 503, "unknown_outcome", true, true},
		{context.DeadlineExceeded, 503, "timeout", true, true},
		{context.Canceled, 503, "canceled", true, true},
		{ironstar.ErrUnknownCommand, 404, "unknown_command", false, false},
		{ironstar.ErrStream, 400, "malformed_id", false, false},
		{ironstar.Invalid{{Path: "lines[2].qty", Code: "max", Message: "at most 100 (is 101)"}}, 500, "internal", false, false}, // in an event, so not an error in the request
		{full{3}, 409, "Full", false, true},
		{&engine.ReadingError{Invalid: ironstar.Invalid{{Path: "by", Code: "id", Message: "There is nothing with this id."}}}, 422, "invalid", false, true},
		{ironstar.ErrShape, 500, "internal", false, false},
		{&engine.PanicError{Command: "add", Value: "secret", Stack: []byte("where it was")}, 500, "internal", false, false},
		{errors.New("secret"), 500, "internal", false, false},
	} {
		err = fmt.Errorf("append to somewhere: %w", c.err)
		resp, body := a.do(a.request("POST", "/test/always/a/add", `{"text":"x"}`, "Content-Type", jsonType))
		if resp.StatusCode != c.status || !strings.Contains(body, `"code":"`+c.code+`"`) || (resp.Header.Get("Retry-After") != "") != c.retry {
			t.Errorf("%v: got %d %s, Retry-After %q", c.err, resp.StatusCode, body, resp.Header.Get("Retry-After"))
		}
		checkAnswer(t, a, resp, body)
		resp, body = a.do(a.request("POST", "/test/always/a/add", `{"text":"x"}`, "Content-Type", jsonType, "Datastar-Request", "true"))
		if (resp.StatusCode == http.StatusOK) != c.people || strings.HasPrefix(body, "event: datastar-patch-signals\ndata: signals {\"_errors\":{\"") != c.people {
			t.Errorf("%v: Datastar got %d %s", c.err, resp.StatusCode, body)
		}
		checkAnswer(t, a, resp, body)
	}
	if log := a.log.String(); !strings.Contains(log, "where it was") {
		t.Errorf("the stack of a panic is not in the log: %s", log)
	}
	live.Commands(a.live, live.CommandSet[command]{Kind: "test.Never", Path: "/test/never", Handler: fixedError{&err}, Inputs: inputs,
		Parse: func(string, []byte, ironstar.Origin) (command, error) { return nil, err }})
	err = ironstar.Invalid{{Path: "lines[2].qty", Code: "max", Message: "too many"}, {Path: "lines[2].qty", Code: "multiple_of", Message: "odd"}, {Code: "x", Message: "all wrong"}}
	_, body := a.do(a.request("POST", "/test/never/a/add", `{"text":"x"}`, "Content-Type", jsonType, "Datastar-Request", "true"))
	if want := `{"_errors":{"_form":"all wrong","lines_2_qty":"too many; odd"}}`; !strings.Contains(body, want) {
		t.Errorf("got %s, want %s", body, want)
	}
}

// TestSent: the error page of a plain form has what was typed, as text. It has
// nothing of what other clients sent.
func TestSent(t *testing.T) {
	a := start(t, appOptions{live: live.Options{ErrorPage: func(p *live.Problem) templ.Component {
		return text(fmt.Sprintf("%s: [%s] [%s] [%s]", p.Code, html.EscapeString(p.Sent("text")), p.Sent("count"), p.Sent("other")))
	}}})
	tooLong := strings.Repeat("<é&+ ", 57)
	form := url.Values{"text": {tooLong}, "count": {"7"}}.Encode()
	multi := "--x\r\nContent-Disposition: form-data; name=text\r\n\r\n" + tooLong + "\r\n--x\r\nContent-Disposition: form-data; name=count\r\n\r\n7\r\n--x--"
	shown := "invalid: [" + html.EscapeString(tooLong) + "] [7] []"
	for name, c := range map[string]struct{ path, kind, body, want string }{
		"form":         {"a/add", formType, form, shown},
		"multipart":    {"a/add", "multipart/form-data; boundary=x", multi, shown},
		"JSON":         {"a/add", jsonType, `{"text":"` + tooLong + `"}`, "invalid: [] [] []"},
		"not a number": {"a/add", formType, "text=a&count=b", "invalid: [a] [b] []"},
		"unreadable":   {"a/add", formType, "text=%zz", "malformed: [] [] []"},
		"no command":   {"a/none", formType, form, "unknown_command: [] [] []"},
	} {
		if _, page := a.do(a.request("POST", "/test/notes/"+c.path, c.body, "Content-Type", c.kind, "Accept", "text/html")); page != c.want {
			t.Errorf("%s: got %s\nwant %s", name, page, c.want)
		}
	}
}
