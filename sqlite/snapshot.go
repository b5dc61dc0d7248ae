package sqlite

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// errDamaged refuses a snapshot that is damaged or was written for another log.
var errDamaged = errors.New("it is damaged, or of another log: its checksum is wrong")

// snapshotReader implements [ironstar.SnapshotReader] for [Store] and [Reader].
type snapshotReader struct {
	pool  *pool
	logID string
}

var (
	_ ironstar.Snapshots      = (*Store)(nil)
	_ ironstar.SnapshotReader = (*Reader)(nil)
)

// Checkpoint implements [ironstar.SnapshotReader].
func (s snapshotReader) Checkpoint(ctx context.Context, name, fingerprint string) (found ironstar.Checkpoint, there bool, err error) {
	err = s.query(ctx, sqlCheckpoint, name, fingerprint, func(st *zs.Stmt) error {
		if there, err = st.Step(); !there || err != nil {
			return err
		}
		found = ironstar.Checkpoint{
			Name: name, Fingerprint: fingerprint,
			Position: ironstar.Position(st.ColumnInt64(0)), Keys: st.ColumnInt(1),
		}
		return matches(st, 2, checkpointSum(s.logID, &found))
	})
	if err != nil {
		return ironstar.Checkpoint{}, false, fmt.Errorf("read checkpoint of %s: %w", name, err)
	}
	return found, there, nil
}

// Snapshot implements [ironstar.SnapshotReader].
func (s snapshotReader) Snapshot(ctx context.Context, name, fingerprint, key string) (found ironstar.Snapshot, there bool, err error) {
	err = s.query(ctx, sqlSnapshot, name, fingerprint, func(st *zs.Stmt) error {
		st.BindText(3, key)
		if there, err = st.Step(); there && err == nil {
			found, err = s.row(st, name, fingerprint)
		}
		return err
	})
	if err != nil {
		return ironstar.Snapshot{}, false, fmt.Errorf("read snapshot %q of %s: %w", key, name, err)
	}
	return found, there, nil
}

// Fingerprints implements [ironstar.SnapshotReader].
func (s snapshotReader) Fingerprints(ctx context.Context, name string) ([]string, error) {
	var all []string
	for next, fingerprint := name, ""; ; {
		there := false
		err := s.query(ctx, sqlNextSnapshots, next, fingerprint, func(st *zs.Stmt) (err error) {
			if there, err = st.Step(); there && err == nil {
				next, fingerprint = st.ColumnText(0), st.ColumnText(1)
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("read builds of %s: %w", name, err)
		}
		if !there || next != name {
			return all, nil
		}
		all = append(all, fingerprint)
	}
}

// Snapshots implements [ironstar.SnapshotReader]. It reads one chunk at a time,
// as [pool.log] reads events.
func (s snapshotReader) Snapshots(ctx context.Context, name, fingerprint string) iter.Seq2[ironstar.Snapshot, error] {
	return func(yield func(ironstar.Snapshot, error) bool) {
		var rows []ironstar.Snapshot
		for from, more := "", true; more; {
			err := s.query(ctx, sqlSnapshots, name, fingerprint, func(st *zs.Stmt) (err error) {
				st.BindText(3, from)
				rows, more, err = s.rows(st, rows[:0], name, fingerprint)
				return err
			})
			if err != nil {
				yield(ironstar.Snapshot{}, fmt.Errorf("read snapshots of %s: %w", name, err))
				return
			}
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
			if len(rows) == 0 {
				return
			}
			from = rows[len(rows)-1].Key + "\x00" // the next key in byte order
		}
	}
}

// rows reads until a chunk is full; then there may be more.
func (s snapshotReader) rows(st *zs.Stmt, rows []ironstar.Snapshot, name, fingerprint string) ([]ironstar.Snapshot, bool, error) {
	for size := 0; len(rows) < chunkRows && size < chunkBytes; {
		there, err := st.Step()
		if !there || err != nil {
			return rows, false, err
		}
		row, err := s.row(st, name, fingerprint)
		if err != nil {
			return nil, false, fmt.Errorf("key %q: %w", row.Key, err)
		}
		size += len(row.State)
		rows = append(rows, row)
	}
	return rows, true, nil
}

// row copies the current row.
func (s snapshotReader) row(st *zs.Stmt, name, fingerprint string) (ironstar.Snapshot, error) {
	row := ironstar.Snapshot{
		Name: name, Fingerprint: fingerprint, Key: st.ColumnText(0),
		Position: ironstar.Position(st.ColumnInt64(1)),
		Changed:  ironstar.Position(st.ColumnInt64(2)),
		Version:  ironstar.Version(st.ColumnInt64(3)),
		State:    make([]byte, st.ColumnLen(4)),
	}
	st.ColumnBytes(4, row.State)
	return row, matches(st, 5, snapshotSum(s.logID, &row))
}

// query runs a statement that begins with name and fingerprint. There is nothing
// in a file that no server of this layout has opened.
func (s snapshotReader) query(ctx context.Context, query, name, fingerprint string, read func(*zs.Stmt) error) error {
	return s.pool.chunk(ctx, func(c *readConn) error {
		st, err := c.Prepare(query)
		if err != nil {
			if without, lookErr := queryText(c.Conn, sqlNoSnapshots); lookErr == nil && without != "0" {
				return nil
			}
			return err
		}
		defer st.Reset()
		st.BindText(1, name)
		st.BindText(2, fingerprint)
		return read(st)
	})
}

// sqlNoSnapshots reports whether a file has a layout without snapshots.
const sqlNoSnapshots = "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'checkpoints')"

// matches compares a column with a checksum.
func matches(st *zs.Stmt, column int, want [sha256.Size]byte) error {
	var got [sha256.Size]byte
	if st.ColumnLen(column) != len(got) {
		return errDamaged
	}
	if st.ColumnBytes(column, got[:]); got != want {
		return errDamaged
	}
	return nil
}

// snapshotSum is the SHA-256 of all that a snapshot is, the log's id included:
// each text with its length before it, numbers as 8 bytes, the highest first.
func snapshotSum(logID string, s *ironstar.Snapshot) [sha256.Size]byte {
	b := texts(make([]byte, 0, 256+len(s.State)), "snapshot", logID, s.Name, s.Fingerprint, s.Key)
	return sha256.Sum256(append(numbers(b, int64(s.Position), int64(s.Changed), int64(s.Version)), s.State...))
}

// checkpointSum is the same of a checkpoint.
func checkpointSum(logID string, c *ironstar.Checkpoint) [sha256.Size]byte {
	return sha256.Sum256(numbers(texts(nil, "checkpoint", logID, c.Name, c.Fingerprint), int64(c.Position), int64(c.Keys)))
}
