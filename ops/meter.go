package ops

import (
	"fmt"
	"io"
	"os"
	"time"
)

// patienceOfPeople is how long something may take before it says how far it is.
const patienceOfPeople = time.Second

// meter shows how far something is, once it has taken a second: on a terminal a
// line that is rewritten, elsewhere one line every ten seconds.
type meter struct {
	out      io.Writer
	what     string
	begun    time.Time
	next     time.Time
	terminal bool
	shown    bool // there is a line to clear
}

func newMeter(out io.Writer, what string) *meter {
	now := time.Now()
	return &meter{out: out, what: what, begun: now, next: now.Add(patienceOfPeople), terminal: isTerminal(out)}
}

func (m *meter) every() time.Duration {
	if m.terminal {
		return time.Second / 4
	}
	return 10 * time.Second
}

// at shows a place on the way to an end.
func (m *meter) at(place, end int64) {
	now := time.Now()
	if now.Before(m.next) {
		return
	}
	m.next = now.Add(m.every())
	rate := float64(place) / now.Sub(m.begun).Seconds()
	line := fmt.Sprintf("%s: %d of %d, %.0f/s", m.what, place, end, rate)
	if place > 0 {
		left := time.Duration(float64(end-place) / rate * float64(time.Second))
		line += fmt.Sprintf(", %v left", left.Round(time.Second))
	}
	if m.terminal {
		m.shown = true
		fmt.Fprintf(m.out, "\r%s\x1b[K", line)
		return
	}
	fmt.Fprintln(m.out, line)
}

// clear makes room for other lines on the terminal.
func (m *meter) clear() {
	if m.shown {
		m.shown = false
		fmt.Fprint(m.out, "\r\x1b[K")
	}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
