package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// Damage is a part of a file that differs from what was written.
type Damage struct {
	Part DamagedPart
	What string // "event at 12, Added of todo.List/a: its checksum is wrong"
}

func (d Damage) String() string { return string(d.Part) + ": " + d.What }

// DamagedPart is a part of a file.
type DamagedPart string

const (
	DamagedFile      DamagedPart = "file" // what SQLite itself checks: pages, tables, indexes
	DamagedEvents    DamagedPart = "events"
	DamagedCommands  DamagedPart = "commands"
	DamagedShapes    DamagedPart = "shapes"
	DamagedSnapshots DamagedPart = "snapshots" // nothing is lost with them
	DamagedClaims    DamagedPart = "claims"    // they follow from the events
	DamagedProcesses DamagedPart = "processes" // what processes have done and what waits
)

// Checked is what [Reader.Check] has looked at.
type Checked struct {
	Events    ironstar.Position
	Commands  int
	Shapes    int
	Snapshots int // and checkpoints, of all builds
	Claims    int
	Processes int               // rows of them: what waits, too
	Unchecked ironstar.Position // events up to this one were stored before there were checksums
}

// maxFileProblems is the greatest number of problems that SQLite reports.
const maxFileProblems = 100

// Check reads everything that is stored and calls found for damage: problems of
// SQLite's integrity_check, rows with a wrong checksum, and rows that
// contradict each other. It calls passed with the position up to which events
// were read. An error means that something could not be checked; it is not
// damage.
//
// integrity_check is one transaction. While it runs, the write-ahead log of a
// server that appends grows.
func (r *Reader) Check(ctx context.Context, found func(Damage), passed func(at, head ironstar.Position)) (Checked, error) {
	k := checker{Reader: r, found: found, passed: passed}
	for _, part := range []struct {
		name  DamagedPart
		check func(context.Context) error
	}{
		{DamagedFile, k.checkFile},
		{DamagedEvents, k.checkEvents},
		{DamagedCommands, k.checkCommands},
		{DamagedShapes, k.checkShapes},
		{DamagedClaims, k.checkClaims},
		{DamagedProcesses, k.checkProcesses},
		{DamagedSnapshots, k.checkSnapshots},
	} {
		err := part.check(ctx)
		switch {
		case err == nil:
		case damaged(err): // then the rest of this part cannot be read
			found(Damage{part.name, err.Error()})
		default:
			return k.checked, fmt.Errorf("check %s: %w", part.name, err)
		}
	}
	return k.checked, nil
}

// checker is one run of [Reader.Check].
type checker struct {
	*Reader
	checked Checked
	found   func(Damage)
	passed  func(at, head ironstar.Position)
}

// chunk runs look, which may run again after an error, and then reports what it
// found.
func (k *checker) chunk(ctx context.Context, part DamagedPart, look func(c *readConn, found func(format string, args ...any)) error) error {
	var list []Damage
	err := k.reads.chunk(ctx, func(c *readConn) error {
		list = list[:0]
		c.SetInterrupt(ctx.Done())
		defer c.SetInterrupt(nil)
		return look(c, func(format string, args ...any) {
			list = append(list, Damage{part, fmt.Sprintf(format, args...)})
		})
	})
	for _, d := range list {
		k.found(d)
	}
	return errors.Join(err, ctx.Err())
}

func (k *checker) checkFile(ctx context.Context) error {
	return k.chunk(ctx, DamagedFile, func(c *readConn, found func(string, ...any)) error {
		query := fmt.Sprintf("PRAGMA integrity_check(%d)", maxFileProblems)
		return eachRow(c, query, nil, func(st *zs.Stmt) error {
			for line := range strings.Lines(st.ColumnText(0)) {
				if line = strings.TrimSpace(line); line != "ok" {
					found("SQLite says: %s", line)
				}
			}
			return nil
		})
	})
}

// checkEvents checks each event, its place in the log and in its stream, and
// that its command id is recorded.
func (k *checker) checkEvents(ctx context.Context) error {
	head, err := k.Head(ctx)
	if err != nil {
		return err
	}
	for after := ironstar.Position(0); after < head; {
		to := min(after+chunkRows, head)
		if err := k.checkEventsIn(ctx, after, to); err != nil {
			return err
		}
		after = to
		k.checked.Events = to
		k.passed(to, head)
	}
	return nil
}

// checkEventsIn checks the events in (after, to].
func (k *checker) checkEventsIn(ctx context.Context, after, to ironstar.Position) error {
	return k.chunk(ctx, DamagedEvents, func(c *readConn, found func(string, ...any)) error {
		k.checked.Unchecked = min(c.unchecked, to)
		s := scanner{unchecked: c.unchecked, damaged: func(r *ironstar.Record, problem string) {
			found("%s: %s", eventName(r), problem)
		}}
		for next := after + 1; next <= to; {
			c.log.BindInt64(1, int64(next-1))
			c.log.BindInt64(2, int64(to))
			err := s.scan(c.log)
			if resetErr := c.log.Reset(); err == nil {
				err = resetErr
			}
			if err != nil {
				return err
			}
			for _, r := range s.records {
				if r.Position != next {
					found("there is no event at %d", next)
				}
				next = r.Position + 1
			}
			if len(s.records) == 0 {
				found("there is no event at %d", next)
				break
			}
		}
		return eachRow(c, sqlCheckEvents, []any{after, to}, func(st *zs.Stmt) error {
			found("event at %d: %s", st.ColumnInt64(0), st.ColumnText(1))
			return nil
		})
	})
}

