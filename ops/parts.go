package ops

import (
	"log/slog"

	"ironstar.dev/engine"
)

// parts is an engine that never starts: it knows the application's aggregates
// and views, and says nothing.
func (app App) parts() *engine.Engine {
	eng := engine.New(nil, engine.Options{Logger: slog.New(slog.DiscardHandler)})
	app.Parts(eng)
	return eng
}
