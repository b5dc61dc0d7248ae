package sqlite

import (
	"fmt"
	"time"
)

// identityEvery is how often all files are checked.
const identityEvery = 100 * time.Millisecond

// fileIdentity is the identity of the database and its other files when the store
// was opened. On Unix a program can remove or replace a file that is open. What
// is written to such a file is lost when the process ends, although it is synced.
// An append must not be acknowledged then.
type fileIdentity struct {
	database string
	files    []namedFile
	next     time.Time // of the next check; zero after an error
}

type namedFile struct {
	name   string
	id     fileID
	events bool // it holds events
}

func identify(path string) fileIdentity {
	id := fileIdentity{database: path}
	for _, end := range []string{"", "-wal", "-shm", ".lock"} {
		if file, err := fileIDOf(path + end); err == nil {
			id.files = append(id.files, namedFile{path + end, file, end == "" || end == "-wal"})
		}
	}
	return id
}

// checkSometimes checks all files, unless that was done a moment ago.
func (id *fileIdentity) checkSometimes(now time.Time) error {
	if now.Before(id.next) {
		return nil
	}
	if err := id.check(); err != nil {
		return err
	}
	id.next = now.Add(identityEvery)
	return nil
}

// check returns an error if a file was removed or replaced.
func (id *fileIdentity) check() error { return id.checkThose(false) }

// checkEvents checks the files that hold events. It is called between a commit
// and its answer.
func (id *fileIdentity) checkEvents() error { return id.checkThose(true) }

func (id *fileIdentity) checkThose(events bool) error {
	for _, f := range id.files {
		if events && !f.events {
			continue
		}
		file, err := fileIDOf(f.name)
		switch {
		case err == nil && file.same(f.id):
		case f.name == id.database:
			id.next = time.Time{}
			return fmt.Errorf("%s was removed or replaced while the server had it open: put it back, and do not stop the server before, since it has the only copy (docs/OPERATING.md, \"Files taken away\")", f.name)
		default:
			id.next = time.Time{}
			return fmt.Errorf("%s was removed or replaced while the server had it open: put it back, or stop the server with SIGTERM and start it again; it writes what it has into the database when it stops (docs/OPERATING.md, \"Files taken away\")", f.name)
		}
	}
	return nil
}
