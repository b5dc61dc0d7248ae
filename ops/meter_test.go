package ops

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"
)

func TestMeter(t *testing.T) {
	for name, test := range map[string]struct {
		terminal bool
		want     string // output of an operation of 22 seconds with progress every 0.1 s
		shown    bool
	}{
		"log":      {false, "reading: 10 of 220, 10/s, 21s left\nreading: 110 of 220, 10/s, 11s left\nreading: 210 of 220, 10/s, 1s left\n", false},
		"terminal": {true, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out bytes.Buffer
				m := newMeter(&out, "reading")
				m.terminal = test.terminal
				for i := range int64(220) {
					if i == 9 && out.Len() > 0 {
						t.Errorf("before a second is over it says %q", &out)
					}
					time.Sleep(time.Second / 10)
					m.at(i+1, 220)
				}
				if test.want != "" && out.String() != test.want {
					t.Errorf("it says %q, want %q", &out, test.want)
				}
				if lines := bytes.Count(out.Bytes(), []byte("\r")); test.terminal && lines != 71 { // each third time
					t.Errorf("the line is written %d times, want 71", lines)
				}
				out.Reset()
				m.clear()
				m.clear()
				if got := out.String() == "\r\x1b[K"; got != test.shown {
					t.Errorf("it is cleared with %q", &out)
				}
			})
		})
	}
}
