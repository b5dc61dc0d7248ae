package web

import (
	"github.com/a-h/templ"

	"ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
)

// pageWithNew returns the address where a new line is seen: nothing new is
// completed.
func pageWithNew(at todohttp.BoardAt) string {
	if at.Params.Show() == todo.BoardParamsShowCompleted {
		at.Params = at.Params.WithShow(todo.BoardParamsShowAll)
	}
	return at.URL()
}

// boxCommands are the forms that boxes send; the script does. All lines share them.
func boxCommands(id string) []struct{ Name, Action string } {
	return []struct{ Name, Action string }{
		{"complete", todohttp.ListCompleteURL(id)},
		{"reopen", todohttp.ListReopenURL(id)},
		{"complete-all", todohttp.ListCompleteAllURL(id)},
		{"reopen-all", todohttp.ListReopenAllURL(id)},
	}
}

// about are the attributes of a button of a line.
func about(item todo.Item, class, label string) templ.Attributes {
	return templ.Attributes{"class": class, "aria-label": label, "aria-describedby": titleID(item)}
}

// handle makes a button what its line is dragged by (ts/sortable.ts).
func handle() templ.Attributes {
	return templ.Attributes{"data-sort-handle": true, "aria-keyshortcuts": "ArrowUp ArrowDown"}
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
func BoardTitle(todo.ListState, todohttp.BoardAt) string { return "todos" }

// TallyTitle is the name of the page that counts.
func TallyTitle(todo.TallyState, todohttp.TallyAt) string { return "tally" }
