package sqlite

import (
	"sync"
	"sync/atomic"
	"time"

	"ironstar.dev"
)

// recentRecords are the events that were stored last. Followers of the log get
// them from here: reading them back needs a connection, whose cache each commit
// invalidates. Followers who are further behind read the file.
type recentRecords struct {
	followers atomic.Int32 // without any, no records are held

	mu      sync.Mutex         // guards what follows
	records []*ironstar.Record // without a gap, the last one stored at the end
	bytes   int                // of their payloads and metadata
}

// The most records and bytes that are held. Larger batches are read from the file.
const (
	maxRecent      = 256
	maxRecentBytes = 4 << 20
)

// put adds the rows of a transaction, after its commit and before the head moves.
func (f *recentRecords) put(rows []row, now int64) {
	bytes := 0
	for _, r := range rows {
		bytes += len(r.payload()) + len(r.p.metadata)
	}
	if f.followers.Load() == 0 || len(rows) == 0 || len(rows) > maxRecent || bytes > maxRecentBytes {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if n := len(f.records); n > 0 && (n+len(rows) > maxRecent || f.bytes+bytes > maxRecentBytes || f.records[n-1].Position+1 != rows[0].position) {
		f.records, f.bytes = nil, 0
	}
	f.bytes += bytes
	for _, r := range rows {
		f.records = append(f.records, r.record(now))
	}
}

// after returns the records after p up to end, or nil if some of them are not
// held.
func (f *recentRecords) after(p, end ironstar.Position) []*ironstar.Record {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := len(f.records)
	if n == 0 || p+1 < f.records[0].Position || end > f.records[n-1].Position || p >= end {
		return nil
	}
	first := f.records[0].Position
	return f.records[p+1-first : end+1-first]
}

// record returns the record that a reader would make of the row.
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
		RecordedAt: time.UnixMicro(now).UTC(), Final: e.Final,
	}
}
