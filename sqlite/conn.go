package sqlite

import (
	"fmt"
	"time"

	zs "zombiezen.com/go/sqlite"
)

// busyTimeout is how long a statement waits for a lock that another program
// holds, a backup tool or a shell. No lock of our own is ever waited for.
const busyTimeout = 5 * time.Second

// pragma is a setting, and the answer that proves that it was accepted.
type pragma struct{ name, value, want string }

// journalMode lets readers never wait for the writer, and makes a commit one
// sequential write.
var journalMode = pragma{"journal_mode", "WAL", "wal"}

// fullSync is for G1: NORMAL would sync only at checkpoints, and power loss would
// take back appends that were acknowledged.
var fullSync = pragma{"synchronous", "FULL", "2"}

// writerPragmas are the settings of the connection that writes.
func writerPragmas() []pragma {
	return append(readerPragmas(),
		journalMode,
		fullSync,
		// The writer does it itself: see writer.checkpoint.
		pragma{"wal_autocheckpoint", "0", "0"},
		// Give back the space that the log needed because of a reader in
		// another program.
		pragma{"journal_size_limit", fmt.Sprint(2 * maxLogPages * pageSize), fmt.Sprint(2 * maxLogPages * pageSize)},
		// 64 MB: the upper levels of the indexes stay in memory.
		pragma{"cache_size", "-64000", "-64000"},
	)
}

// readerPragmas are the settings of connections that read.
func readerPragmas() []pragma {
	return []pragma{
		// 16 MB each; there are several, and the operating system caches too.
		{"cache_size", "-16000", "-16000"},
		// Sorting never waits for a disk or fails for want of a writable /tmp.
		{"temp_store", "MEMORY", "2"},
		// No table has foreign keys yet. Later ones must be enforced.
		{"foreign_keys", "ON", "1"},
		// A schema in a file from elsewhere must not call functions with effects.
		{"trusted_schema", "OFF", "0"},
	}
}

// openConn opens an existing file and applies settings, asserting each.
func openConn(path string, flags zs.OpenFlags, settings []pragma) (*zs.Conn, error) {
	c, err := zs.OpenConn(path, flags)
	if err != nil {
		return nil, err
	}
	// A second program that keeps the file locked must not block this one
	// forever.
	c.SetBusyTimeout(busyTimeout)
	settings = append(settings, pragma{"busy_timeout", "", fmt.Sprint(busyTimeout.Milliseconds())})
	for _, p := range settings {
		if err := p.apply(c); err != nil {
			c.Close()
			return nil, err
		}
	}
	return c, nil
}

// apply sets p and reads it back.
func (p pragma) apply(c *zs.Conn) error {
	if p.value != "" {
		if _, err := queryText(c, "PRAGMA "+p.name+" = "+p.value); err != nil {
			return fmt.Errorf("set pragma %s to %s: %w", p.name, p.value, err)
		}
	}
	got, err := queryText(c, "PRAGMA "+p.name)
	if err != nil {
		return fmt.Errorf("read pragma %s: %w", p.name, err)
	}
	if got != p.want {
		return fmt.Errorf("pragma %s is %s, want %s", p.name, got, p.want)
	}
	return nil
}

// queryText runs a statement once and returns the first column of its first
// row, "" without one.
func queryText(c *zs.Conn, query string) (string, error) {
	st, _, err := c.PrepareTransient(query)
	if err != nil {
		return "", err
	}
	defer st.Finalize()
	text := ""
	for first := true; ; first = false {
		row, err := st.Step()
		if err != nil {
			return "", err
		}
		if !row {
			return text, nil
		}
		if first {
			text = st.ColumnText(0)
		}
	}
}

// exec runs a prepared statement that returns no rows and makes it ready for
// its next use.
func exec(st *zs.Stmt) error {
	_, err := st.Step()
	if resetErr := st.Reset(); err == nil {
		err = resetErr
	}
	return err
}

// prepareAll prepares a statement for each query, to be kept with c.
func prepareAll(c *zs.Conn, into map[string]**zs.Stmt) error {
	for query, st := range into {
		var err error
		if *st, err = c.Prepare(query); err != nil {
			return err
		}
	}
	return nil
}
