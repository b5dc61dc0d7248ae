package modelling

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"ironstar.dev"
	"ironstar.dev/internal/modelling/gen/club"
)

// Letters writes each letter to a file of a folder. It is what Greeter does in the
// outside world, so it is not pure.
type Letters struct{ Folder string }

var _ club.GreeterEffects = Letters{}

// Greet writes a letter. It may be called again for the same letter, with the same key,
// which is the name of the file: there is one letter then, too.
func (l Letters) Greet(_ context.Context, t ironstar.Try, g club.GreeterGreet) error {
	letter := fmt.Sprintf("Welcome to the club, %s from %s!\n", g.Handle, g.City)
	return os.WriteFile(filepath.Join(l.Folder, t.Key+".txt"), []byte(letter), 0o600)
}
