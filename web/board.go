package web

import (
	"cmp"
	"net/url"
	"path"
	"strings"

	"ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
	"ironstar.dev/live"
	"ironstar.dev/wire"
)

// board is what the todo page needs besides its content.
type board struct {
	id   string               // of the list
	show todo.BoardParamsShow // filter of the rendered content
}

// boardOf returns the board of a document that is a todo page. The id of the
// list comes from the address of its feed.
func boardOf(d live.Document) (board, bool) {
	u, err := url.Parse(d.FeedURL)
	if err != nil {
		return board{}, false
	}
	page, isFeed := strings.CutSuffix(u.EscapedPath(), "/feed")
	id, err := url.PathUnescape(path.Base(page))
	id = wire.PathPart(id)
	address, _, _ := strings.Cut(todohttp.BoardURL(id, todo.BoardParams{}), "?")
	if err != nil || !isFeed || page != address {
		return board{}, false
	}
	show := cmp.Or(todo.BoardParamsShow(u.Query().Get("show")), todo.BoardParamsShowAll)
	return board{id, show}, true
}

// page returns the address of what was rendered.
func (b board) page() string { return todohttp.BoardURL(b.id, todo.BoardParams{}.WithShow(b.show)) }

// pageWithNew returns the address where a new line is seen: nothing new is
// completed.
func (b board) pageWithNew() string {
	if b.show == todo.BoardParamsShowCompleted {
		b.show = todo.BoardParamsShowAll
	}
	return b.page()
}

// commands are the forms that controls in the list send. They are outside of
// what the feed patches, because the list's address is not known there.
func (b board) commands() []struct{ Name, Action string } {
	return []struct{ Name, Action string }{
		{"rename", todohttp.ListRenameURL(b.id)},
		{"complete", todohttp.ListCompleteURL(b.id)},
		{"reopen", todohttp.ListReopenURL(b.id)},
		{"remove", todohttp.ListRemoveURL(b.id)},
		{"complete-all", todohttp.ListCompleteAllURL(b.id)},
		{"reopen-all", todohttp.ListReopenAllURL(b.id)},
		{"clear-completed", todohttp.ListClearCompletedURL(b.id)},
	}
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

// filterID is the id of a filter's link.
func filterID(show todo.BoardParamsShow) string { return "show-" + string(show) }

// The ids of elements of a line: the title, which distinguishes the controls of
// lines, the edit field, and its error.
func titleID(i todo.Item) string { return "title-" + i.ID.String() }
func editID(i todo.Item) string  { return "edit-" + i.ID.String() }
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
