package sqlite

import (
	"encoding/json"
	"fmt"
	"time"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// micros returns a time as it is stored: microseconds since 1970, and 0 for none.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

// processSum is the checksum of a row of processes.
func processSum(s *rowSum, p *ironstar.StoredProcess) int64 {
	s.b = numbers(texts(s.b, p.Name), p.Steps, int64(p.Position), flag(p.Paused), flag(p.Held))
	return s.sum()
}

// timerSum is the checksum of a row of process_timers.
func timerSum(s *rowSum, process string, t *ironstar.Timer, metadata string) int64 {
	b := texts(s.b, process, t.Key, t.Name, t.ID)
	s.b = texts(numbers(b, micros(t.At)), string(t.Data), metadata)
	return s.sum()
}

// outgoingSum is the checksum of a row of process_outgoing, without the reason.
func outgoingSum(s *rowSum, process string, o *ironstar.Outgoing, metadata string) int64 {
	b := numbers(texts(s.b, process), o.Step, int64(o.Index))
	b = numbers(texts(b, o.ID, o.Key), flag(o.Effect))
	b = texts(b, o.Name, o.To.Kind, o.To.ID, string(o.Data))
	s.b = texts(numbers(b, micros(o.NotBefore), micros(o.Since)), metadata)
	return s.sum()
}

func flag(on bool) int64 {
	if on {
		return 1
	}
	return 0
}

// readProcess reads a row of processes.
func readProcess(st *zs.Stmt) (ironstar.StoredProcess, error) {
	p := ironstar.StoredProcess{
		Name: st.ColumnText(0), Steps: st.ColumnInt64(1), Position: ironstar.Position(st.ColumnInt64(2)),
		Paused: st.ColumnBool(3), Held: st.ColumnBool(4),
	}
	if processSum(&rowSum{}, &p) != st.ColumnInt64(5) {
		return p, wrongSum("process %s", p.Name)
	}
	return p, nil
}

// readTimer reads a row of process_timers.
func readTimer(st *zs.Stmt) (ironstar.Timer, error) {
	process, metadata := st.ColumnText(0), st.ColumnText(6)
	t := ironstar.Timer{
		TimerKey: ironstar.TimerKey{Key: st.ColumnText(1), Name: st.ColumnText(2)},
		ID:       st.ColumnText(3), At: time.UnixMicro(st.ColumnInt64(4)).UTC(), Data: []byte(st.ColumnText(5)),
	}
	if timerSum(&rowSum{}, process, &t, metadata) != st.ColumnInt64(7) {
		return t, wrongSum("timer %s of %s, key %q", t.Name, process, t.Key)
	}
	return t, json.Unmarshal([]byte(metadata), &t.Metadata)
}

// readOutgoing reads a row of process_outgoing.
func readOutgoing(st *zs.Stmt) (ironstar.Outgoing, error) {
	process, metadata := st.ColumnText(0), st.ColumnText(12)
	o := ironstar.Outgoing{
		Step: st.ColumnInt64(1), Index: st.ColumnInt(2), ID: st.ColumnText(3), Key: st.ColumnText(4), Effect: st.ColumnBool(5),
		Name: st.ColumnText(6), To: ironstar.Stream{Kind: st.ColumnText(7), ID: st.ColumnText(8)}, Data: []byte(st.ColumnText(9)),
		NotBefore: fromMicros(st.ColumnInt64(10)), Since: fromMicros(st.ColumnInt64(11)), Reason: st.ColumnText(14),
	}
	if outgoingSum(&rowSum{}, process, &o, metadata) != st.ColumnInt64(13) {
		return o, wrongSum("outgoing %s of %s, key %q", o.Name, process, o.Key)
	}
	return o, json.Unmarshal([]byte(metadata), &o.Metadata)
}

// wrongSum is the error for a row of a process with a wrong checksum.
func wrongSum(format string, args ...any) error {
	return fmt.Errorf("%w: %s: its checksum is wrong", ironstar.ErrDamaged, fmt.Sprintf(format, args...))
}
