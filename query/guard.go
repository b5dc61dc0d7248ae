package query

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// panicked is a panic of generated or user code as an error. The stack is for the log.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("panic: %v", p.value) }

// guarded runs generated or user code; a panic is an error.
func guarded(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &panicked{p, debug.Stack()}
		}
	}()
	return f()
}

// stackOf returns where a guarded function panicked, "" if it did not.
func stackOf(err error) string {
	if p := (*panicked)(nil); errors.As(err, &p) {
		return string(p.stack)
	}
	return ""
}
