package engine_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"ironstar.dev/engine"
)

// TestG8_SnapshotsAndTailAreTheFold writes random logs, with restarts by the same
// build or another, good ones and crashes, and snapshots at random places. After
// each start, and at the end, every key of every view and every aggregate is
// what its events fold to.
func TestG8_SnapshotsAndTailAreTheFold(t *testing.T) {
	builds := []*build{{fingerprint: "1", times: 1}, {fingerprint: "2", times: 2}}
	streams, regions := []string{"a", "b", "c", "d"}, []string{"north", "south", "west", ""}
	rapid.Check(t, func(rt *rapid.T) {
		file := filepath.Join(t.TempDir(), "log.db")
		b := builds[0]
		start := func() *app {
			return b.start(t, file, engine.Options{
				SnapshotEvery:  rapid.IntRange(1, 12).Draw(rt, "every"),
				SnapshotStream: rapid.IntRange(1, 5).Draw(rt, "stream"),
				StateBytes:     3 << 10, ViewBytes: 3 << 10,
			})
		}
		a := start()
		for i, op := range rapid.SliceOfN(rapid.IntRange(0, 19), 1, 30).Draw(rt, "ops") {
			switch op {
			case 0:
				a.stop(t)
			case 1:
				a.crash(t)
			case 2:
				a.stop(t)
				b = builds[rapid.IntRange(0, 1).Draw(rt, "build")]
			case 3, 4:
				a.settled(t)
				if err := a.same(t.Context()); err != nil {
					rt.Fatal(err)
				}
				continue
			default:
				id := streams[op%len(streams)]
				for n := range 1 + op%3 {
					e := entry{ID: fmt.Sprint(i, ".", n), Region: regions[(i*7+op+n)%len(regions)], N: op}
					if _, err := a.ledgers.Do(t.Context(), id, e); err != nil {
						rt.Fatal(err)
					}
				}
				continue
			}
			a = start()
			if err := a.same(t.Context()); err != nil {
				rt.Fatal(err)
			}
		}
		a.settled(t)
		if err := a.same(t.Context()); err != nil {
			rt.Fatal(err)
		}
		if log := a.log.String(); log != "" {
			rt.Fatalf("it says %s", log)
		}
		a.stop(t)
	})
}
