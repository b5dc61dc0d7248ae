package main

import (
	"strings"

	"ironstar.dev"
	"ironstar.dev/gen/todo"
)

// longText makes an event of about 200 bytes.
var longText = strings.Repeat("buy milk and bread, ", 7)

// texts are the new texts of a line, alternately.
var texts = [2]string{longText + "A", longText + "B"}

// lineOf returns the only line of a writer's list.
func lineOf(w int) (id ironstar.UUID) {
	id[0], id[6], id[8], id[15] = 1, 0x40, 0x80, byte(w)
	return id
}

// linesOf returns how many lines n events add to a list.
func linesOf(n int) int { return n / 10 }

// listEvents returns the events of one list, a multiple of ten: of each ten,
// one adds a line, eight rename it, and one completes it.
func listEvents(n int) []todo.ListEvent {
	var all []todo.ListEvent
	for range linesOf(n) {
		id := ironstar.NewUUID()
		all = append(all, todo.ListAdded{ID: id, Text: longText})
		for i := range 8 {
			all = append(all, todo.ListRenamed{ID: id, Text: texts[i%2]})
		}
		all = append(all, todo.ListCompleted{ID: id})
	}
	return all
}
