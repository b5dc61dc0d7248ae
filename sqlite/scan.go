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
	names   [64]string         // met lately, by where name looks
	id      string             // of the last row
	buf     []byte
}

// scan reads rows of sqlReadLog or sqlReadStream until a chunk is full. The
// caller resets the statement.
func (s *scanner) scan(st *zs.Stmt) error {
	s.records = s.records[:0]
	for size := 0; len(s.records) < chunkRows && size < chunkBytes; {
		var err error
		if s.more, err = st.Step(); err != nil || !s.more {
			return err
		}
		r := s.record(st)
		size += len(r.Payload) + len(r.Meta)
		s.records = append(s.records, r)
	}
	return nil
}

// record copies the current row. Each look at a column is a call into the
// driver, so there is one for each.
func (s *scanner) record(st *zs.Stmt) *ironstar.Record {
	payload, meta := st.ColumnReader(6), st.ColumnReader(7)
	n, m := payload.Len(), meta.Len()
	text := make([]byte, n+m)
	_, _ = payload.Read(text[:n]) // of a reader in memory: all, or nothing if there is nothing
	_, _ = meta.Read(text[n:])
	return &ironstar.Record{
		Position:      ironstar.Position(st.ColumnInt64(0)),
		Stream:        ironstar.Stream{Kind: s.name(st, 1), ID: s.streamID(st, 2)},
		Sequence:      ironstar.Version(st.ColumnInt64(3)),
		Type:          s.name(st, 4),
		SchemaVersion: st.ColumnInt(5),
		Payload:       text[:n:n], // the capacity of each ends where it ends
		Meta:          text[n:],
		RecordedAt:    time.UnixMicro(st.ColumnInt64(8)).UTC(),
	}
}

// name returns a column that has few different values.
func (s *scanner) name(st *zs.Stmt, column int) string {
	text := s.text(st, column)
	if len(text) == 0 {
		return ""
	}
	known := &s.names[(len(text)*7+int(text[0])+int(text[len(text)-1]))%len(s.names)]
	if *known != string(text) {
		*known = string(text)
	}
	return *known
}

// streamID returns a column that often equals that of the row before.
func (s *scanner) streamID(st *zs.Stmt, column int) string {
	if text := s.text(st, column); s.id != string(text) {
		s.id = string(text)
	}
	return s.id
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
