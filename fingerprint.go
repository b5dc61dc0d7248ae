package ironstar

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// generation is raised when this library changes how it folds or encodes
// states, so that snapshots of older generations are not used.
const generation = 2 // 2: times are read as UTC, a decimal 0 as the zero value

// Fingerprint returns the fingerprint of a state: a hash of what the schema
// declares (the state, its events and their upcasters), of the hand-written
// code that folds it (all .go files of source except tests), and of the
// generation of this library. A snapshot with another fingerprint is never used
// (G9).
func Fingerprint(declared string, source embed.FS) string {
	return fingerprint(generation, declared, source)
}

func fingerprint(generation int, declared string, source fs.FS) string {
	h := sha256.New()
	part := func(text string) { fmt.Fprintf(h, "%d %s\n", len(text), text) }
	part(strconv.Itoa(generation))
	part(declared)
	err := fs.WalkDir(source, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := fs.ReadFile(source, name)
		part(name)
		part(string(text))
		return err
	})
	if err != nil {
		panic(fmt.Sprintf("ironstar: read the embedded code: %v", err)) // cannot happen: the files are embedded
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
