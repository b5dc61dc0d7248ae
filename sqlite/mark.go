package sqlite

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// mark describes the database. A server writes it into its lock file, and it
// stays there when the server is killed. The next owner compares it with the
// files, to detect missing or replaced ones.
//
// Each field is a lower bound: it is written after the change and never synced.
// So an outdated mark, after power loss or a write by another program, refuses
// nothing.
type mark struct {
	logID string
	head  ironstar.Position // stored in the log

	// State of the database without its write-ahead log. It tells whether the
	// two belong together; SQLite does not check that before it applies the
	// log.
	openings int64 // see [FORMAT.md], table log
	schema   int64 // SQLite's schema version; its backup function and VACUUM INTO change it in the copy
}

// headDigits is the width of the head, which is overwritten in place.
const headDigits = 20

// String returns the text for the lock file; parseMark reads it.
func (m mark) String() string {
	if m.logID == "" {
		return ""
	}
	return fmt.Sprintf("log %s openings %d schema %d head %0*d\n", m.logID, m.openings, m.schema, headDigits, m.head)
}

func parseMark(text string) (m mark) {
	for line := range strings.Lines(text) {
		n, err := fmt.Sscanf(line, "log %s openings %d schema %d head %d\n", &m.logID, &m.openings, &m.schema, &m.head)
		if n == 4 && err == nil {
			return m
		}
	}
	return mark{}
}

// noteHead writes that events up to head are stored.
func (l *fileLock) noteHead(head ironstar.Position) {
	if l.mark.logID == "" || head == l.mark.head {
		return
	}
	l.mark.head = head
	var digits [headDigits]byte
	text := strconv.AppendInt(digits[:0], int64(head), 10)
	n := copy(digits[headDigits-len(text):], text)
	for i := range headDigits - n {
		digits[i] = '0'
	}
	l.f.WriteAt(digits[:], l.at)
}

// noteOpened writes the mark after the writer was opened.
func (l *fileLock) noteOpened(path string, c *writeConn) error {
	m := mark{logID: c.logID, head: c.head}
	if size(path+"-wal") <= 0 { // then c reads the database alone
		seen, err := readMark(c.Conn)
		if err != nil {
			return err
		}
		m.openings, m.schema = seen.openings, seen.schema
	} else if m.logID == l.mark.logID {
		m.openings, m.schema = l.mark.openings, l.mark.schema
	}
	l.mark = m
	l.write()
	return nil
}

// readMark reads the fields of a mark from a database.
func readMark(c *zs.Conn) (m mark, err error) {
	if m.logID, err = queryText(c, sqlLogID); err != nil {
		return m, err
	}
	for query, into := range map[string]*int64{
		"SELECT openings FROM log": &m.openings,
		"PRAGMA schema_version":    &m.schema,
		sqlHead:                    (*int64)(&m.head),
	} {
		text, err := queryText(c, query)
		if err != nil {
			return m, err
		}
		if *into, err = strconv.ParseInt(text, 10, 64); err != nil {
			return m, err
		}
	}
	return m, nil
}

// markOf returns the mark of the last owner of the database at path. The owner
// may be running.
func markOf(path string) mark {
	f, err := os.Open(path + ".lock")
	if err != nil {
		return mark{}
	}
	defer f.Close()
	return lowerMark(parseMark(lockText(f)), parseMark(lockText(f)))
}

// lowerMark returns the lower of two marks that were read one after the other. A
// read while the owner overwrites the head can have digits of both numbers, and so
// a head that was never stored.
func lowerMark(first, second mark) mark {
	second.head = min(first.head, second.head)
	return second
}

// checkMissing refuses to make a new log if the mark says that there was one.
func (m mark) checkMissing(path string) error {
	if m.head == 0 {
		return nil
	}
	return fmt.Errorf("the database is missing or empty, and %s.lock says that a server had stored %d events in it and was killed: put the database and its -wal back; to begin a new log, delete %[1]s.lock", path, m.head)
}

// checkHead refuses a database that lacks stored events. c reads the database
// with its write-ahead log.
func (m mark) checkHead(path string, c *zs.Conn) error {
	if m.logID == "" {
		return nil
	}
	seen, err := readMark(c)
	if err != nil || seen.logID != m.logID || seen.head >= m.head {
		return err
	}
	return fmt.Errorf("events are missing: the file ends at %d, and %s.lock says that a server had stored %d when it was killed. Its write-ahead log %[2]s-wal was removed, or an older copy was put here. Put back what belongs together; if this is a backup that shall be used as it is, delete %[2]s.lock (docs/OPERATING.md, \"A backup put back\")", seen.head, path, m.head)
}

// checkAlone refuses a database if its write-ahead log belongs to another state
// of it.
func (m mark) checkAlone(path string) error {
	if m.logID == "" || size(path+"-wal") <= 0 {
		return nil
	}
	alone, err := openURI(path, "immutable=1", nil)
	if err != nil {
		return nil // a kill during a checkpoint may leave it incomplete; the log completes it
	}
	defer alone.Close()
	seen, err := readMark(alone)
	if err != nil {
		return nil
	}
	if seen.logID == m.logID && seen.openings >= m.openings && seen.schema >= m.schema {
		return nil
	}
	return errForeignWAL(path)
}

// errForeignWAL is the error for a database with the write-ahead log of another
// state of it.
func errForeignWAL(path string) error {
	return fmt.Errorf("the write-ahead log %s-wal belongs to another state of the database, and SQLite would bring that state back: if a backup was put back, move %[1]s-wal, %[1]s-shm and %[1]s.lock away and start again; if not, put the database back that they belong to (docs/OPERATING.md, \"A backup put back\")", path)
}

// checkJournalMode refuses a database that was never in WAL mode but has a
// write-ahead log: it is a copy by VACUUM INTO that replaced the database.
func (u *inodeUse) checkJournalMode(path string) error {
	if size(path+"-wal") <= 0 {
		return nil
	}
	if version, err := u.byteAt(path, headerReadVersion); err == nil && version == 1 {
		return errForeignWAL(path)
	}
	return nil
}
