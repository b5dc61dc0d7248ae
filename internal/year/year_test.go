package year_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"ironstar.dev/internal/year"
)

// TestYear plays a year in the life of the todo list.
func TestYear(t *testing.T) {
	story{name: "year", seasons: "list", dayOne: year.Events, commands: map[string]func(*testscript.TestScript, bool, []string){
		"fill": command(0, (*production).fill), "lists": command(1, (*production).lists), "tell": command(2, (*production).tell),
		"shows": command(2, (*production).shows), "refused": command(2, (*production).refused),
	}}.play(t)
}

// fill does everything of day one.
func (p *production) fill(*testscript.TestScript, ...string) error { return p.client.Fill() }

// lists FILE writes what all pages show.
func (p *production) lists(ts *testscript.TestScript, args ...string) error {
	all, err := p.client.All()
	if err != nil {
		return err
	}
	return os.WriteFile(ts.MkAbs(args[0]), []byte(all), 0o666)
}

// tell LIST TEXT adds a line, LIST n=TEXT changes the nth.
func (p *production) tell(_ *testscript.TestScript, args ...string) error {
	var n int
	list, text := args[0], args[1]
	if count, _ := fmt.Sscanf(text, "%d=", &n); count == 0 {
		return p.client.Do(list, "add", map[string]string{"text": text})
	}
	all, err := p.client.Await(list, func(all []year.Line) bool { return len(all) >= n })
	if err != nil {
		return err
	}
	_, text, _ = strings.Cut(text, "=")
	return p.client.Do(list, "rename", map[string]string{"id": all[n-1].ID, "text": text})
}

// shows LIST FILE waits until the page of a list shows these texts.
func (p *production) shows(ts *testscript.TestScript, args ...string) error {
	_, err := p.client.Await(args[0], func(all []year.Line) bool {
		var got strings.Builder
		for _, l := range all {
			got.WriteString(l.Text + "\n")
		}
		return got.String() == ts.ReadFile(args[1])
	})
	return err
}

// refused LIST FILE sends a command that must be refused.
func (p *production) refused(ts *testscript.TestScript, args ...string) error {
	err := p.client.Do(args[0], "add", map[string]string{"text": "x"})
	if err == nil {
		return errors.New("it was taken")
	}
	return same(err.Error()+"\n", ts.ReadFile(args[1]))
}
