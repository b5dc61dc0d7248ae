package dev

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// EventVersion names a version of an event.
type EventVersion struct {
	Kind    string // of the aggregate's streams: "todo.List"
	Type    string // "Added"
	Version int
}

func (v EventVersion) String() string { return fmt.Sprintf("%s %s.v%d", v.Kind, v.Type, v.Version) }

// preflight is what this package reads of the report of an application's command
// preflight.
type preflight struct {
	Versions []struct {
		Kind, Type, Reading string
		Version             int
		Unreadable          int64
	}
	Shapes []struct {
		Kind, Type string
		Version    int
	}
}

// unreadable returns the versions of events in the database that a build cannot
// read. It returns none if there is no database.
func unreadable(ctx context.Context, binary, root, db string) ([]EventVersion, error) {
	if info, err := os.Stat(db); errors.Is(err, os.ErrNotExist) || err == nil && info.Size() == 0 {
		return nil, nil
	}
	cmd := exec.CommandContext(ctx, binary, "preflight", "--format", "json", "--first", "0", "--db", db)
	cmd.Dir = root
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	var report preflight
	if jsonErr := json.Unmarshal(out, &report); jsonErr != nil {
		return nil, fmt.Errorf("the command preflight of the application gave no report: %w\n%s", errors.Join(err, jsonErr), strings.TrimSpace(said.String()))
	}
	var found []EventVersion
	add := func(v EventVersion) {
		if !slices.Contains(found, v) {
			found = append(found, v)
		}
	}
	for _, s := range report.Shapes {
		add(EventVersion{s.Kind, s.Type, s.Version})
	}
	for _, v := range report.Versions { // of all events, however many there are
		if v.Unreadable > 0 || v.Reading == "unknown" {
			add(EventVersion{v.Kind, v.Type, v.Version})
		}
	}
	return found, nil
}

// asideFormat is the time in the name of a database that was moved aside.
const asideFormat = "20060102-150405"

// moveAside gives the files of a database another name, and returns the name of the
// first. It refuses if a server has it open.
func moveAside(db string, at time.Time) (string, error) {
	if lock, err := os.OpenFile(db+".lock", os.O_RDWR, 0); err == nil {
		defer lock.Close()
		if !lockFile(lock) {
			return "", fmt.Errorf("another program uses the database %s, which this build cannot read: end that program and save a file, or choose another database with --db", db)
		}
	}
	to := db + "." + at.Format(asideFormat)
	for n := 2; ; n++ { // another one may have been moved in the same second
		if _, err := os.Lstat(to); errors.Is(err, os.ErrNotExist) {
			break
		}
		to = fmt.Sprintf("%s.%s-%d", db, at.Format(asideFormat), n)
	}
	if err := os.Rename(db, to); err != nil {
		return "", fmt.Errorf("move the database aside: %w", err)
	}
	for _, end := range []string{"-wal", "-shm", ".lock"} {
		if err := os.Rename(db+end, to+end); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", fmt.Errorf("move the database aside: %w", err)
		}
	}
	return to, nil
}

// outdated decides about a database that has events of versions that this build
// cannot read. If none of them is released, it moves the database aside and
// returns what to say. Otherwise it returns the problem.
func (s *supervisor) outdated(versions []EventVersion) (note string, problems []Problem) {
	released, err := s.Released()
	if err != nil {
		return "", []Problem{{Stage: StageDatabase, Message: err.Error()}}
	}
	db := s.relative(s.DB)
	for _, v := range versions {
		if !released(v) {
			continue
		}
		if found := s.Check(); len(found) > 0 {
			return "", found
		}
		return "", []Problem{{Stage: StageDatabase, Message: fmt.Sprintf("%s is released, and this build cannot read what %s has stored of it", v, db),
			Hint: "undo the change, or make it a new version of the event; ironstar check says more"}}
	}
	s.endChild()
	to, err := moveAside(s.DB, time.Now())
	if err != nil {
		return "", []Problem{{Stage: StageDatabase, Message: err.Error()}}
	}
	return fmt.Sprintf("%s changed and is not released: the database was moved to %s, and a new one begins", versions[0], s.relative(to)), nil
}

// relative returns a path as seen from the project's folder, with slashes.
func (s *supervisor) relative(path string) string {
	if rel, err := filepath.Rel(s.Root, path); err == nil && filepath.IsLocal(rel) {
		path = rel
	}
	return filepath.ToSlash(path)
}
