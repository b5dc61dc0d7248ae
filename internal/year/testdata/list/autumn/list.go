// Package todo is the hand-written side of the todo domain: what a list decides
// and how it changes. It is pure; everything else is generated from
// schema/todo.
package todo

import (
	"embed"
	"slices"
	"strings"

	"ironstar.dev"
	"ironstar.dev/gen/todo"
)

// MaxItems is how many lines a list can hold.
const MaxItems = 500

// List decides for one list of things to do.
//
//	          Rename (any number of times)
//	           ┌─┐
//	 Add  ┌────┴─▼┐  Complete, CompleteAll  ┌──────┐
//	─────▶│ active │────────────────────────▶│ done │
//	      └───┬───┘◀────────────────────────└──┬───┘
//	          │        Reopen, ReopenAll       │
//	          └──────────▶ removed ◀───────────┘
//	            Remove        Remove, ClearCompleted
//
// Every command can arrive twice: an item that is already as wished, or already
// gone, or already in its place, leads to no event. Only Rename, Complete, Reopen
// and Move of an item that is not there are refused, since nobody can have meant
// them. Move changes the order only.
type List struct{}

var _ todo.List = List{}

// Source is this folder's code, which is part of the fingerprint of what it folds.
func (List) Source() embed.FS { return source }

// Initial is a list without lines.
func (List) Initial() todo.ListState { return todo.ListState{} }

// EvolveAdded puts the line at the end.
func (List) EvolveAdded(s todo.ListState, e todo.ListAdded) todo.ListState {
	s.Items = append(s.Items, todo.Item{ID: e.ID, Text: says(e.Body)})
	return s
}

// EvolveStruck crosses out what a line says; it keeps its place.
func (List) EvolveStruck(s todo.ListState, e todo.ListStruck) todo.ListState {
	if item := find(s, e.ID); item != nil {
		item.Text = ""
	}
	return s
}

// EvolveRewritten writes on it anew.
func (List) EvolveRewritten(s todo.ListState, e todo.ListRewritten) todo.ListState {
	if item := find(s, e.ID); item != nil {
		item.Text = e.Text
	}
	return s
}

// EvolveCompleted ticks a line off.
func (List) EvolveCompleted(s todo.ListState, e todo.ListCompleted) todo.ListState {
	return mark(s, e.ID, true)
}

// EvolveReopened takes the tick away.
func (List) EvolveReopened(s todo.ListState, e todo.ListReopened) todo.ListState {
	return mark(s, e.ID, false)
}

// EvolveRemoved takes a line out.
func (List) EvolveRemoved(s todo.ListState, e todo.ListRemoved) todo.ListState {
	s.Items = slices.DeleteFunc(s.Items, func(i todo.Item) bool { return i.ID == e.ID })
	return s
}

// EvolveMoved puts a line before another one, or at the end.
func (List) EvolveMoved(s todo.ListState, e todo.ListMoved) todo.ListState {
	item := find(s, e.ID)
	if item == nil {
		return s
	}
	moved := *item
	s.Items = slices.DeleteFunc(s.Items, func(i todo.Item) bool { return i.ID == e.ID })
	s.Items = slices.Insert(s.Items, indexOf(s, e.Before), moved)
	return s
}

// DecideAdd puts a new line at the end.
func (List) DecideAdd(s todo.ListState, c todo.ListAdd) ([]todo.ListEvent, error) {
	switch {
	case find(s, c.ID) != nil:
		return nil, nil
	case len(s.Items) >= MaxItems:
		return nil, todo.ListListFull{Max: MaxItems}
	}
	return []todo.ListEvent{todo.ListAdded{ID: c.ID, Body: body(c.Text)}}, nil
}

// DecideRename changes what a line says.
func (List) DecideRename(s todo.ListState, c todo.ListRename) ([]todo.ListEvent, error) {
	item := find(s, c.ID)
	switch {
	case item == nil:
		return nil, todo.ListNoSuchItem{ID: c.ID}
	case item.Text == c.Text:
		return nil, nil
	}
	return []todo.ListEvent{todo.ListStruck{ID: c.ID}, todo.ListRewritten(c)}, nil
}

// DecideComplete ticks a line off.
func (List) DecideComplete(s todo.ListState, c todo.ListComplete) ([]todo.ListEvent, error) {
	item := find(s, c.ID)
	switch {
	case item == nil:
		return nil, todo.ListNoSuchItem{ID: c.ID}
	case item.Done:
		return nil, nil
	}
	return []todo.ListEvent{todo.ListCompleted(c)}, nil
}

