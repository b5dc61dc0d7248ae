package year_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"ironstar.dev/internal/year"
)

// story is a script of testdata/script: the commands of a developer, on a copy of the
// application, and its binaries, on one database file.
type story struct {
	name    string // of the script
	seasons string // the folder with what the developer changes by hand
	auction bool   // the application has the auction house
	dayOne  int    // how many events are stored on day one

	visitors func(*production) any // what the commands of this story work on; nil: on the production
	commands map[string]func(*testscript.TestScript, bool, []string)
}

// play runs the script. With UPDATE it writes the output of commands anew.
func (s story) play(t *testing.T) {
	t.Helper()
	repository, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	tools := t.TempDir()
	if err := year.Build(repository, "./cmd/ironstar", filepath.Join(tools, "ironstar")); err != nil {
		t.Fatal(err)
	}
	for name, run := range common {
		s.commands[name] = run
	}
	testscript.Run(t, testscript.Params{
		Files:               []string{"testdata/script/" + s.name + ".txtar"},
		RequireExplicitExec: true,
		UpdateScripts:       os.Getenv("UPDATE") != "",
		Cmds:                s.commands,
		Setup: func(e *testscript.Env) error {
			for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH"} {
				value, err := exec.Command("go", "env", name).Output()
				if err != nil {
					return err
				}
				e.Setenv(name, strings.TrimSpace(string(value)))
			}
			e.Setenv("GOFLAGS", "-trimpath")
			e.Setenv("CGO_ENABLED", "0")
			e.Setenv("PATH", tools+string(os.PathListSeparator)+e.Getenv("PATH"))
			e.Setenv("SEASONS", filepath.Join(repository, "internal/year/testdata", s.seasons))
			application := filepath.Join(e.WorkDir, "app")
			if err := os.Mkdir(application, 0o777); err != nil {
				return err
			}
			p := &production{dir: e.WorkDir, dayOne: s.dayOne}
			e.Values[reflect.TypeOf(p)] = p
			if s.visitors != nil {
				v := s.visitors(p)
				e.Values[reflect.TypeOf(v)] = v
			}
			e.Defer(p.kill)
			return year.Copy(repository, application, s.auction)
		},
	})
}

// command is a command of scripts that works on one of the values of the story.
func command[T any](args int, run func(T, *testscript.TestScript, ...string) error) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, given []string) {
		if len(given) != args || neg {
			ts.Fatalf("%d arguments, want %d", len(given), args)
		}
		ts.Check(run(ts.Value(reflect.TypeFor[T]()).(T), ts, given...))
	}
}

// common are the commands of all stories.
var common = map[string]func(*testscript.TestScript, bool, []string){
	"deploy": command(1, (*production).deploy), "shutdown": command(0, (*production).shutdown), "stored": command(1, (*production).stored),
	"kinds": command(1, (*production).kinds), "edit": command(3, (*production).edit), "log": command(1, (*production).log),
	"findings": command(1, (*production).findings), "others": command(1, (*production).others), "like": command(2, like),
}
