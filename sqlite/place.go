package sqlite

import (
	"fmt"
	"os"
	"time"
)

// placeEvery is how often the names of the files are looked at.
const placeEvery = 100 * time.Millisecond

// place is which files had the names of the database, its write-ahead log and
// its lock when the store was opened. Under Unix somebody can remove or replace
// a file that is open: what is written to it then ends with the process, though
// it is synced, and another server can take another lock. Appends must not be
// acknowledged for long after that.
type place struct {
	files map[string]os.FileInfo
	next  time.Time // when they are looked at again, unless something was wrong
}

func placeOf(path string) place {
	p := place{files: map[string]os.FileInfo{}}
	for _, end := range []string{"", "-wal", ".lock"} {
		if info, err := os.Stat(path + end); err == nil {
			p.files[path+end] = info
		}
	}
	return p
}

// check says which file is not there any more.
func (p *place) check(now time.Time) error {
	if now.Before(p.next) {
		return nil
	}
	for name, was := range p.files {
		if info, err := os.Stat(name); err != nil || !os.SameFile(info, was) {
			return fmt.Errorf("%s was removed or replaced while it was in use; stop the server, put the file back or restore a backup, and start it again", name)
		}
	}
	p.next = now.Add(placeEvery)
	return nil
}