// checkCommands checks each recorded command id and that its events are there.
func (k *checker) checkCommands(ctx context.Context) error {
	from := [3]string{} // the key of the last row
	for rows := chunkRows; rows == chunkRows; {
		var kind, id, command string
		err := k.chunk(ctx, DamagedCommands, func(c *readConn, found func(string, ...any)) error {
			rows = 0
			from := []any{from[0], from[1], from[2], chunkRows}
			return eachRow(c, withChecksums(sqlCheckCommands, c.unchecked), from, func(st *zs.Stmt) error {
				rows++
				kind, id, command = st.ColumnText(0), st.ColumnText(1), st.ColumnText(2)
				request := make([]byte, st.ColumnLen(3))
				st.ColumnBytes(3, request)
				receipt := ironstar.Receipt{
					First:   ironstar.Position(st.ColumnInt64(4)),
					Last:    ironstar.Position(st.ColumnInt64(5)),
					Version: ironstar.Version(st.ColumnInt64(6)),
				}
				stream := ironstar.Stream{Kind: kind, ID: id}
				sum := commandSum(&rowSum{}, stream, command, request, receipt)
				if problem := checkSum(st.ColumnInt64(7), sum, receipt.Last, c.unchecked); problem != "" {
					found("command id %q of %s: %s", command, stream, problem)
				} else if !st.ColumnBool(8) {
					found("command id %q of %s: the events at %d to %d are not those of this command", command, stream, receipt.First, receipt.Last)
				}
				return nil
			})
		})
		if err != nil {
			return err
		}
		from = [3]string{kind, id, command}
		k.checked.Commands += rows
	}
	return nil
}

func (k *checker) checkShapes(ctx context.Context) error {
	return k.chunk(ctx, DamagedShapes, func(c *readConn, found func(string, ...any)) error {
		k.checked.Shapes = 0
		return eachRow(c, withChecksums(sqlCheckShapes, c.unchecked), nil, func(st *zs.Stmt) error {
			k.checked.Shapes++
			v := version{st.ColumnText(0), st.ColumnText(1), st.ColumnInt(2)}
			first := ironstar.Position(st.ColumnInt64(4))
			sum := shapeSum(&rowSum{}, v, st.ColumnText(3), first)
			if problem := checkSum(st.ColumnInt64(5), sum, first, c.unchecked); problem != "" {
				found("shape of %s.%s.v%d: %s", v.kind, v.event, v.number, problem)
			} else if !st.ColumnBool(6) {
				found("shape of %s.%s.v%d: the event at %d is of another version", v.kind, v.event, v.number, first)
			}
			return nil
		})
	})
}

// checkSnapshots checks the snapshots and checkpoints of all builds.
func (k *checker) checkSnapshots(ctx context.Context) error {
	name, fingerprint := "", ""
	for {
		there := false
		err := k.query(ctx, sqlNextSnapshots, name, fingerprint, func(st *zs.Stmt) (err error) {
			if there, err = st.Step(); there && err == nil {
				name, fingerprint = st.ColumnText(0), st.ColumnText(1)
			}
			return err
		})
		if err != nil || !there {
			return err
		}
		_, there, err = k.Checkpoint(ctx, name, fingerprint)
		switch {
		case errors.Is(err, errDamaged):
			k.found(Damage{DamagedSnapshots, err.Error()})
		case err != nil:
			return err
		}
		if there {
			k.checked.Snapshots++
		}
		for key := ""; ; {
			if key, err = k.checkSnapshotsFrom(ctx, name, fingerprint, key); err != nil || key == "" {
				break
			}
		}
		if err != nil {
			return err
		}
	}
}

// checkSnapshotsFrom checks a chunk of the snapshots of a name and fingerprint,
// beginning with a key. It returns the next key, or "" at the end.
func (k *checker) checkSnapshotsFrom(ctx context.Context, name, fingerprint, from string) (next string, err error) {
	var wrong []Damage
	rows := 0
	err = k.query(ctx, sqlSnapshots, name, fingerprint, func(st *zs.Stmt) error {
		st.BindText(3, from)
		wrong, rows, next = nil, 0, ""
		for size := 0; rows < chunkRows && size < chunkBytes; rows++ {
			if there, err := st.Step(); err != nil || !there {
				next = ""
				return err
			}
			row, err := k.row(st, name, fingerprint)
			if err != nil {
				wrong = append(wrong, Damage{DamagedSnapshots, fmt.Sprintf("%q of %s: %s", row.Key, name, err)})
			}
			size += len(row.State)
			next = row.Key + "\x00"
		}
		return nil
	})
	k.checked.Snapshots += rows
	for _, d := range wrong {
		k.found(d)
	}
	return next, err
}

// eachRow runs a query and calls do for each row.
func eachRow(c *readConn, query string, args []any, do func(*zs.Stmt) error) error {
	st, _, err := c.PrepareTransient(query)
	if err != nil {
		return err
	}
	defer st.Finalize()
	for i, arg := range args {
		switch arg := arg.(type) {
		case ironstar.Position:
			st.BindInt64(i+1, int64(arg))
		case int:
			st.BindInt64(i+1, int64(arg))
		case string:
			st.BindText(i+1, arg)
		}
	}
	for {
		row, err := st.Step()
		if err != nil || !row {
			return err
		}
		if err := do(st); err != nil {
			return err
		}
	}
}
