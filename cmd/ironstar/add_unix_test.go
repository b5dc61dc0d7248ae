//go:build unix

package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// longestPage is the number of lines that a page with two forms has at most.
const longestPage = 60

// TestAddedPagesWork: a project without a domain gets two pages by commands alone.
// It builds, passes its tests and checks, and its forms change its pages.
func TestAddedPagesWork(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	p := &newProject{t: t, dir: t.TempDir(), env: append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-trimpath",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")}
	p.run("ironstar", "new", "--example", "none", "--ironstar", root, "--module", "zoo.dev/kitchen", "kitchen")
	p.dir = filepath.Join(p.dir, "kitchen")
	p.dir = filepath.Join(p.dir, "tools") // where go -C tools tool ironstar runs
	for _, args := range [][]string{
		{"aggregate", "kitchen.Recipe", "title:text", "level:low|high", "due:date?", "price:decimal", "at:now", "id:newid", "length:duration?", "open:bool=true", "steps:[text]"},
		{"command", "Recipe.Note", "text:longtext", "stars:int?", "tags:[a|b]"},
		{"command", "Recipe.Publish"},
		{"event", "Recipe.Archived", "at:time"},
		{"view", "Card", "--of", "Recipe"},
		{"page", "Card"},
		{"view", "Cookbook", "--on", "Recipe.Added,Recipe.Published", "titles:[string]", "count:int"},
		{"page", "Cookbook"},
		{"process", "Publisher", "--on", "Recipe.Added,Recipe.Published", "--timer", "Late", "--send", "Recipe.Publish", "titles:[string]"},
		{"process", "Taster", "--on", "Recipe.Noted", "--send", "Recipe.Note"},
		{"signal", "Draft", "text:string"},
		{"aggregate", "bar.Drink", "--command", "Mix"},
		{"command", "Drink.Rate", "stars:int"},
		{"command", "Drink.Rename", "name:text"},
		{"view", "Glass", "--of", "bar.Drink"},
		{"page", "Glass"},
		{"view", "Menu", "--on", "bar.Drink.Mixed"},
		{"page", "Menu"},
	} {
		p.run("ironstar", append([]string{"add"}, args...)...)
	}
	p.dir = filepath.Dir(p.dir)
	page, err := os.ReadFile(filepath.Join(p.dir, "web", "glass.templ"))
	if lines := strings.Count(string(page), "\n"); err != nil || strings.Count(string(page), "@live.Form(") != 2 || lines > longestPage {
		t.Errorf("%v: the page has %d lines:\n%s", err, lines, page)
	}
	p.run("git", "add", "-A")
	p.run("go", "vet", "./...")
	p.run("go", "test", "./...")
	p.run("ironstar", "check")
	p.run("ironstar", "generate", "--check")
	p.run("go", "generate", "./web")
	if changed := p.run("git", "diff", "--stat"); changed != "" {
		t.Errorf("templ generates other files:\n%s", changed)
	}
	if unformatted := p.run("gofmt", "-l", "cmd", "internal", "static", "web", "schema"); unformatted != "" {
		t.Errorf("gofmt would change %s", unformatted)
	}
	p.buildAssets()
	p.run("go", "build", "-o", "bin/app", "./cmd/app")
	b := p.browse()
	b.get("/")
	b.send("/add", url.Values{"title": {"Soup <b>"}, "level": {"high"}, "price": {"4.50"}, "open": {"true"}, "due": {""}, "length": {""}, "steps": {"cut", "", "boil"}})
	b.send("/note", url.Values{"text": {"good"}, "tags": {"a"}})
	b.shows("/", `Soup &lt;b&gt;</span>`, `>high</dd>`, `>4.50</dd>`, `>boil</span>`)
	b.shows("/kitchen/cookbook", `Soup &lt;b&gt;</span>`, `>1</dd>`)
	b.get("/bar/menu")
	b.send("/mix", nil)
	b.shows("/bar/menu", `>1</dd>`)
}

// browser asks the server of a project.
type browser struct {
	t    *testing.T
	site string
	http http.Client
	page string // the last one
}

// browse starts the server, which ends with the test.
func (p *newProject) browse() *browser {
	p.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return &browser{t: p.t, site: p.serve(filepath.Join(p.dir, "bin", "app")), http: http.Client{Jar: jar}}
}

// get reads a page.
func (b *browser) get(address string) string {
	b.t.Helper()
	res, err := b.http.Get(b.site + address)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		b.t.Fatalf("%s: %s %v\n%s", address, res.Status, err, body)
	}
	b.page = string(body)
	return b.page
}

// send fills in the form of the last page whose address has an ending, and sends it.
func (b *browser) send(ending string, fields url.Values) {
	b.t.Helper()
	root, err := html.Parse(strings.NewReader(b.page))
	if err != nil {
		b.t.Fatal(err)
	}
	for form := range root.Descendants() {
		action, _, _ := strings.Cut(attribute(form, "action"), "?")
		if form.Data != "form" || !strings.HasSuffix(action, ending) {
			continue
		}
		sent := url.Values{}
		for n := range form.Descendants() {
			if n.Data == "input" && attribute(n, "type") == "hidden" {
				sent.Add(attribute(n, "name"), attribute(n, "value"))
			}
		}
		for name, values := range fields {
			sent[name] = values
		}
		res, err := b.http.PostForm(b.site+attribute(form, "action"), sent)
		if err != nil {
			b.t.Fatal(err)
		}
		defer res.Body.Close()
		if body, err := io.ReadAll(res.Body); err != nil || res.StatusCode != http.StatusOK { // after a redirect
			b.t.Fatalf("%s: %s %v\n%s", action, res.Status, err, body)
		}
		return
	}
	b.t.Fatalf("the page has no form to %s:\n%s", ending, b.page)
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// shows waits until a page has some texts: a view follows the log.
func (b *browser) shows(address string, texts ...string) {
	b.t.Helper()
	for range 400 {
		missing := false
		b.get(address)
		for _, text := range texts {
			missing = missing || !strings.Contains(b.page, text)
		}
		if !missing {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	b.t.Errorf("%s does not show %q:\n%s", address, texts, b.page)
}
