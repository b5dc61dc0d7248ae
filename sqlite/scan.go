package sqlite

import (
	"fmt"
	"time"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// scanner converts rows to records. Records share strings that repeat from row
// to row: kinds, types, and the id of the row before.
//
// Each record has its own allocation for payload and metadata, which it shares
// with no other record. Strings of its events share the payload's memory, and a
// view may hold one of them forever. That then costs the size of one record,
// and a rebuild needs memory for the states and a few parts of the log only.
type scanner struct {
	records []*ironstar.Record // of the last scan
	more    bool               // there may be further rows
	stream  ironstar.Stream    // of all rows, if they are of one; else of the last one
	kinds   names
	types   names
	buf     []byte

	sum       rowSum
	unchecked ironstar.Position                        // see readUnchecked
	damaged   func(r *ironstar.Record, problem string) // called for a damaged row; if nil, a damaged row ends the scan
}

// scan reads rows of sqlReadLog, or of sqlReadStream about s.stream, until a
// chunk is full. The caller resets the statement.
func (s *scanner) scan(st *zs.Stmt) error {
	named := st.ColumnCount() > columnKind
	s.records = s.records[:0]
	for size := 0; len(s.records) < chunkRows && size < chunkBytes; {
		var err error
		if s.more, err = st.Step(); err != nil || !s.more {
			return err
		}
		if named {
			s.name(st)
		}
		r, problem := s.record(st)
		switch {
		case problem == "":
		case s.damaged != nil:
			s.damaged(r, problem)
		default:
			return fmt.Errorf("%w: %s: %s", ironstar.ErrDamaged, eventName(r), problem)
		}
		size += len(r.Payload) + len(r.Meta)
		s.records = append(s.records, r)
	}
	return nil
}

// The columns of both queries, followed by those of sqlReadLog only.
const (
	columnPosition = iota
	columnSequence
	columnType
	columnVersion
	columnPayload
	columnMeta
	columnRecorded
	columnFinal
	columnChecksum

	columnKind
	columnID
)

// record copies the current row and returns what is wrong with it, or "".
// Reading a column is a call into the driver, so each column is read once.
func (s *scanner) record(st *zs.Stmt) (r *ironstar.Record, problem string) {
	payload, meta := st.ColumnReader(columnPayload), st.ColumnReader(columnMeta)
	n, m := payload.Len(), meta.Len()
	text := make([]byte, n+m)
	_, _ = payload.Read(text[:n]) // of a reader in memory: all, or nothing if there is nothing
	_, _ = meta.Read(text[n:])
	recordedAt := st.ColumnInt64(columnRecorded)
	final := st.ColumnInt64(columnFinal) != 0
	r = &ironstar.Record{
		Position:      ironstar.Position(st.ColumnInt64(columnPosition)),
		Stream:        s.stream,
		Sequence:      ironstar.Version(st.ColumnInt64(columnSequence)),
		Type:          s.types.name(s.text(st, columnType)),
		SchemaVersion: st.ColumnInt(columnVersion),
		Payload:       text[:n:n], // the capacity of each ends where it ends
		Meta:          text[n:],
		RecordedAt:    time.UnixMicro(recordedAt).UTC(),
		Final:         final,
	}
	want := eventSum(&s.sum, &eventRow{
		position: r.Position, stream: r.Stream, sequence: r.Sequence, eventType: r.Type,
		schemaVersion: r.SchemaVersion, recordedAt: recordedAt, final: final,
	}, r.Payload, r.Meta)
	return r, checkSum(st.ColumnInt64(columnChecksum), want, r.Position, s.unchecked)
}

// eventName returns the name of a record's event.
func eventName(r *ironstar.Record) string {
	return fmt.Sprintf("event at %d, %s of %s", r.Position, r.Type, r.Stream)
}

// name notes the stream of the current row, which often is that of the last.
func (s *scanner) name(st *zs.Stmt) {
	s.stream.Kind = s.kinds.name(s.text(st, columnKind))
	if id := s.text(st, columnID); s.stream.ID != string(id) {
		s.stream.ID = string(id)
	}
}

// names are recently used strings, each at the index where name looks for it.
type names [64]string

// name returns text, which has few different values, as a string: the same one
// nearly always.
func (n *names) name(text []byte) string {
	if len(text) == 0 {
		return ""
	}
	last := len(text) - 1
	look := uint32(text[0]) | uint32(text[last/2])<<8 | uint32(text[last])<<16 | uint32(last)<<24
	known := &n[look*0x9e3779b1>>26] // the golden ratio spreads what differs in few bits
	if *known != string(text) {
		*known = string(text)
	}
	return *known
}

// text is a column, until the next call.
func (s *scanner) text(st *zs.Stmt, column int) []byte {
	r := st.ColumnReader(column)
	if n := r.Len(); n > len(s.buf) {
		s.buf = make([]byte, max(n, ironstar.MaxStreamID))
	}
	n, _ := r.Read(s.buf)
	return s.buf[:n]
}
