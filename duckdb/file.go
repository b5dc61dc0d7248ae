package duckdb

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	duck "github.com/duckdb/duckdb-go/v2"

	"ironstar.dev/query"
)

// file is where the tables of a context are. Other files have its name with an ending:
// .wal is DuckDB's write-ahead log, .spill what it puts on disk while it computes, .export
// the Parquet file that is being made, and .opening is there while DuckDB opens the file.
type file struct{ path string }

func fileIn(dir, context string) (file, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return file{}, err
	}
	f := file{filepath.Join(dir, context+".duckdb")}
	// The driver takes a file and options as one address.
	if _, err := url.Parse(f.path); err != nil || strings.Contains(f.path, "?") {
		return file{}, fmt.Errorf("DuckDB cannot open files in %s, because of a ? or %% in its name: put the database somewhere else", dir)
	}
	return f, nil
}

func (f file) spill() string   { return f.path + ".spill" }
func (f file) exports() string { return f.path + ".export" }
func (f file) opening() string { return f.path + ".opening" }

func (f file) exists() bool {
	_, err := os.Lstat(f.path)
	return !errors.Is(err, fs.ErrNotExist)
}

// magic is in bytes 8 to 11 of each file of DuckDB, see
// https://duckdb.org/docs/stable/internals/storage.
var magic = []byte("DUCK")

// doubt says why DuckDB should not even read the file. It would load other code for a
// file of another kind, and a file that it did not survive reading once would end
// each start of the server.
func (f file) doubt() (string, error) {
	if !f.exists() {
		return "", nil
	}
	held, err := f.held()
	if err != nil {
		return "", err
	} else if held {
		return "", fmt.Errorf("%w: %s", query.ErrLocked, f.path)
	}
	if _, err := os.Lstat(f.opening()); err == nil {
		return "the process ended while DuckDB read it", nil
	}
	head := make([]byte, 12)
	r, err := os.Open(f.path)
	if err != nil {
		return "", err
	}
	defer r.Close()
	if _, err := io.ReadFull(r, head); err != nil || !bytes.Equal(head[8:], magic) {
		if info, err := r.Stat(); err == nil && info.IsDir() {
			return "", fmt.Errorf("%s is a folder: move it away", f.path)
		}
		return "it is no file of DuckDB", nil
	}
	return "", nil
}

// remove deletes all of these files.
func (f file) remove() error {
	err := os.RemoveAll(f.spill())
	for _, name := range []string{f.path, f.path + ".wal", f.path + ".wal.checkpoint", f.path + ".wal.recovery", f.opening()} {
		if e := os.Remove(name); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return errors.Join(err, os.RemoveAll(f.exports()))
}

// open lets DuckDB open the file. The error wraps query.ErrLocked or query.ErrDamaged if
// that is why it does not.
func (f file) open(o Options) (*duck.Connector, error) {
	if err := os.WriteFile(f.opening(), nil, 0o600); err != nil {
		return nil, err
	}
	settings := url.Values{}
	for name, value := range map[string]string{
		"access_mode":                  "READ_WRITE",
		"memory_limit":                 strconv.FormatInt(o.Memory, 10) + "B",
		"threads":                      strconv.Itoa(o.Threads),
		"temp_directory":               f.spill(),
		"max_temp_directory_size":      strconv.FormatInt(o.Disk, 10) + "B",
		"autoinstall_known_extensions": "false",
		"autoload_known_extensions":    "false",
		"allow_community_extensions":   "false",
		"allow_persistent_secrets":     "false",
	} {
		settings.Set(name, value)
	}
	connector, err := duck.NewConnector(f.path+"?"+settings.Encode(), nil)
	return connector, errors.Join(fileError(err), os.Remove(f.opening()))
}

// fileError wraps what DuckDB says about its file with the error that a query.Runner
// understands.
func fileError(err error) error {
	var from *duck.Error
	if err == nil || !errors.As(err, &from) {
		return err
	}
	says := func(texts ...string) bool {
		for _, text := range texts {
			if strings.Contains(from.Msg, text) {
				return true
			}
		}
		return false
	}
	switch {
	case says("Could not set lock on file"):
		return fmt.Errorf("%w: %w", query.ErrLocked, err)
	case from.Type == duck.ErrorTypeFatal, from.Type == duck.ErrorTypeInternal, from.Type == duck.ErrorTypeSerialization,
		says("not a valid DuckDB database file", "Corrupt", "corrupt", "version number", "newer version", "Failure while replaying WAL", "Could not read enough bytes"):
		return fmt.Errorf("%w: %w", query.ErrDamaged, err)
	}
	return err
}
