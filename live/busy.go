package live

import "errors"

// ErrBusy stands in for engine.ErrBusy.
var ErrBusy = errors.New("busy")
