package main

import "context"

// versionFloor starts the same binary for a trivial command: the start of a
// process of its size.
func versionFloor(ctx context.Context, dir, ironstar string) ([]float64, error) {
	s, err := coldRun(ctx, dir, ironstar, "version")
	return []float64{s.seconds, s.busy, s.bytes, s.seconds}, err
}
