package sqlite

import (
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	zs "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migration is one step of the file's layout. They are numbered from 1.
type migration struct {
	name, sql, checksum string
}

// migrations returns all migrations of this build, in order.
func migrations() ([]migration, error) {
	names, err := fs.Glob(migrationFiles, "migrations/*.sql") // sorted
	if err != nil {
		return nil, err
	}
	all := make([]migration, len(names))
	for i, name := range names {
		text, err := migrationFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(text)
		all[i] = migration{filepath.Base(name), string(text), hex.EncodeToString(sum[:])}
	}
	return all, nil
}

// checkMigrations refuses a file with migrations that this build does not have.
func checkMigrations(c *zs.Conn) error {
	known, err := migrations()
	if err != nil {
		return err
	}
	layout, err := queryText(c, "PRAGMA user_version")
	if err != nil {
		return err
	}
	if err := checkLayout(layout, len(known)); err != nil {
		return err
	}
	st, _, err := c.PrepareTransient(sqlMigrations)
	if err != nil {
		return fmt.Errorf("the file has no list of migrations; restore it from a backup: %w", err)
	}
	defer st.Finalize()
	for i := 0; ; i++ {
		row, err := st.Step()
		if err != nil {
			return err
		}
		if !row {
			if fmt.Sprint(i) != layout {
				return fmt.Errorf("the file lists %d migrations but has layout %s; restore it from a backup", i, layout)
			}
			return nil
		}
		name, sum := st.ColumnText(1), st.ColumnText(2)
		if i >= len(known) || name != known[i].name || sum != known[i].checksum {
			return fmt.Errorf("migration %d of the file, %s, is not the one of this program; use the program that wrote the file", i+1, name)
		}
	}
}

// checkLayout refuses a file by its user_version.
func checkLayout(layout string, known int) error {
	if n, err := strconv.Atoi(layout); err != nil || n > known || n < 1 {
		return fmt.Errorf("the file has layout %s and this program knows 1 to %d; use the program that wrote it, or a newer one", layout, known)
	}
	return nil
}

// createFile makes a new log. It is built under another name, so that the file
// at path is complete whenever the process is killed.
func createFile(path string) error {
	building := path + ".new"
	if err := removeBuilding(building); err != nil {
		return fmt.Errorf("remove leftover: %w", err)
	}
	err := buildFile(building)
	if err == nil {
		err = os.Rename(building, path)
	}
	if err != nil {
		removeBuilding(building) // if it fails, the next start does it
		return fmt.Errorf("create: %w", explain(err))
	}
	return syncDir(filepath.Dir(path))
}

// removeBuilding removes an unfinished database and SQLite's files for it.
func removeBuilding(building string) error {
	for _, end := range []string{"", "-journal", "-wal", "-shm"} {
		if err := os.Remove(building + end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// buildFile makes an empty log in one file, and syncs it.
func buildFile(path string) error {
	c, err := zs.OpenConn(path, zs.OpenReadWrite|zs.OpenCreate)
	if err != nil {
		return err
	}
	err = migrate(c, 0)
	if err == nil {
		// WAL mode is set here so that no later step needs a rollback journal:
		// after a kill with a journal, readers could not open the file. It is
		// set after the migrations so that the write-ahead log is empty and
		// need not be renamed with the file.
		err = journalMode.apply(c)
	}
	if closeErr := c.Close(); err == nil {
		err = closeErr
	}
	return err
}

// upgrade brings a file that was checked to the newest layout.
func upgrade(c *zs.Conn) error {
	known, err := migrations()
	if err != nil {
		return err
	}
	layout, err := queryText(c, "PRAGMA user_version")
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(layout)
	if err != nil || n == len(known) {
		return err
	}
	return migrate(c, n)
}

// migrate applies the migrations after the first n, in one transaction.
func migrate(c *zs.Conn, n int) (err error) {
	known, err := migrations()
	if err != nil {
		return err
	}
	end, err := sqlitex.ImmediateTransaction(c)
	if err != nil {
		return err
	}
	defer end(&err)
	now := time.Now().UnixMicro()
	if n == 0 {
		if err := sqlitex.Execute(c, sqlCreateMigrations, nil); err != nil {
			return err
		}
	}
	for i := n; i < len(known); i++ {
		m := known[i]
		if err := sqlitex.ExecuteScript(c, m.sql, nil); err != nil {
			return fmt.Errorf("migration %s: %w", m.name, err)
		}
		row := &sqlitex.ExecOptions{Args: []any{i + 1, m.name, m.checksum, now}}
		if err := sqlitex.Execute(c, sqlInsertMigration, row); err != nil {
			return fmt.Errorf("record migration %s: %w", m.name, err)
		}
	}
	if n == 0 {
		row := &sqlitex.ExecOptions{Args: []any{rand.Text(), now}}
		if err := sqlitex.Execute(c, sqlInsertLog, row); err != nil {
			return err
		}
	}
	header := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", applicationID, len(known))
	return sqlitex.ExecuteScript(c, header, nil)
}

// syncDir makes a rename durable. Systems that cannot sync a directory report
// that in different ways; their file systems do it by themselves.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrInvalid) && !errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("sync directory: %w", err)
	}
	return nil
}
