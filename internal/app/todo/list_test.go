package todo_test

import (
	"strconv"
	"testing"

	"ironstar.dev"
	gen "ironstar.dev/gen/todo"
	"ironstar.dev/internal/app/todo"
	"ironstar.dev/ironstartest"
)

type spec = ironstartest.Spec[gen.ListState, gen.ListCommand, gen.ListEvent]

func list(t *testing.T) spec { return ironstartest.For(t, gen.NewList(todo.List{})) }

// twoLines is a list with milk to buy and a cat that was fed.
func twoLines(t *testing.T) spec {
	return list(t).Given(
		gen.ListAdded{ID: milk, Text: "buy milk"},
		gen.ListAdded{ID: cat, Text: "feed the cat"},
		gen.ListCompleted{ID: cat},
	)
}

func TestAdd(t *testing.T) {
	list(t).When(gen.ListAdd{ID: milk, Text: "buy milk"}).Then(gen.ListAdded{ID: milk, Text: "buy milk"})
	twoLines(t).When(gen.ListAdd{ID: milk, Text: "again"}).Nothing()
}

func TestAddToAFullList(t *testing.T) {
	full := list(t)
	for i := range todo.MaxItems {
		full = full.Given(gen.ListAdded{ID: ironstar.UUID{3, byte(i >> 8), byte(i)}, Text: strconv.Itoa(i)})
	}
	full.When(gen.ListAdd{ID: milk, Text: "one more"}).Refused(gen.ListListFull{Max: todo.MaxItems})
}

func TestRename(t *testing.T) {
	twoLines(t).When(gen.ListRename{ID: milk, Text: "buy oat milk"}).Then(gen.ListRenamed{ID: milk, Text: "buy oat milk"})
	twoLines(t).When(gen.ListRename{ID: milk, Text: "buy milk"}).Nothing()
	twoLines(t).When(gen.ListRename{ID: other, Text: "x"}).Refused(gen.ListNoSuchItem{ID: other})
}

func TestCompleteAndReopen(t *testing.T) {
	twoLines(t).When(gen.ListComplete{ID: milk}).Then(gen.ListCompleted{ID: milk})
	twoLines(t).When(gen.ListComplete{ID: cat}).Nothing()
	twoLines(t).When(gen.ListComplete{ID: other}).Refused(gen.ListNoSuchItem{ID: other})

	twoLines(t).When(gen.ListReopen{ID: cat}).Then(gen.ListReopened{ID: cat})
	twoLines(t).When(gen.ListReopen{ID: milk}).Nothing()
	twoLines(t).When(gen.ListReopen{ID: other}).Refused(gen.ListNoSuchItem{ID: other})
}

func TestRemove(t *testing.T) {
	gone := twoLines(t).When(gen.ListRemove{ID: cat}).Then(gen.ListRemoved{ID: cat})
	gone.When(gen.ListRemove{ID: cat}).Nothing()
	gone.When(gen.ListComplete{ID: cat}).Refused(gen.ListNoSuchItem{ID: cat})
}

func TestAllAtOnce(t *testing.T) {
	twoLines(t).When(gen.ListCompleteAll{}).Then(gen.ListCompleted{ID: milk})
	twoLines(t).When(gen.ListReopenAll{}).Then(gen.ListReopened{ID: cat})
	twoLines(t).When(gen.ListClearCompleted{}).Then(gen.ListRemoved{ID: cat})
	list(t).When(gen.ListCompleteAll{}).Nothing()
	list(t).When(gen.ListReopenAll{}).Nothing()
	list(t).When(gen.ListClearCompleted{}).Nothing()
}

func TestState(t *testing.T) {
	got := ironstartest.Fold(gen.NewList(todo.List{}), []gen.ListEvent{
		gen.ListAdded{ID: milk, Text: "buy milk"},
		gen.ListAdded{ID: cat, Text: "feed the cat"},
		gen.ListCompleted{ID: cat},
		gen.ListRenamed{ID: milk, Text: "buy oat milk"},
		gen.ListAdded{ID: other, Text: "call"},
		gen.ListRemoved{ID: other},
	}...)
	want := []gen.Item{{ID: milk, Text: "buy oat milk"}, {ID: cat, Text: "feed the cat", Done: true}}
	if len(got.Items) != 2 || got.Items[0] != want[0] || got.Items[1] != want[1] {
		t.Errorf("the list is %v, want %v", got.Items, want)
	}
}
