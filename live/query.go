package live

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"ironstar.dev"
	"ironstar.dev/wire"
)

// QuerySet is a query that everybody may ask over HTTP. Generated code fills it.
type QuerySet[R any, P Params] struct {
	Path    string // "/auction/bidsperminute"
	Name    string // "auction.BidsPerMinute"
	Columns []ironstar.Column
	Values  func(R) []any          // one for each column
	Append  func([]byte, R) []byte // a row as JSON

	Parse  func(json []byte) (P, error) // reads parameters strictly; nil if there are none
	Inputs []wire.Input                 // how Parse's JSON is made of the query string

	Reader Asker[R, P]

	Parquet bool // there is a file too; then Reader is an Exporter
}

// Asker answers a query. *query.Reader implements it.
type Asker[R any, P any] interface {
	// Ask waits for an answer as new as the query allows, and that includes a position
	// unless that is beyond the head.
	Ask(context.Context, P, ironstar.Position) (ironstar.Answer[R], error)
}

// Exporter is an [Asker] that can also write a Parquet file.
type Exporter[P any] interface {
	// Export returns the file, which the caller closes. The error wraps
	// ironstar.ErrNoEngine if this build cannot write one.
	Export(context.Context, P) (ironstar.ExportedFile, error)
}

// Query adds the addresses of a query to a server:
//
//	GET <path>.json?<parameters>     the answer as an object with its position and rows
//	GET <path>.csv?<parameters>      the rows, with the names of the columns in the first line
//	GET <path>.parquet?<parameters>  more rows, if the set has Parquet and the build an engine that writes it
func Query[R any, P Params](s *Server, set QuerySet[R, P]) {
	q := &queried[R, P]{set, s}
	s.mux.HandleFunc("GET "+set.Path+".json", q.serve("application/json", q.json))
	s.mux.HandleFunc("GET "+set.Path+".csv", q.serve("text/csv; charset=utf-8; header=present", q.csv))
	if set.Parquet {
		s.mux.HandleFunc("GET "+set.Path+".parquet", q.serveParquet)
	}
}

// queried is a query that a server answers.
type queried[R any, P Params] struct {
	QuerySet[R, P]
	server *Server
}

// serve answers with a text that is made of the answer.
func (q *queried[R, P]) serve(contentType string, text func(ironstar.Answer[R]) []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s := q.server
		if s.pages.full() {
			s.logNoRoom()
			s.problemJSON(w, noRoomProblem("Too many answers are being sent. Please try again."))
			return
		}
		p, err := q.params(r)
		if err != nil {
			s.problemJSON(w, s.problemOf(r, err))
			return
		}
		a, err := q.Reader.Ask(r.Context(), p, afterOf(r))
		if err == nil && a.Err != nil && len(a.Rows) == 0 {
			err = a.Err
		}
		if err != nil {
			s.problemJSON(w, s.problemOf(r, err))
			return
		}
		w.Header().Set("Content-Type", contentType)
		q.send(w, r, a.At, text(a))
	}
}

// send sends a text with a tag of its content, so that who has it already is told so.
func (q *queried[R, P]) send(w http.ResponseWriter, r *http.Request, at time.Time, text []byte) {
	s := q.server
	s.pages.add(len(text))
	defer s.pages.add(-len(text))
	sum := sha256.Sum256(text)
	h := w.Header()
	setAnswerHeaders(h, `W/"`+hex.EncodeToString(sum[:8])+`"`)
	h.Add("Vary", "Accept-Encoding")
	if c := codingOf(strings.Join(r.Header.Values("Accept-Encoding"), ",")); c != identity {
		h.Set("Content-Encoding", c.String())
		text = whole(c, s.encoder, text)
	}
	http.ServeContent(w, r, "", at, bytes.NewReader(text))
}

// setAnswerHeaders sets what answers in every form have. A browser may keep an answer,
// and asks again before it uses it.
func setAnswerHeaders(h http.Header, tag string) {
	h.Set("Cache-Control", "private, no-cache")
	h.Set("ETag", tag)
}

// serveParquet answers with a file.
func (q *queried[R, P]) serveParquet(w http.ResponseWriter, r *http.Request) {
	s := q.server
	exporter, ok := q.Reader.(Exporter[P])
	if !ok {
		s.problemJSON(w, s.problemOf(r, ironstar.ErrNoEngine))
		return
	}
	p, err := q.params(r)
	if err != nil {
		s.problemJSON(w, s.problemOf(r, err))
		return
	}
	f, err := exporter.Export(r.Context(), p)
	if err != nil {
		s.problemJSON(w, s.problemOf(r, err))
		return
	}
	defer f.Close()
	w.Header().Set("Content-Type", "application/vnd.apache.parquet")
	setAnswerHeaders(w.Header(), `"`+f.Tag()+`"`)
	http.ServeContent(w, r, path.Base(q.Path)+".parquet", time.Time{}, f)
}

// params reads the parameters of a request. It ignores names that are not parameters.
func (q *queried[R, P]) params(r *http.Request) (p P, err error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return p, malformed("query string: %v", err)
	}
	return paramsOf(q.server, r, query, q.Parse, q.Inputs)
}

// json is an answer as JSON.
func (q *queried[R, P]) json(a ironstar.Answer[R]) []byte {
	b := wire.BeginObject(make([]byte, 0, 256+64*len(a.Rows)))
	b = wire.MemberInt(b, "position", int64(a.Position))
	b = wire.MemberTime(b, "at", a.At)
	if !a.Window.Until.IsZero() {
		b = wire.MemberTime(b, "from", a.Window.From)
		b = wire.MemberTime(b, "until", a.Window.Until)
	}
	b = wire.MemberDuration(b, "late", a.Late)
	b = wire.MemberBool(b, "more", a.More)
	if a.Err != nil {
		b = wire.MemberString(b, "error", problemWords(a.Err))
	}
	b = append(wire.Name(b, "rows"), '[')
	for i, row := range a.Rows {
		if i > 0 {
			b = append(b, ',', '\n')
		}
		b = q.Append(b, row)
	}
	return append(wire.EndObject(append(b, ']')), '\n')
}

// problemWords is the sentence for people about an error that a query can have.
func problemWords(err error) string {
	for i := range problems {
		if errors.Is(err, problems[i].is) {
			return problems[i].Detail
		}
	}
	return "Something went wrong on the server."
}
