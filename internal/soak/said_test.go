package soak

import (
	"fmt"
	"strings"

	"ironstar.dev"
)

// receipt is where a command was stored.
type receipt struct {
	stream               string
	first, last, version int64
}

// nothing is the answer to a command without events: its stream as it was.
type nothing struct {
	stream, cmd   string
	last, version int64
}

// shown is what a view showed of a key.
type shown struct {
	code          int // generation
	name, key     string
	changed, asOf int64
	state         string
}

// said is what processes said about one file.
type said struct {
	stored   map[string]receipt // by command
	not      map[string]bool
	unknown  map[string]bool
	nothings []nothing
	shown    []shown
	seen     map[int64]string  // stream of a position that somebody saw
	given    map[string]string // stream of a command with an id that has no answer yet
	asked    []asked           // what clients may ask again
	bad      []string          // what must never be said
	full     bool              // the disk fails: that something cannot be done may be said
	retry    int               // denials because the store could not
	lines    int
}

func newSaid() *said {
	return &said{stored: map[string]receipt{}, not: map[string]bool{}, unknown: map[string]bool{}, seen: map[int64]string{}, given: map[string]string{}}
}

// read adds the output of a process. What it was saying when it was killed is
// not said.
func (s *said) read(output string) {
	for line := range strings.Lines(output) {
		text, whole := strings.CutSuffix(line, "\n")
		if !whole {
			return
		}
		s.lines++
		if err := s.line(text); err != nil {
			s.bad = append(s.bad, fmt.Sprintf("%q: %v", text, err))
		}
	}
}

func (s *said) line(text string) (err error) {
	word, rest, _ := strings.Cut(text, " ")
	if words := strings.Fields(rest); len(words) > 1 {
		delete(s.given, words[1]) // it is an answer, if it is of a command
	}
	switch word {
	case "begin", "beside", "ready", "done", "closed", "checkpoint", "note":
	case "given":
		var stream, cmd string
		_, err = fmt.Sscan(rest, &stream, &cmd)
		s.given[cmd] = stream
	case "stored":
		var r receipt
		var cmd string
		_, err = fmt.Sscan(rest, &r.stream, &cmd, &r.first, &r.last, &r.version)
		if was, twice := s.stored[cmd]; twice && was != r {
			return fmt.Errorf("its first receipt was %v", was)
		}
		s.stored[cmd] = r
	case "nothing":
		var n nothing
		_, err = fmt.Sscan(rest, &n.stream, &n.cmd, &n.last, &n.version)
		s.nothings = append(s.nothings, n)
	case "not", "unknown":
		var stream, cmd string
		_, err = fmt.Sscan(rest, &stream, &cmd)
		if word == "not" {
			s.not[cmd] = true
			if strings.Contains(rest, ironstar.ErrRetryable.Error()) {
				s.retry++
			}
		} else {
			s.unknown[cmd] = true
			s.asked = append(s.asked, asked{stream, cmd})
		}
	case "view":
		var v shown
		_, err = fmt.Sscan(rest, &v.code, &v.name, &v.key, &v.changed, &v.asOf, &v.state)
		s.shown = append(s.shown, v)
	case "seen":
		var at int64
		var stream string
		_, err = fmt.Sscan(rest, &at, &stream)
		s.seen[at] = stream
	case "cannot", "bad":
		if !s.full {
			return fmt.Errorf("must not be said")
		}
	default:
		return fmt.Errorf("must not be said")
	}
	return err
}
