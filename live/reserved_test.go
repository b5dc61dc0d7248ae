package live_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"ironstar.dev"
	"ironstar.dev/live"
	"ironstar.dev/wire"
)

// plainNames are names that a schema may use and that resemble reserved names.
var plainNames = []string{"from", "after", "version", "page", "return", "errors", "stale", "form"}

// unchanging is the reader of a view without events.
type unchanging struct{}

func (unchanging) Read(_ string, f func(s int, changed, asOf ironstar.Position) error) error {
	return f(0, 0, 0)
}
func (unchanging) Notify(string, func()) (func(), error) { return func() {}, nil }

// asSent are parameters as JSON; all are texts.
type asSent string

func (p asSent) Query() string {
	var all map[string]string
	if err := json.Unmarshal([]byte(p), &all); err != nil {
		panic(err)
	}
	var q wire.Query
	for _, name := range slices.Sorted(maps.Keys(all)) {
		q.Add(name, all[name])
	}
	return q.String()
}

// noop accepts every command and stores nothing.
type noop struct{}

func (noop) Handle(context.Context, string, ironstar.Command[string]) (ironstar.Receipt, error) {
	return ironstar.Receipt{}, nil
}

// TestReservedNamesDoNotCollide: parameters and fields with such names arrive in
// the document, in its feed, and in the commands of every client.
func TestReservedNamesDoNotCollide(t *testing.T) {
	var inputs []wire.Input
	query, body := "", "{"
	for _, name := range plainNames {
		inputs = append(inputs, wire.Input{Name: name})
		query += name + "=1&"
		body += `"` + name + `":"1",`
	}
	query, body = strings.TrimSuffix(query, "&"), strings.TrimSuffix(body, ",")+"}"
	a := start(t, appOptions{})
	var parsed []string
	live.Pages(a.live, live.Feed[int, asSent]{
		Path: "/test/named", Name: "test.Named", By: ironstar.Global, Reader: unchanging{},
		Page:  func(_ int, at live.At[asSent]) templ.Component { return text(string(at.Params)) },
		Parse: func(body []byte) (asSent, error) { return asSent(body), nil }, Inputs: inputs,
	})
	live.Commands(a.live, live.CommandSet[string]{
		Kind: notesKind, Path: "/test/named", Handler: noop{}, Inputs: map[string][]wire.Input{"do": inputs},
		Parse: func(_ string, body []byte, _ ironstar.Origin) (string, error) {
			parsed = append(parsed, string(body))
			return "", nil
		},
	})
	feed, page := a.open("/test/named?" + query + "&_after=1")
	for _, name := range plainNames {
		if !strings.Contains(page, `"`+name+`":"1"`) {
			t.Errorf("the page has no parameter %s: %s", name, page)
		}
		if !strings.Contains("?"+strings.ReplaceAll(feed, "&", "?"), "?"+name+"=1") {
			t.Errorf("the feed %s has no parameter %s", feed, name)
		}
	}
	for _, client := range [][]string{
		{body, "Content-Type", jsonType},
		{body, "Content-Type", jsonType, "Datastar-Request", "true"},
		{query, "Content-Type", formType},
		{query, "Content-Type", formType, "Datastar-Request", "true"},
	} {
		resp, answer := a.do(a.request("POST", "/test/named/a/do", client[0], client[1:]...))
		if resp.StatusCode >= http.StatusBadRequest || parsed[len(parsed)-1] != body {
			t.Errorf("%v: %d %s, the command got %s", client[1:], resp.StatusCode, answer, parsed)
		}
	}
}
