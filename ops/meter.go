package ops

import (
	"fmt"
	"io"
	"os"
	"time"
)

// progressAfter is the time after which a meter shows the progress of an operation.
const progressAfter = time.Second

// meter shows the progress of an operation that takes more than a second. On a
// terminal it rewrites one line. Elsewhere it writes a line every ten seconds,
// without control characters.
type meter struct {
	out      io.Writer
	what     string
	begun    time.Time
	next     time.Time
	terminal bool
	reported bool // the meter has shown progress
	shown    bool // the terminal has a line that clear must remove
}

func newMeter(out io.Writer, what string) *meter {
	now := time.Now()
	return &meter{out: out, what: what, begun: now, next: now.Add(progressAfter), terminal: isTerminal(out)}
}

func (m *meter) every() time.Duration {
	if m.terminal {
		return time.Second / 4
	}
	return 10 * time.Second
}

// at shows that the operation has done place of end parts.
func (m *meter) at(place, end int64) {
	m.show(func() string {
		rate := float64(place) / time.Since(m.begun).Seconds()
		line := fmt.Sprintf("%s: %d of %d, %.0f/s", m.what, place, end, rate)
		if place > 0 {
			left := time.Duration(float64(end-place) / rate * float64(time.Second))
			line += fmt.Sprintf(", %v left", left.Round(time.Second))
		}
		return line
	})
}

// show shows a line if it is time for one.
func (m *meter) show(line func() string) {
	now := time.Now()
	if now.Before(m.next) {
		return
	}
	m.next = now.Add(m.every())
	m.reported = true
	if m.terminal {
		m.shown = true
		fmt.Fprintf(m.out, "\r%s\x1b[K", line())
		return
	}
	fmt.Fprintln(m.out, line())
}

// clear removes the line from the terminal.
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
