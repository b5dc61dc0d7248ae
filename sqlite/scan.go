package sqlite

import (
	"time"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// scanner turns rows into records. What repeats from row to row, kinds, types
// and the id of the row before, is shared between records.
//
// The payload and metadata of a record are one allocation that no other record
// has a part in, and neither has the record itself: strings of its events alias
// the payload, and a view may keep one of them for ever. So what that costs is
// the size of one record, not that of a block of them, and the memory of a
// rebuild is that of the states and of a few parts of the log.
type scanner struct {
	records []*ironstar.Record // of the last scan
	more    bool               // there may be rows behind them
	stream  ironstar.Stream    // of all rows, if they are of one; else of the last one
	kinds   names
	types   names
	buf     []byte
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
		r := s.record(st)
		size += len(r.Payload) + len(r.Meta)
		s.records = append(s.records, r)
	}
	return nil
}

// The columns of both queries, and behind them those of sqlReadLog alone.
const (
	columnPosition = iota
	columnSequence
	columnType
	columnVersion
	columnPayload
	columnMeta
	columnRecorded

	columnKind
	columnID
)

// record copies the current row. Each look at a column is a call into the
// driver, so there is one for each.
func (s *scanner) record(st *zs.Stmt) *ironstar.Record {
	payload, meta := st.ColumnReader(columnPayload), st.ColumnReader(columnMeta)
	n, m := payload.Len(), meta.Len()
	text := make([]byte, n+m)
	_, _ = payload.Read(text[:n]) // of a reader in memory: all, or nothing if there is nothing
	_, _ = meta.Read(text[n:])
	return &ironstar.Record{
		Position:      ironstar.Position(st.ColumnInt64(columnPosition)),
		Stream:        s.stream,
		Sequence:      ironstar.Version(st.ColumnInt64(columnSequence)),
		Type:          s.types.name(s.text(st, columnType)),
		SchemaVersion: st.ColumnInt(columnVersion),
		Payload:       text[:n:n], // the capacity of each ends where it ends
		Meta:          text[n:],
		RecordedAt:    time.UnixMicro(st.ColumnInt64(columnRecorded)).UTC(),
	}
}

// name notes the stream of the current row, which often is that of the last.
func (s *scanner) name(st *zs.Stmt) {
	s.stream.Kind = s.kinds.name(s.text(st, columnKind))
	if id := s.text(st, columnID); s.stream.ID != string(id) {
		s.stream.ID = string(id)
	}
}

// names are strings that were met lately, each where name looks for it.
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
