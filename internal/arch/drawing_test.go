package arch_test

import (
	"os"
	"regexp"
	"testing"
)

// box is a place in a drawing of docs/ARCHITECTURE.md: what a file declares, and
// the file, as "decideAll (engine/decide.go)".
var box = regexp.MustCompile(`(\w+) \(([\w/]+\.go)\)`)

// TestDrawingsNameWhatFilesDeclare: from each box of a drawing one jump leads to
// the code.
func TestDrawingsNameWhatFilesDeclare(t *testing.T) {
	text, err := os.ReadFile("../../docs/ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	boxes := box.FindAllStringSubmatch(string(text), -1)
	for _, b := range boxes {
		if !declares(t, b[2], b[1]) {
			t.Errorf("docs/ARCHITECTURE.md has the box %s, and the file does not declare it", b[0])
		}
	}
	if len(boxes) < 20 {
		t.Errorf("only %d boxes were found", len(boxes))
	}
}

// declares reports whether a file declares a function, method or type.
func declares(t *testing.T, file, name string) bool {
	t.Helper()
	text, err := os.ReadFile("../../" + file)
	if err != nil {
		t.Error(err)
		return true
	}
	return regexp.MustCompile(`(?m)^(func (\([^)]*\) )?|type )` + name + `\b`).Match(text)
}
