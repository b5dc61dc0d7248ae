package ops

import (
	"errors"
	"log/slog"

	"ironstar.dev/engine"
	"ironstar.dev/live"
)

// parts returns an engine with the application's aggregates and views. The engine
// never starts, and logs nothing.
func (app App) parts() (*engine.Engine, error) {
	eng := engine.New(nil, engine.Options{Logger: slog.New(slog.DiscardHandler)})
	_, err := app.register(eng)
	return eng, err
}

// register adds all domains to an engine and returns what adds their addresses
// to a server. The error names everything that is missing in any of them.
func (app App) register(eng *engine.Engine) (routes []func(*live.Server), err error) {
	if err := app.check(); err != nil {
		return nil, err
	}
	var missing []error
	for _, d := range app.Domains {
		add, err := d.Register(eng)
		if err != nil {
			missing = append(missing, err)
		} else if add != nil {
			routes = append(routes, add)
		}
	}
	return routes, errors.Join(missing...)
}
