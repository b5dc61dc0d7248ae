package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"
)

// batches is the floor of writers: it commits batches of one event for each
// writer with the bare driver. Each event takes as long as its batch.
type batches struct {
	clocked
	log    *bareLog
	events []bareEvent
	ids    bool
}

// openBatches makes a new file. rows is how many rows one statement inserts.
func openBatches(ctx context.Context, path string, l lineup, rows int, payload string) (*batches, error) {
	log, err := openBare(ctx, path)
	if err != nil {
		return nil, err
	}
	if err := log.widen(rows); err != nil {
		return nil, errors.Join(err, log.close())
	}
	b := &batches{log: log, events: make([]bareEvent, l.writers), ids: l.commands}
	for i := range b.events {
		b.events[i] = bareEvent{stream: strconv.Itoa(i), payload: payload}
	}
	return b, nil
}

func (b *batches) label() string { return "floor" }

func (b *batches) close() error { return b.log.close() }

func (b *batches) run(ctx context.Context, during time.Duration) error {
	begun := time.Now()
	for time.Since(begun) < during && ctx.Err() == nil {
		for i := range b.events {
			e := &b.events[i]
			e.sequence++
			if b.ids {
				e.command = commandID(i, e.sequence)
			}
		}
		before := time.Now()
		if err := b.log.append(b.events...); err != nil {
			return err
		}
		took := time.Since(before)
		for range b.events {
			b.took = append(b.took, took)
		}
	}
	b.spent += time.Since(begun)
	return ctx.Err()
}

// syncs writes to a plain file what a batch of writers writes to SQLite's
// write-ahead log, about a page for each writer, and syncs it. It writes as
// many pages as SQLite before it restarts at the beginning of the file.
type syncs struct {
	clocked
	file  *os.File
	batch []byte
	at    int64
}

const (
	pageSize = 4096
	logPages = 1000
)

// openSyncs makes a file of its final size. The caller closes it.
func openSyncs(path string, pages int) (*syncs, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	s := &syncs{file: file, batch: make([]byte, pages*pageSize)}
	if _, err = file.Write(make([]byte, logPages*pageSize)); err == nil {
		err = file.Sync()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("write %s: %w", path, err), file.Close())
	}
	return s, nil
}

func (s *syncs) label() string { return "sync" }

func (s *syncs) close() error { return s.file.Close() }

func (s *syncs) run(ctx context.Context, during time.Duration) error {
	begun := time.Now()
	for time.Since(begun) < during && ctx.Err() == nil {
		before := time.Now()
		if _, err := s.file.WriteAt(s.batch, s.at); err != nil {
			return err
		}
		if err := s.file.Sync(); err != nil {
			return err
		}
		s.took = append(s.took, time.Since(before))
		if s.at += int64(len(s.batch)); s.at+int64(len(s.batch)) > logPages*pageSize {
			s.at = 0
		}
	}
	s.spent += time.Since(begun)
	return ctx.Err()
}
