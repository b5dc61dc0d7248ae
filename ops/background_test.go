package ops

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestBackgroundThatDoesNotEnd is not waited for without an end.
func TestBackgroundThatDoesNotEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		defer close(release)
		stuck := func(context.Context, Running) error { <-release; return nil }
		fine := func(ctx context.Context, _ Running) error { <-ctx.Done(); return nil }
		begun, broken := time.Now(), errors.New("the address is gone")
		err := serveBeside(t.Context(), []func(context.Context, Running) error{stuck, fine}, Running{}, func(context.Context) error { return broken })
		if took := time.Since(begun); took != shutdownTimeout {
			t.Errorf("it waited %v, want %v", took, shutdownTimeout)
		}
		want := "the address is gone\n1 functions of ops.App.Background have not ended within 10s after their context did"
		if !errors.Is(err, broken) || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	})
}
