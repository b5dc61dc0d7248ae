package live

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"ironstar.dev"
	"ironstar.dev/wire"
)

// positionHeader carries the position of a command's last event. Views that
// have reached it include what the command did.
const positionHeader = "Ironstar-Position"

func (s *Server) commandDone(w http.ResponseWriter, r *http.Request, q *request, kind string, receipt ironstar.Receipt) {
	at := strconv.FormatInt(int64(receipt.Last), 10)
	w.Header().Set(positionHeader, at)
	w.Header().Set("Cache-Control", "no-store")
	next := q.back
	if pageOf := s.streamPages[kind]; q.isNew && pageOf != nil && !r.URL.Query().Has(stayParam) {
		next = pageOf(q.id)
		w.Header().Set("Location", next)
	}
	switch {
	case q.client == clientForm:
		http.Redirect(w, r, withAfter(next, at), http.StatusSeeOther)
	case q.client == clientJSON, q.client == clientScript:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusAccepted)
		_, _ = w.Write(appendReceipt(nil, q, receipt)) // an error means that the client left
	default:
		patchErrors(w, q, nil)
	}
}

func appendReceipt(b []byte, q *request, r ironstar.Receipt) []byte {
	b = wire.AppendInt(append(b, `{"first":`...), int64(r.First))
	b = wire.AppendInt(append(b, `,"last":`...), int64(r.Last))
	b = wire.AppendInt(append(b, `,"version":`...), int64(r.Version))
	if q.isNew {
		b = wire.AppendString(append(b, `,"id":`...), q.id)
	}
	return append(b, "}\n"...)
}

// withAfter adds the position that the page has to wait for.
func withAfter(address, at string) string {
	u, err := url.Parse(address)
	if err != nil { // cannot happen: address was made from a parsed URL
		return "/"
	}
	query := u.Query()
	query.Set(afterParam, at)
	u.RawQuery = query.Encode()
	return u.String()
}

func (s *Server) commandFailed(w http.ResponseWriter, r *http.Request, q *request, p *Problem) {
	if p.forPeople && isDatastar(r) {
		w.Header().Set("Cache-Control", "no-store")
		patchErrors(w, q, p)
		return
	}
	p.back, p.sent = q.back, q.form
	if q.client == clientForm && s.showRefused(w, r, q, p) {
		return
	}
	s.problem(w, r, p)
}

// patchErrors sets the errors of a problem in the page's signals and clears
// those that it shows and that no longer hold. If there is nothing to change,
// it answers 202 without a body.
func patchErrors(w http.ResponseWriter, q *request, p *Problem) {
	messages := map[string]string{}
	for name, shown := range q.errors {
		if shown {
			messages[name] = ""
		}
	}
	if p != nil {
		maps.Copy(messages, p.messages(q.errors))
	}
	if len(messages) == 0 {
		w.WriteHeader(http.StatusAccepted)
		return
	}
	signal := errorSignal
	if q.oldPage {
		signal = oldErrorSignal
		toOldNames(messages)
	}
	b := wire.AppendMap([]byte(`{"`+signal+`":`), messages, wire.AppendString)
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(PatchSignals{Signals: append(b, '}')}.Append(nil)) // an error means that the client left
}

// messages returns the error texts by signal name. A field for which the page
// has no signal, such as a new field on an old page, is reported in _form with
// its name, if the page has _form.
func (p *Problem) messages(places map[string]bool) map[string]string {
	if len(p.Errors) == 0 {
		return map[string]string{formErrors: p.Detail}
	}
	m := map[string]string{}
	for _, e := range p.Errors {
		name, text := errorName(e.Field), e.Message
		_, form := places[formErrors]
		if _, own := places[name]; form && !own {
			name, text = formErrors, e.Field+": "+text
		}
		m[name] = joined(m[name], text)
	}
	return m
}

// errorName turns a field's path into the name of a signal.
func errorName(path string) string {
	if path == "" {
		return formErrors
	}
	var b strings.Builder
	gap := false
	for _, r := range path {
		if r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			if gap && b.Len() > 0 {
				b.WriteByte('_')
			}
			gap = false
			b.WriteRune(r)
		} else {
			gap = true
		}
	}
	if b.Len() == 0 {
		return formErrors
	}
	return b.String()
}

// errorFields returns, by name, the errors that the page has a signal for, and
// whether each shows a text now. It returns nil if the page has no such signal.
// If the signals cannot be read it returns no names: reading them for the
// command reports what is wrong.
func errorFields(signals []byte, signal string) map[string]bool {
	var all map[string]json.RawMessage
	if json.Unmarshal(signals, &all) != nil {
		return nil
	}
	var errs map[string]json.RawMessage
	if json.Unmarshal(all[signal], &errs) != nil {
		return nil
	}
	places := map[string]bool{}
	for name, text := range errs {
		if errorName(name) == name && !strings.HasPrefix(name, "__") { // skip names that we would not have made
			places[name] = string(text) != `""` && string(text) != "null"
		}
	}
	return places
}
