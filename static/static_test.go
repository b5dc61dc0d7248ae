package static_test

import (
	"encoding/json"
	"os"
	"path"
	"slices"
	"testing"
)

// TestEverythingIsCompressed: each text that browsers load lies there compressed in
// three codings, so nothing is compressed for each reader, and fonts and images, which
// are compressed already, do not.
func TestEverythingIsCompressed(t *testing.T) {
	text, err := os.ReadFile("dist/manifest.json")
	if err != nil {
		t.Fatalf("%v; run: make assets", err)
	}
	var names map[string]string
	if err := json.Unmarshal(text, &names); err != nil {
		t.Fatal(err)
	}
	found, err := os.ReadDir("dist")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if !slices.Contains([]string{".js", ".css", ".svg"}, path.Ext(f.Name())) || f.Name()[0] == '.' {
			continue
		}
		whole, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		for _, ending := range []string{".br", ".gz", ".zst"} {
			small, err := os.Stat("dist/" + f.Name() + ending)
			if err != nil {
				t.Error(err)
			} else if small.Size() >= whole.Size() {
				t.Errorf("%s%s has %d bytes, and %s %d", f.Name(), ending, small.Size(), f.Name(), whole.Size())
			}
		}
	}
	for _, want := range []string{"app.js", "app.css"} {
		if names[want] == "" {
			t.Errorf("there is no %s", want)
		}
	}
}
