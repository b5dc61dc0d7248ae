package main

import (
	"context"
	"errors"
	"path/filepath"
	"strconv"
	"time"
)

// appendFloor commits one event for each writer, batch after batch, with the
// bare driver. Every event of a batch takes as long as the batch.
func (b *bench) appendFloor(ctx context.Context, writers int, during time.Duration, payload string) (figures []float64, err error) {
	dir, err := b.folder("append")
	if err != nil {
		return nil, err
	}
	l, err := openBare(ctx, filepath.Join(dir, "floor.db"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	batch := make([]bareEvent, writers)
	for w := range batch {
		batch[w] = bareEvent{stream: strconv.Itoa(w), payload: payload}
	}
	var took []time.Duration
	begun := time.Now()
	for time.Since(begun) < during && ctx.Err() == nil {
		for w := range batch {
			batch[w].sequence++
		}
		before := time.Now()
		if err := l.append(batch...); err != nil {
			return nil, err
		}
		took = append(took, time.Since(before))
	}
	rate := float64(len(took)*writers) / time.Since(begun).Seconds()
	return []float64{rate, seconds(took, 0.5), seconds(took, 0.99), float64(writers)}, ctx.Err()
}
