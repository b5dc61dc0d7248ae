package web

import (
	"net/url"
	"path"
	"strings"

	"ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
	"ironstar.dev/live"
)

// board is what the todo page knows beside its content.
type board struct {
	live.Document
	id      string               // of the list
	show    todo.BoardParamsShow // what the content was rendered with
	feed    string               // its address without parameters
	from    string               // where the content ends
	version string               // of the page
}

// boardOf takes a document apart that is a todo page. The address of its feed
// says which list it is.
func boardOf(d live.Document) (board, bool) {
	u, err := url.Parse(d.FeedURL)
	if err != nil {
		return board{}, false
	}
	page, isFeed := strings.CutSuffix(u.EscapedPath(), "/feed")
	id, err := url.PathUnescape(path.Base(page))
	if err != nil || !isFeed || page != pathOf(todohttp.BoardURL(id, todo.BoardParams{Show: todo.BoardParamsShowAll})) {
		return board{}, false
	}
	b := board{Document: d, id: id, show: todo.BoardParamsShowAll, feed: u.EscapedPath(), from: u.Query().Get("from"), version: u.Query().Get("page-version")}
	if show := u.Query().Get("show"); show != "" {
		b.show = todo.BoardParamsShow(show)
	}
	return b, true
}

func pathOf(address string) string {
	page, _, _ := strings.Cut(address, "?")
	return page
}

// page is the address of what was rendered.
func (b board) page() string { return todohttp.BoardURL(b.id, todo.BoardParams{Show: b.show}) }

// commands are the forms that buttons in the list send. They stand outside of
// what the feed patches, which does not know the list's address.
func (b board) commands() []struct{ Name, Action string } {
	return []struct{ Name, Action string }{
		{"complete", todohttp.ListCompleteURL(b.id)},
		{"reopen", todohttp.ListReopenURL(b.id)},
		{"remove", todohttp.ListRemoveURL(b.id)},
		{"complete-all", todohttp.ListCompleteAllURL(b.id)},
		{"reopen-all", todohttp.ListReopenAllURL(b.id)},
		{"clear-completed", todohttp.ListClearCompletedURL(b.id)},
	}
}

// start are the signals of a page that was just loaded. The text of the new
// line is not among them: someone may have typed before the script ran.
func (b board) start() string {
	start := feedSignals()
	start[string(form.Editing)] = ""
	start["errors"] = map[string]string{"text": "", "id": "", "form": ""}
	start["_sending"] = ""
	return signals(start)
}

// filter is one of the three links.
type filter struct {
	Show  todo.BoardParamsShow
	Label string
	Href  string // works by its query without script, by its end in the address bar of TodoMVC
}

func filters() []filter {
	return []filter{
		{todo.BoardParamsShowAll, "All", "?show=all#/"},
		{todo.BoardParamsShowActive, "Active", "?show=active#/active"},
		{todo.BoardParamsShowCompleted, "Completed", "?show=completed#/completed"},
	}
}

// shownItems are the lines that a filter lets through.
func shownItems(s todo.ListState, show todo.BoardParamsShow) []todo.Item {
	var items []todo.Item
	for _, i := range s.Items {
		if show == todo.BoardParamsShowAll || i.Done == (show == todo.BoardParamsShowCompleted) {
			items = append(items, i)
		}
	}
	return items
}

// titleID and errorID are the names of parts of a line: what tells its controls
// from those of other lines, and what is wrong with it.
func titleID(i todo.Item) string { return "title-" + i.ID.String() }
func errorID(i todo.Item) string { return "error-" + i.ID.String() }

// itemsLeft counts the lines that are not done.
func itemsLeft(s todo.ListState) int {
	n := 0
	for _, i := range s.Items {
		if !i.Done {
			n++
		}
	}
	return n
}

func either(cond bool, yes, no string) string {
	if cond {
		return yes
	}
	return no
}

// BoardTitle is the name of a todo page.
func BoardTitle(todo.ListState, todo.BoardParams) string { return "todos" }

// TallyTitle is the name of the page that counts.
func TallyTitle(todo.TallyState, live.None) string { return "tally" }
