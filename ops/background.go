package ops

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// serveBeside calls serve, and meanwhile the background functions, each in a
// goroutine of its own. It returns when all have ended. An error of one of them
// ends the context of all. Functions that do not return in time are named as an
// error and left alone.
func serveBeside(ctx context.Context, functions []func(context.Context, Running) error, r Running, serve func(context.Context) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, len(functions)) // one result of each
	for i, f := range functions {
		go func() {
			err := f(ctx, r)
			if err != nil && (ctx.Err() == nil || !errors.Is(err, ctx.Err())) {
				err = fmt.Errorf("ops.App.Background[%d]: %w", i, err)
				stop()
			} else {
				err = nil // it ended because its context did
			}
			ended <- err
		}()
	}
	errs := []error{serve(ctx)}
	stop()
	late := time.After(shutdownTimeout)
	for n := range functions {
		select {
		case err := <-ended:
			errs = append(errs, err)
		case <-late:
			return errors.Join(append(errs, fmt.Errorf("%d functions of ops.App.Background have not ended within %v after their context did", len(functions)-n, shutdownTimeout))...)
		}
	}
	return errors.Join(errs...)
}
