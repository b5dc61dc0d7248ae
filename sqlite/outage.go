package sqlite

import (
	"errors"
	"log/slog"
	"time"

	"ironstar.dev"
)

const (
	// outageRepeat is how often an outage that goes on is told again.
	outageRepeat = 10 * time.Second

	// outageEnd is how long after the last failure an append must be stored for
	// the outage to be over: on a disk that is all but full, small appends are
	// stored while larger ones fail.
	outageEnd = time.Second
)

// outage tells the operator that appends are refused because the file cannot be
// written. Their callers are told to try again, and cannot help it. It belongs
// to the writer's goroutine. The zero value is none; log must be set.
type outage struct {
	log  *slog.Logger
	file string

	since, failed, told time.Time // began, last failure, last told; since is zero without an outage
	cause               error     // of the last failure
	refused             int       // appends since it was told
	total               int       // appends since it began
}

// settled takes note of how a batch was answered.
func (o *outage) settled(batch []*pending) {
	refused, stored := 0, false
	for _, p := range batch {
		switch {
		case p.out.Err == nil:
			stored = stored || p.inserted // else nothing was written for it
		case errors.Is(p.out.Err, ironstar.ErrRetryable), errors.Is(p.out.Err, ironstar.ErrUnknown):
			refused++
		}
	}
	switch {
	case refused > 0:
		o.goOn(refused, time.Now())
	case stored && !o.since.IsZero():
		o.end(time.Now())
	}
}

// goOn begins an outage, or goes on with it.
func (o *outage) goOn(refused int, now time.Time) {
	if o.since.IsZero() {
		o.since, o.told, o.total = now, time.Time{}, 0
	}
	o.failed = now
	o.refused += refused
	o.total += refused
	if !o.told.IsZero() && now.Sub(o.told) < outageRepeat {
		return
	}
	o.log.Error("the log cannot be written: appends are refused", "file", o.file, "cause", explain(o.cause),
		"refused", o.refused, "since", o.since)
	o.told, o.refused = now, 0
}

// end ends an outage if nothing has failed for a while.
func (o *outage) end(now time.Time) {
	if now.Sub(o.failed) < outageEnd {
		return
	}
	o.log.Info("the log can be written again", "file", o.file, "refused", o.total, "since", o.since)
	o.since, o.refused, o.cause = time.Time{}, 0, nil
}
