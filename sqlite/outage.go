package sqlite

import (
	"errors"
	"log/slog"
	"time"

	"ironstar.dev"
)

const (
	// outageRepeat is how often a continuing outage is logged.
	outageRepeat = 10 * time.Second

	// outageEnd is how long after the last failure an append must be stored before
	// the outage is over: on a disk that is nearly full, small appends are stored
	// while larger ones fail.
	outageEnd = time.Second
)

// outage logs that appends are refused because the file cannot be written,
// since callers can only try again. writer.turn guards it. The zero value with
// a log means no outage.
type outage struct {
	log  *slog.Logger
	file string

	since, failed, logged time.Time // its begin, the last failure, the last log entry; since is zero without an outage
	cause                 error     // of the last failure
	refused               int       // appends since the last log entry
	total                 int       // appends since it began
}

// observe counts how the appends of a batch were answered.
func (o *outage) observe(batch []*pending) {
	refused, stored := 0, false
	for _, p := range batch {
		switch {
		case p.out.Err == nil:
			stored = stored || p.inserted // otherwise nothing was written
		case errors.Is(p.out.Err, ironstar.ErrRetryable), errors.Is(p.out.Err, ironstar.ErrUnknown), errors.Is(p.out.Err, ironstar.ErrDamaged):
			refused++
		}
	}
	switch {
	case refused > 0:
		o.fail(refused, time.Now())
	case stored && !o.since.IsZero():
		o.succeed(time.Now())
	}
}

// fail begins an outage, or continues it.
func (o *outage) fail(refused int, now time.Time) {
	if o.since.IsZero() {
		o.since, o.logged, o.total = now, time.Time{}, 0
	}
	o.failed = now
	o.refused += refused
	o.total += refused
	if !o.logged.IsZero() && now.Sub(o.logged) < outageRepeat {
		return
	}
	o.log.Error("the log cannot be written: appends are refused", "file", o.file, "cause", explain(o.cause),
		"refused", o.refused, "since", o.since)
	o.logged, o.refused = now, 0
}

// succeed ends an outage if nothing has failed for a while.
func (o *outage) succeed(now time.Time) {
	if now.Sub(o.failed) < outageEnd {
		return
	}
	o.log.Info("the log can be written again", "file", o.file, "refused", o.total, "since", o.since)
	o.since, o.refused, o.cause = time.Time{}, 0, nil
}
