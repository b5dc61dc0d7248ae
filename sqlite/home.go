package sqlite

import (
	"fmt"
	"strings"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// home is a line of the lock file. It says which database the last owner left in
// this place, and in what state. Another database there is a copy or a backup: its
// processes are held, because another server may have sent what waits in it (G21).
//
// The numbers are lower bounds, as those of a [mark].
type home struct {
	logID    string
	inode    uint64 // of the database; 0 where there are none
	openings int64
	head     ironstar.Position
	steps    int64 // of all processes
}

// String returns the line; parseHome reads it.
func (h home) String() string {
	if h.logID == "" {
		return ""
	}
	return fmt.Sprintf("home %s inode %d openings %d head %d steps %d\n", h.logID, h.inode, h.openings, h.head, h.steps)
}

func parseHome(text string) (h home) {
	for line := range strings.Lines(text) {
		n, err := fmt.Sscanf(line, "home %s inode %d openings %d head %d steps %d\n", &h.logID, &h.inode, &h.openings, &h.head, &h.steps)
		if n == 5 && err == nil {
			return h
		}
	}
	return home{}
}

// homeOf returns the line for a database as it is now.
func homeOf(path string, c *zs.Conn) (h home, err error) {
	seen, err := readMark(c)
	if err != nil {
		return h, err
	}
	h = home{logID: seen.logID, openings: seen.openings, head: seen.head}
	if err := scanText(c, sqlProcessSteps, &h.steps); err != nil {
		return h, err
	}
	id, err := fileIDOf(path)
	h.inode = id.number()
	return h, err
}

// left reports whether the last owner left this database here. It was opened once more
// since.
func (h home) left(now home) bool {
	return h.logID == now.logID && h.inode == now.inode && h.openings < now.openings && h.head <= now.head && h.steps <= now.steps
}

// holdMoved holds the processes of a database that the last owner did not leave
// here. The lock file says that it did only after they are held.
func (l *fileLock) holdMoved(path string, c *writeConn) error {
	now, err := homeOf(path, c.Conn)
	if err != nil {
		return err
	}
	if !l.home.left(now) {
		if err := holdProcesses(c); err != nil {
			return err
		}
	}
	l.home = now
	return nil
}

func holdProcesses(c *writeConn) error {
	var all []ironstar.StoredProcess
	err := c.query(sqlHoldProcesses, nil, func(st *zs.Stmt) error {
		p, err := readProcess(st)
		all = append(all, p)
		return err
	})
	if err != nil || len(all) == 0 {
		return err
	}
	if err := exec(c.begin); err != nil {
		return err
	}
	for i := range all {
		all[i].Held = true
		all[i].Steps++
		if err := c.saveProcess(&all[i]); err != nil {
			exec(c.rollback)
			return err
		}
	}
	return exec(c.commit)
}
