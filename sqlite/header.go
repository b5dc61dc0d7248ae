package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	zs "zombiezen.com/go/sqlite"
)

// The first bytes of an SQLite file, and the offsets of the header fields that
// identify the application that made it.
const (
	headerMagic         = "SQLite format 3\x00"
	headerSize          = 100
	headerReadVersion   = 19 // 1, or 2 if it is or was in WAL mode
	headerLayout        = 60 // user_version
	headerApplicationID = 68
)

// halfWritten reports that a file must be rolled back before it can be read, and
// that the connection must not write.
func halfWritten(err error) bool {
	return zs.ErrCode(err) == zs.ResultReadOnlyRollback
}

// checkHeader refuses a half-written file that is not a log, or that a newer
// program wrote. It reads the bytes itself, because SQLite would have to roll the
// file back first. The header may be of the transaction that was cut off. That is
// safe: no program makes a log of another application's file, and a newer program
// rolls its own transactions back.
func checkHeader(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var h [headerSize]byte
	if _, err := io.ReadFull(f, h[:]); err != nil {
		return fmt.Errorf("read header: %w", err)
	}
	if string(h[:len(headerMagic)]) != headerMagic {
		return errors.New("the file is not an SQLite database; name another file")
	}
	if id := int32(binary.BigEndian.Uint32(h[headerApplicationID:])); id != applicationID {
		return notOurs(fmt.Sprint(id))
	}
	known, err := migrations()
	if err != nil {
		return err
	}
	return checkLayout(fmt.Sprint(int32(binary.BigEndian.Uint32(h[headerLayout:]))), len(known))
}

// notOurs refuses a file by its application id.
func notOurs(id string) error {
	return fmt.Errorf("the file is a database of another application (application_id %s, want %d); name another file", id, applicationID)
}
