package sqlite

import (
	"context"
	"fmt"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// maxSnapshotBytes is the size of the largest state that is saved. Its COMMIT
// cannot be interrupted, and appends wait for it.
const maxSnapshotBytes = 32 << 20

// forgetAtOnce is how many snapshots a transaction removes at most.
const forgetAtOnce = 64

// SaveSnapshots implements [ironstar.Snapshots].
func (s *Store) SaveSnapshots(ctx context.Context, some ...ironstar.Snapshot) error {
	sums := make([][32]byte, len(some))
	for i := range some {
		if n := len(some[i].State); n > maxSnapshotBytes {
			return fmt.Errorf("save snapshot %q of %s: it has %d bytes, and more than %d are not kept, since appends would wait for the disk", some[i].Key, some[i].Name, n, maxSnapshotBytes)
		}
		sums[i] = snapshotSum(s.logID, &some[i])
	}
	err := s.inBackground(ctx, func(c *writeConn) error {
		for i, row := range some {
			st, err := c.named(sqlSaveSnapshot, row.Name, row.Fingerprint)
			if err != nil {
				return err
			}
			st.BindText(3, row.Key)
			st.BindInt64(4, int64(row.Position))
			st.BindInt64(5, int64(row.Changed))
			st.BindInt64(6, int64(row.Version))
			st.BindBytes(7, row.State)
			st.BindBytes(8, sums[i][:])
			st.BindInt64(9, int64(c.head))
			if err := exec(st); err != nil {
				return err
			}
			c.pagesWritten += 2 + len(row.State)/pageSize
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("save snapshots: %w", err)
	}
	return nil
}

// SaveCheckpoint implements [ironstar.Snapshots].
func (s *Store) SaveCheckpoint(ctx context.Context, p ironstar.Checkpoint) error {
	sum := checkpointSum(s.logID, &p)
	err := s.inBackground(ctx, func(c *writeConn) error {
		st, err := c.named(sqlSaveCheckpoint, p.Name, p.Fingerprint)
		if err != nil {
			return err
		}
		st.BindInt64(3, int64(p.Position))
		st.BindInt64(4, int64(p.Keys))
		st.BindBytes(5, sum[:])
		st.BindInt64(6, int64(c.head))
		return exec(st)
	})
	if err != nil {
		return fmt.Errorf("save checkpoint of %s: %w", p.Name, err)
	}
	return nil
}

// ForgetSnapshots implements [ironstar.Snapshots].
func (s *Store) ForgetSnapshots(ctx context.Context, keep func(name, fingerprint string) bool) error {
	name, fingerprint := "", ""
	for {
		there := false
		err := s.query(ctx, sqlNextSnapshots, name, fingerprint, func(st *zs.Stmt) (err error) {
			if there, err = st.Step(); there && err == nil {
				name, fingerprint = st.ColumnText(0), st.ColumnText(1)
			}
			return err
		})
		if err == nil && there && !keep(name, fingerprint) {
			err = s.forget(ctx, name, fingerprint)
		}
		if err != nil {
			return fmt.Errorf("forget snapshots: %w", err)
		}
		if !there {
			return nil
		}
	}
}

func (s *Store) forget(ctx context.Context, name, fingerprint string) error {
	for removed := 1; removed > 0; {
		err := s.inBackground(ctx, func(c *writeConn) error {
			st, err := c.named(sqlForgetCheckpoint, name, fingerprint)
			if err != nil {
				return err
			}
			if err := exec(st); err != nil {
				return err
			}
			if st, err = c.named(sqlForgetSnapshots, name, fingerprint); err != nil {
				return err
			}
			st.BindInt64(3, forgetAtOnce)
			err = exec(st)
			removed = c.Changes()
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// named prepares a statement that begins with name and fingerprint, or reuses
// the prepared one.
func (c *writeConn) named(query, name, fingerprint string) (*zs.Stmt, error) {
	st, err := c.Prepare(query)
	if err != nil {
		return nil, err
	}
	st.BindText(1, name)
	st.BindText(2, fingerprint)
	return st, nil
}
