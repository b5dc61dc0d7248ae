package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	zs "zombiezen.com/go/sqlite"
)

// What the header of an SQLite file begins with, and where the fields are that
// tell whose it is.
const (
	headerMagic         = "SQLite format 3\x00"
	headerSize          = 100
	headerLayout        = 60 // user_version
	headerApplicationID = 68
)

// halfWritten reports that a file cannot be read because it must be rolled back
// first, and the connection may not write.
func halfWritten(err error) bool {
	return zs.ErrCode(err) == zs.ResultReadOnlyRollback
}

// checkHeader refuses a half-written file that is not a log, or is one of a
// newer program. It reads the bytes themselves, as SQLite would have to write
// first. They may be of the transaction that was cut off, but no program makes
// a log of another's file, and a newer one rolls its own back.
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
