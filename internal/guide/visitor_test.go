package guide_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// patience is how long a visitor waits for a page to change. It is reached only if
// something is wrong.
const patience = 30 * time.Second

// visitor is a person with a browser without scripts.
type visitor struct {
	t      *testing.T
	http   http.Client
	at     *url.URL // of the page
	page   string
	status int
}

func newVisitor(t *testing.T) *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t: t, http: http.Client{Jar: jar, Timeout: patience}}
}

// open goes to an address, which may be relative to the page.
func (v *visitor) open(address string) {
	v.t.Helper()
	if v.at != nil {
		u, err := v.at.Parse(address)
		if err != nil {
			v.t.Fatal(err)
		}
		address = u.String()
	}
	v.ask(http.MethodGet, address, nil)
}

// ask reads the answer as a page.
func (v *visitor) ask(method, address string, fields url.Values) {
	v.t.Helper()
	req, err := http.NewRequest(method, address, strings.NewReader(fields.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := v.http.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	v.at, v.page, v.status = res.Request.URL, string(body), res.StatusCode
}

// shows waits until the page has all texts.
func (v *visitor) shows(texts ...string) {
	v.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		missing := ""
		for _, text := range texts {
			if !strings.Contains(v.page, text) {
				missing = text
			}
		}
		if missing == "" {
			return
		}
		if time.Now().After(end) || v.status != http.StatusOK {
			v.t.Fatalf("%s (%d) does not show %q:\n%s", v.at, v.status, missing, v.page)
		}
		v.open(v.at.String())
	}
}

// follow goes where the link with that text leads.
func (v *visitor) follow(text string) {
	v.t.Helper()
	for n := range v.nodes() {
		if n.Data == "a" && n.FirstChild != nil && n.FirstChild.Data == text {
			v.open(attribute(n, "href"))
			return
		}
	}
	v.t.Fatalf("no link %q in:\n%s", text, v.page)
}

// send fills in and sends the form of a command.
func (v *visitor) send(command string, fields url.Values) {
	v.t.Helper()
	for n := range v.nodes() {
		action := attribute(n, "action") + attribute(n, "formaction")
		path, query, _ := strings.Cut(action, "?")
		if !strings.HasSuffix(path, "/"+command) {
			continue
		}
		v.hidden(n, fields)
		v.hidden(v.node("id", attribute(n, "form")), fields) // of a button of a form elsewhere
		u, err := v.at.Parse(path + "?" + query)
		if err != nil {
			v.t.Fatal(err)
		}
		v.ask(http.MethodPost, u.String(), fields)
		return
	}
	v.t.Fatalf("no form of %s in:\n%s", command, v.page)
}

// node returns the first element with an attribute, or an empty one.
func (v *visitor) node(name, value string) *html.Node {
	for n := range v.nodes() {
		if value != "" && attribute(n, name) == value {
			return n
		}
	}
	return &html.Node{}
}

// hidden adds the hidden fields of a form.
func (v *visitor) hidden(form *html.Node, fields url.Values) {
	for n := range form.Descendants() {
		if attribute(n, "type") == "hidden" {
			fields.Add(attribute(n, "name"), attribute(n, "value"))
		}
	}
}

// watch follows the feed of the page until it has a text, after it did something.
func (v *visitor) watch(text string, do func()) {
	v.t.Helper()
	feed := ""
	for n := range v.nodes() {
		feed += attribute(n, "data-live-feed")
	}
	u, err := v.at.Parse(feed)
	if err != nil || feed == "" {
		v.t.Fatalf("no feed (%v) in:\n%s", err, v.page)
	}
	ctx, cancel := context.WithTimeout(v.t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	res, err := (&http.Client{Jar: v.http.Jar}).Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	do()
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		if strings.Contains(lines.Text(), text) {
			return
		}
	}
	v.t.Fatalf("the feed %s (%s) ends without %q: %v", u, res.Status, text, lines.Err())
}

func (v *visitor) nodes() func(func(*html.Node) bool) {
	v.t.Helper()
	doc, err := html.Parse(strings.NewReader(v.page))
	if err != nil {
		v.t.Fatal(err)
	}
	return doc.Descendants()
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
