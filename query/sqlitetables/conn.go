package sqlitetables

import (
	"fmt"
	"time"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev/query"
)

// busyTimeout is how long a statement waits for another process that feeds the same file.
const busyTimeout = 5 * time.Second

// openConn opens a connection that can write.
func openConn(path string, flags zs.OpenFlags) (*zs.Conn, error) {
	return configured(path, flags,
		"PRAGMA journal_mode = WAL",
		"PRAGMA synchronous = NORMAL", // the package comment says why that is enough
		"PRAGMA journal_size_limit = 67108864",
		"PRAGMA cache_size = -16000",
		"PRAGMA trusted_schema = OFF",
	)
}

// configured opens a connection and runs statements.
func configured(path string, flags zs.OpenFlags, statements ...string) (*zs.Conn, error) {
	c, err := zs.OpenConn(path, flags)
	if err != nil {
		return nil, err
	}
	c.SetBusyTimeout(busyTimeout)
	for _, s := range statements {
		if err := exec(c, s); err != nil {
			c.Close()
			return nil, fmt.Errorf("%s: %w", s, err)
		}
	}
	return c, nil
}

// exec runs a statement to its end, with parameters of type int64 or string.
func exec(c *zs.Conn, sql string, args ...any) error {
	st, _, err := c.PrepareTransient(sql)
	if err != nil {
		return err
	}
	defer st.Finalize()
	for i, a := range args {
		switch a := a.(type) {
		case int64:
			st.BindInt64(i+1, a)
		case string:
			st.BindText(i+1, a)
		}
	}
	for {
		if row, err := st.Step(); !row || err != nil {
			return err
		}
	}
}

// queryText returns the first column of the first row, "" without one.
func queryText(c *zs.Conn, sql string) (string, error) {
	texts, err := queryTexts(c, sql)
	if err != nil || len(texts) == 0 {
		return "", err
	}
	return texts[0], nil
}

// queryTexts returns the first column of all rows.
func queryTexts(c *zs.Conn, sql string) (texts []string, err error) {
	st, _, err := c.PrepareTransient(sql)
	if err != nil {
		return nil, err
	}
	defer st.Finalize()
	for {
		if row, err := st.Step(); !row || err != nil {
			return texts, err
		}
		texts = append(texts, st.ColumnText(0))
	}
}

func queryInt(c *zs.Conn, sql string) (int64, error) {
	st, _, err := c.PrepareTransient(sql)
	if err != nil {
		return 0, err
	}
	defer st.Finalize()
	if row, err := st.Step(); !row || err != nil {
		return 0, err
	}
	return st.ColumnInt64(0), nil
}

// isDamage reports whether an error means that the file is not what was written.
func isDamage(err error) bool {
	code := zs.ErrCode(err)
	switch code.ToPrimary() {
	case zs.ResultCorrupt, zs.ResultNotADB, zs.ResultFormat:
		return true
	}
	return code == zs.ResultIOErrShortRead
}

// explain adds advice to an error of SQLite, or marks it as damage.
func explain(err error) error {
	if isDamage(err) {
		return fmt.Errorf("%w: %w", query.ErrDamaged, err)
	}
	advice := ""
	switch zs.ErrCode(err).ToPrimary() {
	case zs.ResultBusy:
		advice = "another program keeps the file locked; stop it"
	case zs.ResultCantOpen, zs.ResultPerm:
		advice = "the file cannot be opened; check the permissions of it and of its folder, and how many files this process may have open (ulimit -n)"
	case zs.ResultFull:
		advice = "the disk is full; make room on the disk of the file"
	case zs.ResultReadOnly:
		advice = "the file cannot be written; check the permissions of it and of its folder, or delete it, it is made again"
	case zs.ResultIOErr:
		advice = "the file cannot be read or written; check the disk and its free space"
	default:
		return err
	}
	return fmt.Errorf("%s: %w", advice, err)
}
