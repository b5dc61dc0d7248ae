package ops_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// output is what a server prints, also while it runs.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// TestMetrics: a server answers with what waits of its processes, with contested values
// and with its head, each with a line that says what it is.
func TestMetrics(t *testing.T) {
	e := doubleNotes(t)
	e.unique, e.flags, e.said = "1", []string{"--metrics", "127.0.0.1:0"}, &output{}
	e.serving(func(note func(string, string), _ func(string) string) {
		_, url, _ := strings.Cut(e.said.String(), "metrics on ")
		url, _, _ = strings.Cut(url, "\n")
		note("f", "stick")
		note("g", "later")
		wantMetrics(e, url, "ironstar_log_head 7", "ironstar_views_stopped 0",
			`ironstar_process_position{process="test.Echo"} 7`, `ironstar_process_behind{process="test.Echo"} 0`,
			`ironstar_process_timers{process="test.Echo"} 1`, `ironstar_process_timers_overdue{process="test.Echo"} 0`, `ironstar_process_timers_parked{process="test.Echo"} 0`,
			`ironstar_process_outgoing{process="test.Echo"} 0`, `ironstar_process_dead_letters{process="test.Echo"} 1`, `ironstar_process_parked_keys{process="test.Echo"} 0`,
			`ironstar_process_paused{process="test.Echo"} 0`, `ironstar_process_held{process="test.Echo"} 0`,
			`ironstar_unique_values{rule="test.Note.Text"} 4`, `ironstar_unique_contested{rule="test.Note.Text"} 1`,
			"# TYPE ironstar_process_timers gauge", "# HELP ironstar_unique_contested Of these")
		e.do(0, nil, "processes", "pause", "Echo")
		note("h", "hello")
		note("h", "past")
		note("h", "break")
		wantMetrics(e, url, `ironstar_process_paused{process="test.Echo"} 1`, `ironstar_process_outgoing{process="test.Echo"} 1`,
			`ironstar_process_timers{process="test.Echo"} 2`, `ironstar_process_timers_overdue{process="test.Echo"} 0`,
			`ironstar_process_timers_parked{process="test.Echo"} 1`, `ironstar_process_parked_keys{process="test.Echo"} 1`)
		note("i", "past")
		wantMetrics(e, url, `ironstar_process_timers_overdue{process="test.Echo"} 1`)
	})
}

// wantMetrics waits for lines: the position of a process is stored a moment after it has reacted.
func wantMetrics(e echo, url string, want ...string) {
	e.t.Helper()
	var got string
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		got = get(url)
		missing := ""
		for _, w := range want {
			if !strings.Contains(got, w) {
				missing = w
			}
		}
		if missing == "" {
			return
		}
		if time.Now().After(end) {
			e.t.Errorf("%s has no %q: %s", url, missing, got)
			return
		}
	}
}

// TestMetricsNeedAnAddress: a server does not serve without the metrics it was started with.
func TestMetricsNeedAnAddress(t *testing.T) {
	app := echo{t: t, name: "test.Echo"}.app()
	var said output
	code := app.Run(t.Context(), []string{"--addr", "127.0.0.1:0", "--db", filepath.Join(t.TempDir(), "app.db"), "--metrics", "256.0.0.1:1"}, &said, &said)
	if code != 1 || !strings.Contains(said.String(), "choose another address with --metrics") {
		t.Errorf("it ended with %d and said %q", code, &said)
	}
}
