package todo

import (
	"embed"

	"ironstar.dev"
	"ironstar.dev/gen/todo"
)

// Tally counts what all lists have seen: lines added, and lines that are done.
type Tally struct{}

var _ todo.Tally = Tally{}

// Source is this folder's code, which is part of the fingerprint of what it folds.
func (Tally) Source() embed.FS { return source }

// Initial has counted nothing.
func (Tally) Initial(string) todo.TallyState { return todo.TallyState{} }

// EvolveListAdded counts a line.
func (Tally) EvolveListAdded(s todo.TallyState, _ todo.ListAdded, _ *ironstar.Record) todo.TallyState {
	s.Added++
	return s
}

// EvolveListCompleted counts a line that is done.
func (Tally) EvolveListCompleted(s todo.TallyState, _ todo.ListCompleted, _ *ironstar.Record) todo.TallyState {
	s.Done++
	return s
}

// EvolveListReopened takes one back.
func (Tally) EvolveListReopened(s todo.TallyState, _ todo.ListReopened, _ *ironstar.Record) todo.TallyState {
	s.Done--
	return s
}
