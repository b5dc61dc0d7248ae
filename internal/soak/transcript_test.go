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

// nothing is the answer to a command without events: the version of its stream.
type nothing struct {
	stream, cmd   string
	last, version int64
}

// viewState is the state of a key that a view returned.
type viewState struct {
	code          int // generation of the code
	name, key     string
	changed, asOf int64
	state         string
}

// transcript is the output of processes with one file.
type transcript struct {
	stored     map[string]receipt // by command
	not        map[string]bool
	unknown    map[string]bool
	nothings   []nothing
	viewStates []viewState
	seen       map[int64]string  // by position that was seen: its stream
	unanswered map[string]string // by command with an id and without an answer: its stream
	repeatable []repeated        // commands that clients may repeat
	forbidden  []string          // lines that must never be printed
	full       bool              // the disk fails, so a process may print errors
	retry      int               // refusals with a retryable error
	lines      int
}

func newTranscript() *transcript {
	return &transcript{stored: map[string]receipt{}, not: map[string]bool{}, unknown: map[string]bool{}, seen: map[int64]string{}, unanswered: map[string]string{}}
}

// read adds the output of a process. It ignores an incomplete last line.
func (s *transcript) read(output string) {
	for line := range strings.Lines(output) {
		text, whole := strings.CutSuffix(line, "\n")
		if !whole {
			return
		}
		s.lines++
		if err := s.line(text); err != nil {
			s.forbidden = append(s.forbidden, fmt.Sprintf("%q: %v", text, err))
		}
	}
}

func (s *transcript) line(text string) (err error) {
	word, rest, _ := strings.Cut(text, " ")
	if words := strings.Fields(rest); len(words) > 1 {
		delete(s.unanswered, words[1]) // an answer, if the line is about a command
	}
	switch word {
	case "begin", "beside", "ready", "done", "closed", "checkpoint", "note":
	case "given":
		var stream, cmd string
		_, err = fmt.Sscan(rest, &stream, &cmd)
		s.unanswered[cmd] = stream
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
			s.repeatable = append(s.repeatable, repeated{stream, cmd})
		}
	case "view":
		var v viewState
		_, err = fmt.Sscan(rest, &v.code, &v.name, &v.key, &v.changed, &v.asOf, &v.state)
		s.viewStates = append(s.viewStates, v)
	case "seen":
		var at int64
		var stream string
		_, err = fmt.Sscan(rest, &at, &stream)
		s.seen[at] = stream
	case "cannot", "bad":
		if !s.full {
			return fmt.Errorf("must not be printed")
		}
	default:
		return fmt.Errorf("must not be printed")
	}
	return err
}
