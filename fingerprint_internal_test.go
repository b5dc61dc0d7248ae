package ironstar

import (
	"testing"
	"testing/fstest"
)

// TestG9_FingerprintChanges: the fingerprint changes with everything that a
// folded state depends on, and with nothing else.
func TestG9_FingerprintChanges(t *testing.T) {
	code := func(files ...string) fstest.MapFS {
		m := fstest.MapFS{}
		for i := 0; i < len(files); i += 2 {
			m[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
		}
		return m
	}
	before := fingerprint(1, "declared", code("a.go", "package a", "b.go", "package a"))
	for name, other := range map[string]string{
		"what is declared":   fingerprint(1, "declared otherwise", code("a.go", "package a", "b.go", "package a")),
		"the library":        fingerprint(2, "declared", code("a.go", "package a", "b.go", "package a")),
		"a file's text":      fingerprint(1, "declared", code("a.go", "package a // otherwise", "b.go", "package a")),
		"a file's name":      fingerprint(1, "declared", code("c.go", "package a", "b.go", "package a")),
		"a file more":        fingerprint(1, "declared", code("a.go", "package a", "b.go", "package a", "c.go", "")),
		"a file less":        fingerprint(1, "declared", code("a.go", "package a")),
		"text in other file": fingerprint(1, "declared", code("a.go", "package ab.go", "b.go", "package a")),
	} {
		if other == before {
			t.Errorf("%s changed, the fingerprint did not", name)
		}
	}
	if got := fingerprint(1, "declared", code("a.go", "package a", "b.go", "package a", "a_test.go", "package a", "notes.txt", "x")); got != before {
		t.Error("a test or a file that is not Go changed the fingerprint")
	}
}
