package sqlite

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ironstar.dev"
)

// This test is inside the package because of its clock; outage_unix_test.go
// lets a real file fail.

var errDisk = errors.New("disk on fire")

// pass reports a batch with n refused appends and a stored one, or none.
func (o *outage) pass(n int, stored bool) {
	var batch []*pending
	for i := range n {
		p := &pending{}
		p.refuse(fmt.Errorf("%w: commit: %w", []error{ironstar.ErrRetryable, ironstar.ErrUnknown}[i%2], errDisk))
		batch = append(batch, p)
	}
	conflict := &pending{}
	conflict.refuse(&ironstar.ConflictError{})
	batch = append(batch, conflict, &pending{inserted: stored})
	o.cause = errDisk
	o.observe(batch)
}

func TestOutageIsLoggedAtMostEveryTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lines bytes.Buffer
		o := outage{log: slog.New(slog.NewTextHandler(&lines, nil)), file: "log.db"}
		told := func(what string, want ...string) {
			t.Helper()
			got := lines.String()
			lines.Reset()
			if n := strings.Count(got, "\n"); n > 1 || (n == 1) != (len(want) > 0) {
				t.Errorf("%s: told %q", what, got)
			}
			for _, w := range want {
				if !strings.Contains(got, w) {
					t.Errorf("%s: told %q, want %q in it", what, got, w)
				}
			}
		}
		o.pass(0, true)
		told("all is well")
		for episode := range 2 {
			o.pass(3, false)
			told("the first failure", "level=ERROR", "disk on fire", "refused=3", "log.db")
			for range 99 {
				time.Sleep(100 * time.Millisecond)
				o.pass(1, true) // some come through
				o.pass(0, true)
			}
			told("within ten seconds")
			time.Sleep(100 * time.Millisecond)
			o.pass(1, false)
			told("after ten seconds", "level=ERROR", "refused=100")
			o.pass(0, true)
			told("right after a failure")
			time.Sleep(time.Second)
			o.pass(0, false)
			told("nothing was written")
			o.pass(0, true)
			told("after a while", "level=INFO", "refused=103")
			time.Sleep(time.Duration(episode) * time.Second)
			o.pass(0, true)
			told("all is well again")
		}
	})
}
