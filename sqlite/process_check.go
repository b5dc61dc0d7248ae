package sqlite

import (
	"context"

	zs "zombiezen.com/go/sqlite"
)

// checkProcesses checks each row of the tables of processes.
func (k *checker) checkProcesses(ctx context.Context) error {
	for _, table := range []struct {
		query string
		keys  int // columns of the primary key
		read  func(*zs.Stmt) error
	}{
		{sqlProcesses, 1, func(st *zs.Stmt) error { _, err := readProcess(st); return err }},
		{sqlTimers, 3, func(st *zs.Stmt) error { _, err := readTimer(st); return err }},
		{sqlCheckOutgoing, 3, func(st *zs.Stmt) error { _, err := readOutgoing(st); return err }},
	} {
		if err := k.checkProcessTable(ctx, table.query, table.keys, table.read); err != nil {
			return err
		}
	}
	return nil
}

func (k *checker) checkProcessTable(ctx context.Context, query string, keys int, read func(*zs.Stmt) error) error {
	from := []any{"", "", "", chunkRows}
	if keys == 1 {
		from = []any{"", chunkRows}
	}
	if query == sqlCheckOutgoing {
		from = []any{"", 0, -1, chunkRows}
	}
	for rows := chunkRows; rows == chunkRows; {
		last := append([]any{}, from...)
		err := k.chunk(ctx, DamagedProcesses, func(c *readConn, found func(string, ...any)) error {
			rows = 0
			if there, err := hasProcesses(c.Conn); err != nil || !there {
				return err
			}
			return eachRow(c, query, from, func(st *zs.Stmt) error {
				rows++
				for i := range keys {
					if _, number := from[i].(int); number {
						last[i] = st.ColumnInt(i)
					} else {
						last[i] = st.ColumnText(i)
					}
				}
				if err := read(st); err != nil {
					found("%v", err)
				}
				return nil
			})
		})
		if err != nil {
			return err
		}
		from = last
		k.checked.Processes += rows
	}
	return nil
}
