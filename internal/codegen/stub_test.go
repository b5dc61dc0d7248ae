package codegen_test

import (
	"strings"
	"testing"

	"ironstar.dev/internal/codegen"
)

func TestStub(t *testing.T) {
	list := todo().Packages[0].Aggregates[0]
	want := `// DecideAdd puts a new line at the end.
func (List) DecideAdd(s todo.ListState, c todo.ListAdd) ([]todo.ListEvent, error) {
	panic("List.DecideAdd is not written yet")
}
`
	if got := codegen.Stub(list, "DecideAdd"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := codegen.Stub(list, "DecideNothing"); got != "" {
		t.Errorf("a method that is not needed: got\n%s", got)
	}
}

// TestStubsAreForWhatIsHandWritten: a view of an aggregate's own state needs no
// stub.
func TestStubsAreForWhatIsHandWritten(t *testing.T) {
	out, err := codegen.Generate(todo(), codegen.Options{Module: "example.com/app"})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Stubs) != 4 {
		t.Errorf("got %d stubs, want list.go, tally.go, source.go and history_test.go", len(out.Stubs))
	}
	for path, parts := range map[string][]string{
		"internal/app/todo/list.go":   {"package todo\n", `"example.com/app/gen/todo"`, "var _ todo.List = List{}", "func (List) EvolveRemoved("},
		"internal/app/todo/source.go": {"package todo\n", "//go:embed *.go\nvar source embed.FS\n"},
		"internal/app/todo/tally.go":  {"var _ todo.Tally = Tally{}", "func (Tally) Initial(key string) (s todo.TallyState)", "r *ironstar.Record) todo.TallyState {"},
	} {
		for _, part := range parts {
			if !strings.Contains(string(out.Stubs[path]), part) {
				t.Errorf("%s does not hold %q:\n%s", path, part, out.Stubs[path])
			}
		}
	}
}

// TestMissingMethodIsNamed: ironstar check can list every method by name.
func TestMissingMethodIsNamed(t *testing.T) {
	var names []string
	for _, side := range codegen.Sides(todo().Packages[0], codegen.Options{Module: "example.com/app"}) {
		for _, m := range side.Methods {
			names = append(names, side.Type+"."+m.Name)
		}
	}
	got := strings.Join(names, " ")
	want := "List.Source List.Initial List.DecideAdd List.DecideRename List.DecideComplete List.DecideReopen List.DecideRemove " +
		"List.DecideCompleteAll List.DecideReopenAll List.DecideClearCompleted " +
		"List.EvolveAdded List.EvolveRenamed List.EvolveCompleted List.EvolveReopened List.EvolveRemoved " +
		"Tally.Source Tally.Initial Tally.EvolveListAdded Tally.EvolveListCompleted Tally.EvolveListReopened"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
