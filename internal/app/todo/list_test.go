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

func TestMove(t *testing.T) {
	twoLines(t).When(gen.ListMove{ID: cat, Before: &milk}).Then(gen.ListMoved{ID: cat, Before: &milk})
	moved := twoLines(t).When(gen.ListMove{ID: milk}).Then(gen.ListMoved{ID: milk})
	moved.When(gen.ListMove{ID: milk}).Nothing()
	moved.When(gen.ListMove{ID: milk, Before: &cat}).Then(gen.ListMoved{ID: milk, Before: &cat})
	for _, c := range []gen.ListMove{{ID: cat}, {ID: milk, Before: &cat}, {ID: cat, Before: &cat}} { // where they are
		twoLines(t).When(c).Nothing()
	}
	twoLines(t).When(gen.ListMove{ID: other, Before: &cat}).Refused(gen.ListNoSuchItem{ID: other})
	twoLines(t).When(gen.ListMove{ID: cat, Before: &other}).Refused(gen.ListNoSuchPlace{Before: other})
}

// TestOrder: what a line is moved before decides, and not a number, so a line that
// was added or removed meanwhile changes nothing.
func TestOrder(t *testing.T) {
	fold := func(events ...gen.ListEvent) string {
		var order string
		given := []gen.ListEvent{gen.ListAdded{ID: milk, Text: "m"}, gen.ListAdded{ID: cat, Text: "c"}, gen.ListAdded{ID: other, Text: "o"}}
		for _, item := range ironstartest.Fold(gen.NewList(todo.List{}), append(given, events...)...).Items {
			order += item.Text
		}
		return order
	}
	for _, c := range []struct {
		want   string
		events []gen.ListEvent
	}{
		{"omc", []gen.ListEvent{gen.ListMoved{ID: other, Before: &milk}}},
		{"com", []gen.ListEvent{gen.ListMoved{ID: milk}}},
		{"cmo", []gen.ListEvent{gen.ListMoved{ID: milk, Before: &other}}},
		{"oc", []gen.ListEvent{gen.ListRemoved{ID: milk}, gen.ListMoved{ID: cat}}},
		{"mco", []gen.ListEvent{gen.ListMoved{ID: milk}, gen.ListMoved{ID: milk, Before: &cat}}},
		{"mo", []gen.ListEvent{gen.ListRemoved{ID: cat}, gen.ListMoved{ID: cat, Before: &milk}}}, // never stored, and harmless
	} {
		if got := fold(c.events...); got != c.want {
			t.Errorf("%v: the order is %s, want %s", c.events, got, c.want)
		}
	}
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
