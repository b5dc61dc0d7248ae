package engine

import (
	"fmt"

	"ironstar.dev"
)

// recentCommands is how many commands of an aggregate are remembered with its
// state: those that a client may send again are among the last.
const recentCommands = 16

// recent are the last commands that were stored, by id. What is not in it may
// be stored all the same: then the store says so.
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

// find returns the receipt of a command, or the error of one whose id was used
// for another request.
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
