package wire

import (
	"fmt"

	"ironstar.dev"
)

// StateOf returns a state that a command reads. It panics if who asked decide did
// not give it one: aggregate.Reads says which.
func StateOf[S any](all ironstar.States, i int) S {
	if i < len(all) {
		if s, ok := all[i].(S); ok || all[i] == nil { // a union may begin as nil
			return s
		}
	}
	panic(fmt.Sprintf("decide needs %T as the state %d that the command reads", *new(S), i+1))
}
