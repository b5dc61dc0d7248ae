package cuetest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"ironstar.dev/engine"
	"ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
	"ironstar.dev/live"
)

// TestZeroParamsAreTheDefaults: an omitted parameter and a parameter that was
// set to its default are equal values and have equal addresses.
func TestZeroParamsAreTheDefaults(t *testing.T) {
	none := todo.BoardParams{}
	parsed, err := todo.ParseBoardParams([]byte("{}"))
	if err != nil || parsed != none {
		t.Errorf("parsed from nothing they are %+v, %v; want %+v", parsed, err, none)
	}
	if none.Show() != todo.BoardParamsShowAll || none.Query() != "" {
		t.Errorf("the zero value shows %q and has the query %q", none.Show(), none.Query())
	}
	active := none.WithShow(todo.BoardParamsShowActive)
	if active.Show() != todo.BoardParamsShowActive || !strings.Contains(active.Query(), "show=active") {
		t.Errorf("active shows %q and has the query %q", active.Show(), active.Query())
	}
	if back := active.WithShow(todo.BoardParamsShowAll); back != none {
		t.Errorf("the default, when it is chosen, is %+v, want %+v", back, none)
	}
}

func TestValuesOfEnumsAreListed(t *testing.T) {
	want := []todo.BoardParamsShow{todo.BoardParamsShowAll, todo.BoardParamsShowActive, todo.BoardParamsShowCompleted}
	got := todo.BoardParamsShowValues()
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	got[0] = "changed"
	if todo.BoardParamsShowValues()[0] != want[0] {
		t.Error("a caller can change the list")
	}
}

// TestRegisterNamesWhatIsMissing: everything that an application forgot is in one
// error, which says what to set.
func TestRegisterNamesWhatIsMissing(t *testing.T) {
	page := func(todo.TallyState, todohttp.TallyAt) templ.Component { return nil }
	domain := todohttp.Domain{BoardOptions: live.ViewOptions{NoPage: true}, TallyPage: page, TallyOptions: live.ViewOptions{NoPage: true}}
	routes, err := domain.Register(engine.New(nil, engine.Options{}))
	want := `todohttp.Domain has no List: set it to your code, which implements todo.List
todohttp.Domain has no Tally: set it to your code, which implements todo.Tally
todohttp.Domain has TallyPage, and TallyOptions.NoPage says that there is none: remove one of them`
	if routes != nil || err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = todohttp.Domain{}.Register(engine.New(nil, engine.Options{}))
	for _, page := range []string{"BoardPage", "TallyPage"} {
		if err == nil || !strings.Contains(err.Error(), "todohttp.Domain has no "+page+": set it to the templ component that shows the view, or set") {
			t.Errorf("got %v, which does not name %s", err, page)
		}
	}
	_, err = todohttp.PartsOf(engine.New(nil, engine.Options{}))
	for _, name := range []string{"aggregate todo.List", "view todo.Board", "view todo.Tally"} {
		if err == nil || !strings.Contains(err.Error(), "the engine has no "+name+": add its domain before") {
			t.Errorf("got %v, which does not name %s", err, name)
		}
	}
}

// TestStubOfAUnionStateBegins: a union has no zero value, so the stub of
// Initial returns one of its cases, also for a union inside a struct.
func TestStubOfAUnionStateBegins(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string][]byte{"door/door.cue": []byte(`package door

import "ironstar.dev/schema"

#Place: {kind: "wall", n: int} | {kind: "gate"}

#Door: schema.#Aggregate & {
	state: {is: "shut"} | {is: "open", where: #Place}
	command: {}
	event: {}
}
#Gate: schema.#Aggregate & {
	state: where: #Place
	command: {}
	event: {}
}
`)})
	out := generate(t, loadSchema(t, "door", dir))
	for file, want := range map[string]string{
		"internal/app/door/door.go": "return door.DoorStateShut{}",
		"internal/app/door/gate.go": "return door.GateState{Where: door.PlaceWall{}}",
	} {
		if !strings.Contains(string(out.Stubs[file]), want) {
			t.Errorf("%s does not say %q:\n%s", file, want, out.Stubs[file])
		}
	}
}