// DecideReopen takes the tick away.
func (List) DecideReopen(s todo.ListState, c todo.ListReopen) ([]todo.ListEvent, error) {
	item := find(s, c.ID)
	switch {
	case item == nil:
		return nil, todo.ListNoSuchItem{ID: c.ID}
	case !item.Done:
		return nil, nil
	}
	return []todo.ListEvent{todo.ListReopened(c)}, nil
}

// DecideRemove takes a line out.
func (List) DecideRemove(s todo.ListState, c todo.ListRemove) ([]todo.ListEvent, error) {
	if find(s, c.ID) == nil {
		return nil, nil
	}
	return []todo.ListEvent{todo.ListRemoved(c)}, nil
}

// DecideMove puts a line before another one, or at the end.
func (List) DecideMove(s todo.ListState, c todo.ListMove) ([]todo.ListEvent, error) {
	switch before := indexOf(s, c.Before); {
	case find(s, c.ID) == nil:
		return nil, todo.ListNoSuchItem{ID: c.ID}
	case c.Before != nil && before == len(s.Items):
		return nil, todo.ListNoSuchPlace{Before: *c.Before}
	case c.Before != nil && *c.Before == c.ID, before > 0 && s.Items[before-1].ID == c.ID:
		return nil, nil
	}
	return []todo.ListEvent{todo.ListMoved(c)}, nil
}

// DecideCompleteAll ticks off every line that is not.
func (List) DecideCompleteAll(s todo.ListState, _ todo.ListCompleteAll) ([]todo.ListEvent, error) {
	return each(s, false, func(id ironstar.UUID) todo.ListEvent { return todo.ListCompleted{ID: id} }), nil
}

// DecideReopenAll takes every tick away.
func (List) DecideReopenAll(s todo.ListState, _ todo.ListReopenAll) ([]todo.ListEvent, error) {
	return each(s, true, func(id ironstar.UUID) todo.ListEvent { return todo.ListReopened{ID: id} }), nil
}

// DecideClearCompleted takes out every line that is done.
func (List) DecideClearCompleted(s todo.ListState, _ todo.ListClearCompleted) ([]todo.ListEvent, error) {
	return each(s, true, func(id ironstar.UUID) todo.ListEvent { return todo.ListRemoved{ID: id} }), nil
}

// UpcastAddedToV2Body says how lines were meant when they could not say it
// themselves. It is pure: the same old event, the same result, for ever.
func (List) UpcastAddedToV2Body(v todo.ListAddedV1) (todo.AddedV2Body, error) {
	if strings.HasSuffix(v.Text, "!") {
		return todo.Loud{Text: v.Text}, nil
	}
	return todo.Plain{Text: v.Text}, nil
}

// body is how a line is meant that somebody types today.
func body(text string) todo.Body {
	switch {
	case strings.HasPrefix(text, "https://"):
		return todo.Link{Text: text, URL: text}
	case strings.HasSuffix(text, "!"):
		return todo.Loud{Text: text}
	}
	return todo.Plain{Text: text}
}

// says is what a line shows.
func says(b todo.Body) string {
	switch b := b.(type) {
	case todo.Plain:
		return b.Text
	case todo.Loud:
		return b.Text
	case todo.Link:
		return b.Text
	}
	return ""
}

// find returns the line with an id, to be changed in place, or nil.
func find(s todo.ListState, id ironstar.UUID) *todo.Item {
	i := slices.IndexFunc(s.Items, func(item todo.Item) bool { return item.ID == id })
	if i < 0 {
		return nil
	}
	return &s.Items[i]
}

// indexOf returns where the line with an id stands, or the number of lines: nil is the end.
func indexOf(s todo.ListState, id *ironstar.UUID) int {
	i := slices.IndexFunc(s.Items, func(item todo.Item) bool { return id != nil && item.ID == *id })
	if i < 0 {
		return len(s.Items)
	}
	return i
}

func mark(s todo.ListState, id ironstar.UUID, done bool) todo.ListState {
	if item := find(s, id); item != nil {
		item.Done = done
	}
	return s
}

// each makes an event of every line that is done, or of every one that is not.
func each(s todo.ListState, done bool, event func(ironstar.UUID) todo.ListEvent) []todo.ListEvent {
	var events []todo.ListEvent
	for _, item := range s.Items {
		if item.Done == done {
			events = append(events, event(item.ID))
		}
	}
	return events
}
