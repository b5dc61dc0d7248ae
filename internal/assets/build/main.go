// Command build brings static/dist up to date. It is run from the root of the
// repository, by make assets.
//
// The Datastar bundle comes from the path in DATASTAR_JS, if that is set.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"ironstar.dev/internal/assets"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := assets.Build(ctx, assets.Options{
		Root:     ".",
		Datastar: assets.Pinned(os.Getenv("DATASTAR_JS")),
		Log:      os.Stderr,
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "assets:", err)
		os.Exit(1)
	}
}
