package sqlite

import (
	"sync"
	"sync/atomic"
	"time"

	"ironstar.dev"
)

// fresh are the events that were stored last, for those who follow the log: what
// was just written need not be read back, which takes a connection, and the
// pages that every commit makes a reader forget. Who is not right behind the
// writer reads the file.
type fresh struct {
	followers atomic.Int32 // without any, nothing is kept

	mu      sync.Mutex         // guards what follows
	records []*ironstar.Record // without a gap, the last one stored at the end
}

// maxFresh is how many there are at most. A larger batch is read back.
const maxFresh = 256

// put adds what a transaction has stored, once it is committed and before others
// are told of it.
func (f *fresh) put(rows []row, now int64) {
	if f.followers.Load() == 0 || len(rows) == 0 || len(rows) > maxFresh {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if n := len(f.records); n > 0 && (n+len(rows) > maxFresh || f.records[n-1].Position+1 != rows[0].position) {
		f.records = nil
	}
	for _, r := range rows {
		f.records = append(f.records, r.record(now))
	}
}

// after returns what follows a position up to another, or nothing if it is not
// all there.
func (f *fresh) after(p, end ironstar.Position) []*ironstar.Record {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := len(f.records)
	if n == 0 || p+1 < f.records[0].Position || end > f.records[n-1].Position || p >= end {
		return nil
	}
	first := f.records[0].Position
	return f.records[p+1-first : end+1-first]
}

// record is what a reader would make of the row.
func (r row) record(now int64) *ironstar.Record {
	e, payload := &r.p.Events[r.event], r.payload()
	n := len(payload)
	text := make([]byte, n+len(r.p.metadata))
	copy(text, payload)
	copy(text[n:], r.p.metadata)
	return &ironstar.Record{
		Position: r.position, Stream: r.p.Stream, Sequence: r.sequence,
		Type: e.Type, SchemaVersion: e.SchemaVersion,
		Payload: text[:n:n], Meta: text[n:],
		RecordedAt: time.UnixMicro(now).UTC(),
	}
}
