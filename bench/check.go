package main

import (
	"context"
	"strconv"

	"ironstar.dev/internal/codegen/cuetest/scale"
)

// versionsEach is how many versions each event of the checked schema has.
const versionsEach = 5

// measureCheck runs ironstar check on a big schema that is completely released:
// 100 aggregates, 600 events, 3000 versions with their samples.
func measureCheck(ctx context.Context, b *bench) error {
	ironstar, err := b.binary(ctx, "./cmd/ironstar")
	if err != nil {
		return err
	}
	g := generation{b: b, ironstar: ironstar, schema: map[string]string{"schema/scale/scale.cue": scale.Evolved(scaleSize, versionsEach)}}
	dir, err := g.module("check", "bench.test/check")
	if err != nil {
		return err
	}
	for _, command := range []string{"generate", "release"} {
		if _, err := coldRun(ctx, dir, ironstar, command); err != nil {
			return err
		}
	}
	name := "check " + strconv.Itoa(scaleSize) + " aggregates, " + strconv.Itoa(versionsEach) + " versions"
	return b.compare(ctx, experiment{
		metrics: []metric{
			{name, duration, atMost(duration, 2)},
			{name + ", processor time", duration, aim{}},
			{name + ", memory", size, aim{}},
		},
		ours: func(ctx context.Context, _ int) ([]float64, error) {
			s, err := coldRun(ctx, dir, ironstar, "check")
			return []float64{s.seconds, s.busy, s.bytes}, err
		},
		floor: func(ctx context.Context, _ int) ([]float64, error) {
			figures, err := versionFloor(ctx, g.b.dir, ironstar)
			if err != nil {
				return nil, err
			}
			return figures[:3], nil
		},
	})
}
