//go:build browser

package browsertest

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"ironstar.dev/internal/year"
)

// TestAYear: the page of day one shows the same at the end of the year, also a
// page that was open all the time. Package year has the seasons in between.
func TestAYear(t *testing.T) {
	winter, autumn := season(t, "winter"), season(t, "autumn")
	s := newServerOf(t, winter)
	open := openList(t, s.URL("/"))
	open.AddAndSee("buy milk", "call mother!", "https://example.com")
	open.Edit(1, "buy oat milk"+kb.Enter)
	open.AwaitItems("buy oat milk", "call mother!", "https://example.com")
	open.Click(nth(2, toggle))
	open.AwaitDone("call mother!")

	client := year.NewClient(s.URL(""))
	if err := client.Fill(); err != nil {
		t.Fatal(err)
	}
	dayOne := shownLines(openList(t, s.URL("/todo/board/"+year.ListName(7))))
	if n := len(dayOne); n < 20 {
		t.Fatalf("day one shows %d lines", n)
	}

	s.Stop()
	s.Bin = autumn
	s.Start()
	open.AddAndSee("https://example.com/stove")
	open.Edit(3, "see example.com"+kb.Enter)
	open.AwaitItems("buy oat milk", "call mother!", "see example.com", "https://example.com/stove")
	open.AwaitDone("call mother!")
	open.Reload()
	open.AwaitItems("buy oat milk", "call mother!", "see example.com", "https://example.com/stove")
	open.AwaitDone("call mother!")

	later := shownLines(openList(t, s.URL("/todo/board/"+year.ListName(7))))
	if got, want := text(later), text(dayOne); got != want {
		t.Errorf("at the end of the year the page shows\n%s\nwant what it showed on day one:\n%s", got, want)
	}
}

// shownLines returns the lines that the page shows.
func shownLines(l *list) []year.Line {
	l.t.Helper()
	return eval[[]year.Line](l.tab, `[...document.querySelectorAll(`+quote(items)+`)].map(e => ({ID: e.id, `+
		`Text: e.querySelector(`+quote(title)+`).textContent, Done: e.querySelector(`+quote(toggle)+`).checked}))`)
}

func text(lines []year.Line) string {
	b, _ := json.MarshalIndent(lines, "", " ")
	return string(b)
}

// season builds the application of a season.
func season(t *testing.T, name string) (binary string) {
	t.Helper()
	dir := t.TempDir()
	application, tool := filepath.Join(dir, "app"), filepath.Join(dir, "ironstar")
	if err := year.Copy("../..", application, false); err != nil {
		t.Fatal(err)
	}
	if err := year.Enter(application, "../year/testdata/list", name); err != nil {
		t.Fatal(err)
	}
	if err := year.Build("../..", "./cmd/ironstar", tool); err != nil {
		t.Fatal(err)
	}
	generate := exec.Command(tool, "generate")
	generate.Dir = application
	if out, err := generate.CombinedOutput(); err != nil {
		t.Fatalf("generate: %v\n%s", err, out)
	}
	binary = filepath.Join(dir, name)
	if err := year.Build(application, "./cmd/app", binary); err != nil {
		t.Fatal(err)
	}
	return binary
}
