package wire

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"ironstar.dev"
)

// Duration reads a duration.
//
//go:noinline
func (d *Decoder) Duration() time.Duration {
	parse := ironstar.ParseDuration
	if d.isState {
		parse = anyDuration
	}
	return parsed(d, expectDuration, parse)
}

// anyDuration reads what [ironstar.FormatDuration] writes for any duration: a
// state may hold durations that events cannot hold.
func anyDuration(s string) (time.Duration, error) {
	text, negative := strings.CutPrefix(s, "-")
	hours, below, _ := strings.Cut(strings.TrimPrefix(text, "PT"), "H")
	n, err := strconv.ParseInt(hours, 10, 32)
	if err != nil {
		n, below = 0, strings.TrimPrefix(text, "PT")
	}
	var rest time.Duration
	if below != "" {
		if rest, err = ironstar.ParseDuration("PT" + below); err != nil {
			return 0, err
		}
	}
	d := time.Duration(n)*time.Hour + rest
	if negative {
		d = -time.Duration(n)*time.Hour - rest
	}
	if ironstar.FormatDuration(d) != s {
		return 0, fmt.Errorf("%q is not a length of time", s)
	}
	return d, nil
}

// AppendDuration writes a duration.
//
//go:noinline
func AppendDuration(b []byte, d time.Duration) []byte {
	return append(ironstar.AppendDuration(append(b, '"'), d), '"')
}

// MemberDuration writes a field that is a duration.
//
//go:noinline
func MemberDuration(b []byte, name string, v time.Duration) []byte {
	return AppendDuration(Name(b, name), v)
}

// Duration checks that a duration can be written.
func (c *Checker) Duration(d time.Duration) {
	if d < 0 || d > ironstar.MaxDuration {
		c.report(problem("range", nil, "Please enter a length of time below a million hours.",
			"is not a length of time below a million hours (is "+ironstar.FormatDuration(d)+")"))
	}
}
