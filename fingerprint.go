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

// generation counts what changes how this library folds, or how it encodes what
// it has folded, so that states that an older one has kept are not used.
const generation = 1

// Fingerprint names a state as a build folds it: by what the schema declares
// (the state, and the events and their upcasters), by the hand-written code that
// folds it, which is every .go file of source but tests, and by this library. A
// state kept under another fingerprint is never used (G9).
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
		panic(fmt.Sprintf("ironstar: read the embedded code: %v", err)) // it is in the binary
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
