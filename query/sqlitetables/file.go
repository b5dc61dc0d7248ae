package sqlitetables

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
	"ironstar.dev/query"
)

// format changes when the file is laid out differently by this package.
const format = 1

// applicationID marks the files of this package in SQLite's header: "irQt".
const applicationID = 0x69725174

// Tables of our own. No event has such a name: it begins with that of an aggregate.
const (
	metaTable    = "_tables"
	openingTable = "_openings"
)

const sqlMeta = "SELECT format, fingerprint, log_id, position, proof FROM _tables"

// missing is the doubt about a file that is not there.
const missing = "there is no file"

// doubtAbout returns why a file has to be made again, "" if it has not.
func doubtAbout(ctx context.Context, path string, o query.OpenOptions) (string, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return missing, nil
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("this is no file: move it away, the tables of the queries are made there")
	case o.Again:
		return "it turned out to be damaged, or not to be what the log says", nil
	case info.Size() == 0:
		return "the file is empty", nil
	case changedSinceClosed(path):
		return "the file was changed after it was closed", nil
	}
	if doubt, err := doubtInHeader(path); doubt != "" || err != nil {
		return doubt, err
	}
	c, err := openConn(path, zs.OpenReadWrite)
	if isDamage(err) {
		return fmt.Sprintf("it is damaged: %v", err), nil
	} else if err != nil {
		return "", err
	}
	defer c.Close()
	doubt, err := doubtIn(ctx, c, o)
	if isDamage(err) {
		return fmt.Sprintf("it is damaged: %v", err), nil
	}
	return doubt, err
}

// doubtInHeader looks at the header of a file before SQLite does, which would write to a
// database of another program.
func doubtInHeader(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	header := make([]byte, 100) // https://sqlite.org/fileformat2.html#the_database_header
	if _, err := io.ReadFull(f, header); err != nil || string(header[:16]) != "SQLite format 3\x00" {
		return "it is damaged: it is no SQLite file", nil
	}
	if binary.BigEndian.Uint32(header[68:]) != applicationID {
		return "", errors.New("this is a database of another program: move it away, the tables of the queries are made there")
	}
	return "", nil
}

// doubtIn returns why what an open file holds is not used.
func doubtIn(ctx context.Context, c *zs.Conn, o query.OpenOptions) (string, error) {
	found, fileFormat, err := readMeta(c)
	switch {
	case err != nil && !isDamage(err) && zs.ErrCode(err) != zs.ResultError:
		return "", err // it is busy, or cannot be read
	case err != nil:
		return fmt.Sprintf("it is damaged: %v", err), nil
	case fileFormat != format:
		return fmt.Sprintf("it has format %d, and this program makes format %d", fileFormat, format), nil
	}
	if doubt, err := o.Believe(ctx, found); doubt != "" || err != nil {
		return doubt, err
	}
	return doubtInPages(c)
}

// doubtInPages checks a file that some process has not closed.
func doubtInPages(c *zs.Conn) (string, error) {
	n, err := queryInt(c, "SELECT count(*) FROM _openings")
	if n == 0 || err != nil {
		return "", err
	}
	text, err := queryText(c, "PRAGMA quick_check(1)")
	if err != nil || text != "ok" {
		return fmt.Sprintf("it is damaged: %s %v", text, err), nil
	}
	return "", exec(c, "DELETE FROM _openings")
}

func readMeta(c *zs.Conn) (found query.Checkpoint, fileFormat int64, err error) {
	st, _, err := c.PrepareTransient(sqlMeta)
	if err != nil {
		return found, 0, err
	}
	defer st.Finalize()
	row, err := st.Step()
	if err != nil {
		return found, 0, err
	}
	if !row {
		return found, 0, fmt.Errorf("%w: it does not say what it holds", query.ErrDamaged)
	}
	return query.Checkpoint{
		Fingerprint: st.ColumnText(1), LogID: st.ColumnText(2),
		Position: ironstar.Position(st.ColumnInt64(3)), Proof: st.ColumnText(4),
	}, st.ColumnInt64(0), nil
}

// makeFile makes a file with empty tables in the place of what is there. A process that
// has the old file open continues with that, which has no name any more: SQLite does not
// remove a write-ahead log by its name if the database was replaced.
func makeFile(path string, l *layout, o query.OpenOptions) error {
	for _, name := range []string{path + closedSuffix, path, path + "-wal", path + "-shm", path + "-journal"} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	// The header is in the file before there is a write-ahead log: a process that is killed
	// leaves either an empty file or one of ours.
	c, err := configured(path, zs.OpenReadWrite|zs.OpenCreate, "PRAGMA synchronous = OFF", fmt.Sprint("PRAGMA application_id = ", applicationID))
	if err != nil {
		return err
	}
	if err := c.Close(); err != nil {
		return err
	}
	if c, err = openConn(path, zs.OpenReadWrite); err != nil {
		return err
	}
	defer c.Close()
	statements := []string{
		"BEGIN IMMEDIATE",
		"CREATE TABLE _tables (format INTEGER NOT NULL, fingerprint TEXT NOT NULL, log_id TEXT NOT NULL, position INTEGER NOT NULL, proof TEXT NOT NULL) STRICT",
		"CREATE TABLE _openings (process TEXT NOT NULL) STRICT",
	}
	for _, t := range l.tables {
		statements = append(statements, t.create...)
	}
	for _, s := range statements {
		if err := exec(c, s); err != nil {
			return fmt.Errorf("make tables: %w", err)
		}
	}
	if err := exec(c, "INSERT INTO _tables VALUES (?, ?, ?, 0, '')", int64(format), o.Set.Fingerprint, o.LogID); err != nil {
		return fmt.Errorf("make tables: %w", err)
	}
	return exec(c, "COMMIT")
}
