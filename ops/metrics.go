package ops

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"ironstar.dev/sqlite"
)

// metrics answers /metrics in the text format of Prometheus. All values are read from the
// store when they are asked for.
type metrics struct {
	Running

	mu      sync.Mutex
	rules   []sqlite.StoredRule // counted at rulesAt
	rulesAt time.Time
}

// rulesEvery is how old counts of claims may be: counting reads the whole table.
const rulesEvery = time.Minute

// longestScrape is how long an answer may take.
const longestScrape = 10 * time.Second

// listenForMetrics listens on the address of --metrics.
func listenForMetrics(f Flags, out io.Writer) (net.Listener, error) {
	l, err := net.Listen("tcp", f.Metrics)
	if err != nil {
		return nil, fmt.Errorf("listen for metrics: %w; choose another address with --metrics", err)
	}
	fmt.Fprintf(out, "metrics on http://%s/metrics\n", l.Addr())
	return l, nil
}

// serve answers until ctx ends.
func (m *metrics) serve(ctx context.Context, l net.Listener) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		ctx, end := context.WithTimeout(r.Context(), longestScrape)
		defer end()
		text, err := m.text(ctx)
		if err != nil {
			slog.Error("metrics cannot be read", "err", err)
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		w.Write(text)
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	stopped := context.AfterFunc(ctx, func() { server.Close() })
	defer stopped()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		slog.Error("metrics are no longer answered; restart the server", "err", err)
	}
}

// text is the answer.
func (m *metrics) text(ctx context.Context) ([]byte, error) {
	head, err := m.Store.Head(ctx)
	if err != nil {
		return nil, err
	}
	var out gauges
	out.add("ironstar_log_head", "Position of the last event.", "", int64(head))
	out.add("ironstar_views_stopped", "Views and keys of views that stand still at an event.", "", int64(len(m.Engine.Health())))
	if err := m.processes(ctx, &out, int64(head)); err != nil {
		return nil, err
	}
	rules, err := m.claimRules(ctx)
	if err != nil {
		return nil, err
	}
	m.tables(&out, int64(head))
	for _, r := range rules {
		label := labelled("rule", r.Kind+"."+r.Name)
		out.add("ironstar_unique_values", "Values that must be unique and that some stream has.", label, int64(r.Held))
		out.add("ironstar_unique_contested", "Of these, those that several streams have.", label, int64(r.Contested))
	}
	return out.text(), nil
}

// processes adds what waits of each process.
func (m *metrics) processes(ctx context.Context, out *gauges, head int64) error {
	all, err := m.Store.Processes(ctx)
	if err != nil {
		return err
	}
	for _, p := range all {
		due, parked, err := m.Store.CountTimers(ctx, p.Name, time.Now())
		if err != nil {
			return err
		}
		for _, g := range []struct {
			name, help string
			value      int64
		}{
			{"position", "Position up to which a process has reacted to events.", int64(p.Position)},
			{"behind", "Events that a process has not reacted to.", max(0, head-int64(p.Position))},
			{"timers", "Timers that wait, also those of keys that stand still.", int64(p.Timers)},
			{"timers_overdue", "Timers that are due and have led to nothing yet.", int64(due)},
			{"timers_parked", "Timers of keys that stand still.", int64(parked)},
			{"outgoing", "Commands and effects that wait to be sent.", int64(p.Outgoing)},
			{"dead_letters", "Commands and effects that wait for a person.", int64(p.Dead)},
			{"parked_keys", "Keys that stand still.", int64(p.Parked)},
			{"paused", "1 if an operator has paused the process.", number(p.Paused)},
			{"held", "1 if the process sends nothing because the database was copied or restored.", number(p.Held)},
		} {
			out.add("ironstar_process_"+g.name, g.help, labelled("process", p.Name), g.value)
		}
	}
	return nil
}

// tables adds how far the tables of queries are.
func (m *metrics) tables(out *gauges, head int64) {
	if m.Queries == nil {
		return
	}
	for _, t := range m.Queries.Tables() {
		label := labelled("tables", t.Name)
		out.add("ironstar_query_tables_position", "Position up to which all events are in the tables of queries.", label, int64(t.Position))
		out.add("ironstar_query_tables_behind", "Events that are not in them.", label, max(0, head-int64(t.Position)))
		out.add("ironstar_query_tables_ready", "1 if they can be asked.", label, number(t.Ready))
		out.add("ironstar_query_tables_failures", "How often they could not be opened or fed since the start.", label, int64(t.Failures))
	}
}

// claimRules counts claims, or returns counts that are not old.
func (m *metrics) claimRules(ctx context.Context) ([]sqlite.StoredRule, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.rulesAt.IsZero() && time.Since(m.rulesAt) < rulesEvery {
		return m.rules, nil
	}
	rules, err := m.Store.ClaimRules(ctx)
	if err == nil {
		m.rules, m.rulesAt = rules, time.Now()
	}
	return rules, err
}

func number(on bool) int64 {
	if on {
		return 1
	}
	return 0
}

// gauges gathers values. Those with one name stand together.
type gauges struct {
	names []string
	lines map[string]*bytes.Buffer
}

func (g *gauges) add(name, help, label string, value int64) {
	if g.lines == nil {
		g.lines = map[string]*bytes.Buffer{}
	}
	if g.lines[name] == nil {
		g.names = append(g.names, name)
		g.lines[name] = bytes.NewBufferString(fmt.Sprintf("# HELP %s %s\n# TYPE %[1]s gauge\n", name, help))
	}
	fmt.Fprintf(g.lines[name], "%s%s %d\n", name, label, value)
}

func (g *gauges) text() (all []byte) {
	for _, name := range g.names {
		all = append(all, g.lines[name].Bytes()...)
	}
	return all
}

// labelled is a label as the format has it.
func labelled(name, value string) string {
	return fmt.Sprintf(`{%s="%s"}`, name, strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(value))
}
