package engine_test

import (
	"testing"

	"ironstar.dev"
	"ironstar.dev/engine"
)

type namedQuery string

func (n namedQuery) QueryName() string { return string(n) }

func TestQueries(t *testing.T) {
	e := engine.New(openStore(t), engine.Options{})
	e.AddQuery(namedQuery("a"))
	e.AddQuery(namedQuery("b"))
	if all := e.Queries(); len(all) != 2 || all[0].QueryName() != "a" || all[1].QueryName() != "b" {
		t.Errorf("got %v", all)
	}
	if e.Ready() {
		t.Error("it is ready before it has started")
	}
	start(t, e)
	if !e.Ready() {
		t.Error("it is not ready after it has started")
	}
	defer func() {
		if recover() == nil {
			t.Error("a query was added to an engine that runs")
		}
	}()
	e.AddQuery(namedQuery("c"))
}

func TestFindGlobal(t *testing.T) {
	e := engine.New(openStore(t), engine.Options{})
	engine.Follow(e, view("test.All", ironstar.Global))
	engine.Follow(e, view("test.Each", ironstar.ByStream))
	if r, err := engine.FindGlobal(e, "test.All"); err != nil || r == nil {
		t.Errorf("got %v, %v", r, err)
	}
	for _, name := range []string{"test.Each", "test.None"} {
		if _, err := engine.FindGlobal(e, name); err == nil {
			t.Errorf("%s was found", name)
		}
	}
}
