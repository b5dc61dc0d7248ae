package live

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"ironstar.dev/wire"
)

// readBody reads the fields of a command and converts them to JSON.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request, q *request) error {
	kind, params, err := contentType(r)
	if err != nil {
		return err
	}
	q.held = countedBody{Reader: http.MaxBytesReader(w, r.Body, s.opts.MaxBody), budget: &s.bodies}
	raw, err := io.ReadAll(&q.held)
	if err != nil {
		return s.bodyError(err)
	}
	if kind == "" {
		if len(raw) > 0 {
			return unsupported("a body needs a Content-Type")
		}
		kind, raw = "application/json", []byte("{}")
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return malformed("query string: %v", err)
	}
	switch kind {
	case "application/json":
		return q.readJSON(r, raw, query, s.opts.Zone)
	case "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(raw))
		if err != nil {
			return malformed("form: %v", err)
		}
		return q.readForm(r, form, query, s.opts.Zone)
	default:
		form, err := readMultipart(raw, params["boundary"])
		if err != nil {
			return err
		}
		return q.readForm(r, form, query, s.opts.Zone)
	}
}

func unsupported(detail string) *Problem {
	return &Problem{Status: http.StatusUnsupportedMediaType, Code: "content_type", Detail: detail}
}

// contentType returns "" if the request has no Content-Type.
func contentType(r *http.Request) (string, map[string]string, error) {
	if e := r.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return "", nil, unsupported("bodies must not be encoded")
	}
	sent := r.Header.Values("Content-Type")
	if len(sent) == 0 {
		return "", nil, nil
	}
	kind, params, err := mime.ParseMediaType(sent[0])
	switch {
	case err != nil || len(sent) > 1:
		return "", nil, unsupported("the Content-Type cannot be read")
	case params["charset"] != "" && !strings.EqualFold(params["charset"], "utf-8"):
		return "", nil, unsupported("text must be UTF-8")
	}
	switch kind {
	case "application/json", "application/x-www-form-urlencoded", "multipart/form-data":
		return kind, params, nil
	}
	return "", nil, unsupported("commands are application/json, application/x-www-form-urlencoded or multipart/form-data")
}

func (s *Server) bodyError(err error) error {
	if full := (*Problem)(nil); errors.As(err, &full) {
		return full
	}
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return &Problem{Status: http.StatusRequestEntityTooLarge, Code: "too_large", Detail: fmt.Sprintf("a command has at most %d bytes", s.opts.MaxBody)}
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return &Problem{Status: http.StatusRequestTimeout, Code: "slow", Detail: fmt.Sprintf("the body did not arrive within %v", s.opts.ReadTimeout)}
	}
	return malformed("the body ended early")
}

// readJSON takes the body as it is, or, from Datastar, picks the command's
// fields out of the signals.
func (q *request) readJSON(r *http.Request, raw []byte, query url.Values, zone *time.Location) (err error) {
	if !isDatastar(r) {
		q.client, q.body.JSON = clientJSON, raw
		return nil
	}
	q.client = clientSignals
	if q.errors = errorFields(raw, errorSignal); q.errors == nil {
		q.errors = oldErrorFields(raw, q.inputs)
		q.oldPage = q.errors != nil
	}
	q.body, err = wire.Signals(query, raw, zone, q.inputs)
	return err
}

func (q *request) readForm(r *http.Request, form, query url.Values, zone *time.Location) (err error) {
	q.client, q.form = clientForm, form
	switch {
	case wantsJSON(r):
		q.client = clientScript
	case isDatastar(r):
		q.client = clientDatastarForm
		q.errors = map[string]bool{formErrors: true}
		for _, in := range q.inputs {
			q.errors[errorName(in.Name)] = true
		}
		for name := range form {
			if !strings.HasPrefix(name, "_") {
				q.errors[errorName(name)] = true
			}
		}
	}
	q.back = backTo(r, form.Get(ReturnField), query.Get(ReturnField))
	q.body, err = wire.Form(query, form, zone, q.inputs)
	return err
}

// readMultipart reads the fields of a multipart form from memory.
func readMultipart(raw []byte, boundary string) (url.Values, error) {
	if boundary == "" {
		return nil, malformed("form: multipart without a boundary")
	}
	if !bytes.Contains(raw, []byte("--"+boundary+"--")) {
		return nil, malformed("form: it has no end")
	}
	form := url.Values{}
	for parts := multipart.NewReader(bytes.NewReader(raw), boundary); ; {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return form, nil
		}
		if err != nil {
			return nil, malformed("form: %v", err)
		}
		if part.FileName() != "" {
			return nil, malformed("form: field %q is a file; commands take none", part.FormName())
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil, malformed("form: field %q: %v", part.FormName(), err)
		}
		form.Add(part.FormName(), string(value))
	}
}
