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

// positionHeader says which position includes what a command did.
const positionHeader = "Ironstar-Position"

// formErrors is the name below the signal "errors" for what belongs to no field.
const formErrors = "form"

func (s *Server) commandDone(w http.ResponseWriter, r *http.Request, q *request, receipt ironstar.Receipt) {
	at := strconv.FormatInt(int64(receipt.Last), 10)
	w.Header().Set(positionHeader, at)
	w.Header().Set("Cache-Control", "no-store")
	switch {
	case q.client == clientForm:
		http.Redirect(w, r, withAfter(q.back, at), http.StatusSeeOther)
	case q.client == clientJSON:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusAccepted)
		_, _ = w.Write(appendReceipt(nil, receipt)) // the client is gone: nobody to tell
	default:
		patchErrors(w, q.errors, nil)
	}
}

func appendReceipt(b []byte, r ironstar.Receipt) []byte {
	b = wire.AppendInt(append(b, `{"first":`...), int64(r.First))
	b = wire.AppendInt(append(b, `,"last":`...), int64(r.Last))
	b = wire.AppendInt(append(b, `,"version":`...), int64(r.Version))
	return append(b, "}\n"...)
}

// withAfter adds the position that the page is to wait for.
func withAfter(address, at string) string {
	u, err := url.Parse(address)
	if err != nil { // address is the text of a parsed one
		return "/"
	}
	query := u.Query()
	query.Set("after", at)
	u.RawQuery = query.Encode()
	return u.String()
}

func (s *Server) commandFailed(w http.ResponseWriter, r *http.Request, q *request, err error) {
	p := s.problemOf(r, err)
	if p.forPeople && isDatastar(r) {
		w.Header().Set("Cache-Control", "no-store")
		patchErrors(w, q.errors, p)
		return
	}
	p.back, p.sent = q.back, q.form
	s.problem(w, r, p)
}

// patchErrors shows the errors of a problem on a page, and takes away those
// that are shown and no longer hold. If there is nothing to do, it says so.
func patchErrors(w http.ResponseWriter, places map[string]bool, p *Problem) {
	messages := map[string]string{}
	for name, shown := range places {
		if shown {
			messages[name] = ""
		}
	}
	if p != nil {
		maps.Copy(messages, p.messages(places))
	}
	if len(messages) == 0 {
		w.WriteHeader(http.StatusAccepted)
		return
	}
	b := wire.AppendMap([]byte(`{"errors":`), messages, wire.AppendString)
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(PatchSignals{Signals: append(b, '}')}.Append(nil)) // the client is gone: nobody to tell
}

// messages is what to show where. What a page that shows errors of the form has
// no other place for, as an old one for a new field, goes there with its name.
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
		if m[name] != "" {
			m[name] += "; "
		}
		m[name] += text
	}
	return m
}

// errorName makes a field's path the name of a signal.
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

// errorPlaces lists the errors that a page has a place for, by its signals, and
// whether it shows one there. Signals that cannot be read show none; reading them
// for the command says what is wrong.
func errorPlaces(signals []byte) map[string]bool {
	var all map[string]json.RawMessage
	if json.Unmarshal(signals, &all) != nil {
		return nil
	}
	var errs map[string]json.RawMessage
	if json.Unmarshal(all["errors"], &errs) != nil {
		return nil
	}
	places := map[string]bool{}
	for name, text := range errs {
		if errorName(name) == name && !strings.HasPrefix(name, "__") { // not what a stranger made up
			places[name] = string(text) != `""` && string(text) != "null"
		}
	}
	return places
}
