package web_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"ironstar.dev"
	"ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
	"ironstar.dev/live"
	"ironstar.dev/static"
	"ironstar.dev/web"
)

var update = flag.Bool("update", false, "write the golden files")

const listID = "0194f0d2-5a3b-8c4d-9e6f-0123456789ab"

// list makes a state; a text that begins with "x " is done.
func list(texts ...string) todo.ListState {
	var s todo.ListState
	for i, text := range texts {
		id := ironstar.UUID{0: 1, 15: byte(i + 1)}
		text, done := strings.CutPrefix(text, "x ")
		s.Items = append(s.Items, todo.Item{ID: id, Text: text, Done: done})
	}
	return s
}

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	for _, n := range []string{"app.js", "app.css"} { // built or not
		got = strings.ReplaceAll(got, static.Assets.URL(n), live.AssetPrefix+n)
	}
	got = strings.ReplaceAll(got, "><", ">\n<") + "\n"
	file := filepath.Join("testdata", name+".html")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; go test ./web -update writes it):\n%s", file, diff)
	}
}

func TestBoardGolden(t *testing.T) {
	for name, test := range map[string]struct {
		state todo.ListState
		show  todo.BoardParamsShow
	}{
		"empty":        {list(), todo.BoardParamsShowAll},
		"few":          {list("water the plants", "x write to Ada"), todo.BoardParamsShowAll},
		"active":       {list("water the plants", "x write to Ada"), todo.BoardParamsShowActive},
		"nothing-done": {list("water the plants"), todo.BoardParamsShowCompleted},
		"all-done":     {list("x one"), todo.BoardParamsShowActive},
		"hostile":      {list(`"><script>alert(1)</script>`, "${1+1}", "'", "👩‍👩‍👧 עברית", "@get('/x') $text", "&amp;"), todo.BoardParamsShowAll},
	} {
		t.Run(name, func(t *testing.T) {
			golden(t, name, render(t, web.Board(test.state, todohttp.BoardAt{ID: listID, Params: todo.BoardParams{}.WithShow(test.show)})))
		})
	}
}

// page renders a whole document around the list with this id.
func page(t *testing.T, s todo.ListState, id string) string {
	t.Helper()
	at := todohttp.BoardAt{ID: id}
	return render(t, web.BoardDocument(todohttp.BoardDocument{
		Document: live.Document{Title: "todos", FeedURL: todohttp.BoardFeedURL(id, at.Params) + "?_from=7.0123456789abcdef&page-version=fedcba9876543210", Content: web.Board(s, at)},
		BoardAt:  at,
	}))
}

func TestDocumentGolden(t *testing.T) {
	golden(t, "document", page(t, list("water the plants"), listID))
	golden(t, "tally", render(t, web.Document(live.Document{
		Title: "tally", FeedURL: "/todo/tally/feed?_from=7.0123456789abcdef&page-version=fedcba9876543210", Content: web.Tally(todo.TallyState{Added: 3, Done: 1}, todohttp.TallyAt{}),
	})))
	golden(t, "problem", render(t, web.ErrorPage(&live.Problem{Title: "Not Found", Detail: "there is nothing at </this> address"})))
	golden(t, "filter", render(t, web.ErrorPage(&live.Problem{Status: 422, Errors: []live.FieldError{{Field: "show", Message: "must be all, active or completed"}}})))
}

// elements parses a document and returns all its elements.
func elements(t *testing.T, document string) []*html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	var all []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			all = append(all, n)
		}
	}
	return all
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func text(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// TestTextOfUsersIsText: it is the title of its line, character for character,
// and it is in no attribute, where an expression could be.
func TestTextOfUsersIsText(t *testing.T) {
	texts := []string{`"><script>alert(1)</script>`, "${1+1}", "'", "`${alert(1)}`", "👩‍👩‍👧 日本語 עברית", "$text @get('/')", "<img src=x onerror=alert(1)>",
		"</label></li></ul>", "&lt;b&gt;", "two\nlines", "  spaces  ", strings.Repeat("😀", 280)}
	var titles []string
	for _, n := range elements(t, page(t, list(texts...), listID)) {
		if attr(n, "data-testid") == "todo-title" {
			titles = append(titles, text(n))
		}
		for _, a := range n.Attr {
			for _, text := range texts {
				if len(text) > 1 && strings.Contains(a.Val, text) {
					t.Errorf("%s of <%s> holds %q: %s", a.Key, n.Data, text, a.Val)
				}
			}
		}
		if n.Data == "script" && attr(n, "src") == "" || n.Data == "img" {
			t.Errorf("a text became <%s>", n.Data)
		}
	}
	if diff := cmp.Diff(texts, titles); diff != "" {
		t.Errorf("titles (-want +got):\n%s", diff)
	}
}

// TestOddListAddress: the id of a list comes out of an address, so it is a text
// of users as well. No expression holds it.
func TestOddListAddress(t *testing.T) {
	plain := expressions(t, page(t, list("one"), "x"))
	for _, id := range []string{`a'b`, `a"b`, "a$b", "@get(1)", "a/b", "x~y:z@w+v", "日本"} {
		odd := expressions(t, page(t, list("one"), id))
		if diff := cmp.Diff(plain, odd); diff != "" {
			t.Errorf("%s: the expressions differ from those of the list x (-want +got):\n%s", id, diff)
		}
	}
}

// expressions are the attributes of a document that Datastar reads.
func expressions(t *testing.T, document string) (all []string) {
	t.Helper()
	for _, n := range elements(t, document) {
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "data-") && !strings.HasPrefix(a.Key, "data-live-") && a.Key != "data-testid" {
				all = append(all, a.Key+"="+a.Val)
			}
		}
	}
	return all
}

// TestTildeInAListAddress: commands go to the list that the page shows.
func TestTildeInAListAddress(t *testing.T) {
	for _, n := range elements(t, page(t, list(), "~.")) {
		if attr(n, "id") == "rename" && attr(n, "action") == "/todo/list/~~./rename" {
			return
		}
	}
	t.Error("the page has no form of the list ~.")
}

func ExampleBoard() {
	state := todo.ListState{Items: []todo.Item{{Text: "<water> the plants"}}}
	var b strings.Builder
	_ = web.Board(state, todohttp.BoardAt{}).Render(context.Background(), &b)
	_, rest, _ := strings.Cut(b.String(), `dir="auto">`)
	title, _, _ := strings.Cut(rest, "</label>")
	fmt.Println(title)
	// Output: &lt;water&gt; the plants
}
