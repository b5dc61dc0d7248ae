package auctiondemo

import (
	"errors"
	"fmt"
	"strings"

	"ironstar.dev"
	"ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
)

// todoList is a list of the first context; lines with an x are done.
type todoList struct {
	id    string
	lines []string
}

var todoLists = []todoList{
	{"welcome", []string{"x Start the server", "Open this page in a second browser", "Tick a line there, and look here", "Kill the server and start it again"}},
	{"garden", []string{"x Sow the peas", "x Water the tomatoes", "Mend the fence", "Lend Ana the shears"}},
	{"journey", []string{"x Book the night train to Vienna", "Renew the passport", "Find the good umbrella"}},
}

// writeTodos adds the lines of the lists, and ticks some.
func (h *house) writeTodos() error {
	parts, err := todohttp.PartsOf(h.engine)
	if err != nil {
		return err
	}
	for _, list := range h.todos {
		for _, line := range list.lines {
			var id ironstar.UUID
			for i := range id {
				id[i] = byte(h.random.Uint32())
			}
			text, done := strings.CutPrefix(line, "x ")
			_, err := parts.List.Do(h.ctx, list.id, todo.ListAdd{ID: id, Text: text})
			if done {
				_, ticked := parts.List.Do(h.ctx, list.id, todo.ListComplete{ID: id})
				err = errors.Join(err, ticked)
			}
			if err != nil {
				return fmt.Errorf("todo list %s: %w", list.id, err)
			}
		}
	}
	return nil
}
