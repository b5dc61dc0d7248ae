package ops

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestWaitForAServerEnds: a takeover does not wait for ever for a server that does not
// end.
func TestWaitForAServerEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		wait, end := context.WithCancelCause(t.Context())
		takeover := &takeover{out: &out, owner: "process 7 on host a"}
		begun := time.Now()
		takeover.waitFor(wait, end, askedWithin)
		<-wait.Done()
		if took := time.Since(begun); took != askedWithin {
			t.Errorf("it waited %v, want %v", took, askedWithin)
		}
		if cause := context.Cause(wait).Error(); cause != "process 7 on host a has not ended within 1m0s" {
			t.Errorf("it ends with %q", cause)
		}
		if n := strings.Count(out.String(), "waiting for process 7 on host a to end\n"); n < 11 || n > 12 {
			t.Errorf("it says %d times what it waits for", n)
		}
	})
}
