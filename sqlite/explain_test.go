package sqlite

import (
	"fmt"
	"strings"
	"testing"

	zs "zombiezen.com/go/sqlite"
)

// The error has advice for an operator, and programs can still read its cause.
func TestExplain(t *testing.T) {
	for code, want := range map[zs.ResultCode]string{
		zs.ResultFull:             "make room",
		zs.ResultIOErrWrite:       "free space",
		zs.ResultIOErrDelete:      "permissions of the directory",
		zs.ResultReadOnlyRollback: "start the server once",
		zs.ResultReadOnly:         "check the permissions",
		zs.ResultBusy:             "another program keeps the file locked",
		zs.ResultCorrupt:          "restore it from a backup",
		zs.ResultNotADB:           "name another file",
	} {
		err := explain(fmt.Errorf("commit: %w", code.ToError()))
		if !strings.Contains(err.Error(), want) || zs.ErrCode(err) != code {
			t.Errorf("%v: got %v (%v), want %q in it", code, err, zs.ErrCode(err), want)
		}
	}
	if err := explain(nil); err != nil {
		t.Error(err)
	}
}
