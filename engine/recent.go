package engine

import (
	"fmt"

	"ironstar.dev"
)

// recentCommands is how many commands of an aggregate are held with its state.
// A client that repeats a command usually repeats one of the last.
const recentCommands = 16

// recent holds the last stored commands by id. A command that is not in it may
// be stored nevertheless; the store detects that.
type recent struct {
	commands []recentCommand // a ring, once it is full
	oldest   int
}

type recentCommand struct {
	id      string
	request [32]byte
	receipt ironstar.Receipt
}

func (r *recent) add(id string, request [32]byte, receipt ironstar.Receipt) {
	if id == "" {
		return
	}
	c := recentCommand{id, request, receipt}
	if len(r.commands) < recentCommands {
		r.commands = append(r.commands, c)
		return
	}
	r.commands[r.oldest] = c
	r.oldest = (r.oldest + 1) % recentCommands
}

// bytes estimates the memory of the commands.
func (r *recent) bytes() int {
	n := 0
	for _, c := range r.commands {
		n += len(c.id) + 72 // the rest of a recentCommand
	}
	return n
}

// find returns the receipt of a command, or an error if its id was used for
// another request.
func (r *recent) find(id string, request [32]byte) (_ ironstar.Receipt, found bool, err error) {
	if id == "" {
		return ironstar.Receipt{}, false, nil
	}
	for _, c := range r.commands {
		switch {
		case c.id != id:
		case c.request != request:
			return ironstar.Receipt{}, false, fmt.Errorf("%w: command id %q", ironstar.ErrCommandReused, id)
		default:
			return c.receipt, true, nil
		}
	}
	return ironstar.Receipt{}, false, nil
}
