package ironstartest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/google/go-cmp/cmp"

	"ironstar.dev"
)

// snapshotStore returns the store's snapshots, or nil for a store without
// snapshots.
func (t *storeTest) snapshotStore() ironstar.Snapshots {
	saved, _ := t.Store.(ironstar.Snapshots)
	return saved
}

// tallied returns a snapshot of a view.
func tallied(key string, at ironstar.Position, state string) ironstar.Snapshot {
	return ironstar.Snapshot{Name: "todo.Tally", Fingerprint: "1", Key: key, Position: at, Changed: 1, State: []byte(state)}
}

func (t *storeTest) save(saved ironstar.Snapshots, some ...ironstar.Snapshot) {
	t.Helper()
	if err := saved.SaveSnapshots(t.ctx, some...); err != nil {
		t.Fatal(err)
	}
}

// wantSnapshot reads a snapshot by its name, fingerprint and key. Without a
// state it expects none.
func (t *storeTest) wantSnapshot(saved ironstar.Snapshots, want ironstar.Snapshot) {
	t.Helper()
	got, there, err := saved.Snapshot(t.ctx, want.Name, want.Fingerprint, want.Key)
	switch {
	case err != nil:
		t.Error(err)
	case there != (want.State != nil):
		t.Errorf("snapshot %s %s %q exists: %v", want.Name, want.Fingerprint, want.Key, there)
	case there:
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("snapshot (-want +got):\n%s", diff)
		}
	}
}

func (t *storeTest) snapshots(saved ironstar.Snapshots, name, fingerprint string) (all []ironstar.Snapshot) {
	t.Helper()
	for row, err := range saved.Snapshots(t.ctx, name, fingerprint) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, row)
	}
	return all
}

func testSnapshots(t *storeTest) {
	saved := t.snapshotStore()
	if saved == nil {
		return
	}
	t.mustAppend(addedTo(list("a"), 0, 1, 2, 3))
	one := ironstar.Snapshot{Name: "todo.List", Fingerprint: "1", Key: "a", Position: 3, Changed: 2, Version: 3, State: []byte("state\x00\xff")}
	t.wantSnapshot(saved, ironstar.Snapshot{Name: "todo.List", Fingerprint: "1", Key: "a"})
	t.save(saved)
	t.save(saved, one, tallied("a", 3, `{}`))
	for _, other := range []ironstar.Snapshot{
		{Name: "todo.List", Fingerprint: "2", Key: "a"}, {Name: "todo.List", Fingerprint: "1", Key: "A"}, {Name: "todo", Fingerprint: "1", Key: "a"},
	} {
		t.wantSnapshot(saved, other)
	}
	t.wantSnapshot(saved, one)
	t.wantSnapshot(saved, tallied("a", 3, `{}`))
	one.State[0] = 'S' // the store must have a copy
	one.State = []byte("other")
	t.save(saved, one)
	t.wantSnapshot(saved, one)
	if all := t.snapshots(saved, "todo.List", "1"); len(all) != 1 {
		t.Errorf("there are %v", all)
	}

	at := ironstar.Checkpoint{Name: "todo.Tally", Fingerprint: "1", Position: 2, Keys: 1}
	if _, there, err := saved.Checkpoint(t.ctx, at.Name, at.Fingerprint); there || err != nil {
		t.Errorf("a checkpoint exists before the first save: %v, %v", there, err)
	}
	if err := saved.SaveCheckpoint(t.ctx, at); err != nil {
		t.Fatal(err)
	}
	if got, there, err := saved.Checkpoint(t.ctx, at.Name, at.Fingerprint); got != at || !there || err != nil {
		t.Errorf("checkpoint %+v, %v, %v", got, there, err)
	}
	if _, there, err := saved.Checkpoint(t.ctx, at.Name, "2"); there || err != nil {
		t.Errorf("a checkpoint of another fingerprint: %v, %v", there, err)
	}
	t.wantLog(`{"n":1}`, `{"n":2}`, `{"n":3}`)

	ended, end := context.WithCancel(t.ctx)
	end()
	if _, _, err := saved.Snapshot(ended, one.Name, one.Fingerprint, one.Key); !errors.Is(err, context.Canceled) {
		t.Errorf("read with a context that has ended: %v", err)
	}
	t.Close()
	if err := saved.SaveSnapshots(t.ctx, one); !errors.Is(err, ironstar.ErrClosed) {
		t.Errorf("saved in a closed store: %v", err)
	}
	if _, _, err := saved.Snapshot(t.ctx, one.Name, one.Fingerprint, one.Key); !errors.Is(err, ironstar.ErrClosed) {
		t.Errorf("read from a closed store: %v", err)
	}
}

// testManySnapshots saves more keys than a store reads at once, unusual keys, and
// states of several megabytes.
func testManySnapshots(t *storeTest) {
	saved := t.snapshotStore()
	if saved == nil {
		return
	}
	want := map[string]int{"": 1, "\x00": 2, "\x00\x00": 3, "a\x00": 4, "a": 5, "ü": 6, "\U0001f600": 7, strings.Repeat("k", 3000): 8, "big": 2 << 20}
	for i := range 1500 {
		want[fmt.Sprint("key ", i)] = i % 40
		want[fmt.Sprint("key ", i, "\x00")] = i % 30 // the next one in byte order
	}
	var batch []ironstar.Snapshot
	for key, size := range want {
		batch = append(batch, tallied(key, 9, strings.Repeat("s", size)))
		if len(batch) == 64 {
			t.save(saved, batch...)
			batch = nil
		}
	}
	t.save(saved, batch...)
	for _, row := range t.snapshots(saved, "todo.Tally", "1") {
		size, there := want[row.Key]
		if !there || len(row.State) != size {
			t.Errorf("key %.20q has %d bytes, want %d, %v", row.Key, len(row.State), size, there)
		}
		delete(want, row.Key)
	}
	if len(want) > 0 {
		t.Errorf("%d keys are missing", len(want))
	}
}

// testSnapshotsGoForward: an older snapshot does not replace a later one that a
// checkpoint may cover.
func testSnapshotsGoForward(t *storeTest) {
	saved := t.snapshotStore()
	if saved == nil {
		return
	}
	t.mustAppend(addedTo(list("a"), 0, 1, 2, 3))
	t.save(saved, tallied("a", 2, "2"))
	t.save(saved, tallied("a", 1, "1"))
	t.wantSnapshot(saved, tallied("a", 2, "2"))
	t.save(saved, tallied("a", 2, "two"))
	t.save(saved, tallied("a", 3, "3"))
	t.wantSnapshot(saved, tallied("a", 3, "3"))
	t.save(saved, tallied("b", 100, "of another log")) // beyond the head
	t.save(saved, tallied("b", 2, "2"))
	t.wantSnapshot(saved, tallied("b", 2, "2"))

	stream := tallied("c", 3, "3")
	stream.Version = 3
	t.save(saved, stream)
	stream.Position, stream.Version = 2, 2
	t.save(saved, stream)
	t.wantSnapshot(saved, stream)

	for _, at := range []ironstar.Position{2, 1, 3, 100, 2} {
		if err := saved.SaveCheckpoint(t.ctx, ironstar.Checkpoint{Name: "todo.Tally", Fingerprint: "1", Position: at}); err != nil {
			t.Fatal(err)
		}
		want := map[ironstar.Position]ironstar.Position{1: 2}[at]
		if got, _, err := saved.Checkpoint(t.ctx, "todo.Tally", "1"); got.Position != max(want, at) || err != nil {
			t.Errorf("the checkpoint is at %d after one of %d, %v", got.Position, at, err)
		}
	}
}

func testForgetSnapshots(t *storeTest) {
	saved := t.snapshotStore()
	if saved == nil {
		return
	}
	for _, name := range []string{"a", "b"} {
		for _, fingerprint := range []string{"1", "2", "3"} {
			for i := range 150 {
				row := tallied(fmt.Sprint(i), 1, "s")
				row.Name, row.Fingerprint = name, fingerprint
				t.save(saved, row)
			}
			if err := saved.SaveCheckpoint(t.ctx, ironstar.Checkpoint{Name: name, Fingerprint: fingerprint, Position: 1}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := saved.SaveCheckpoint(t.ctx, ironstar.Checkpoint{Name: "c", Fingerprint: "1"}); err != nil { // without snapshots
		t.Fatal(err)
	}
	var asked []string
	err := saved.ForgetSnapshots(t.ctx, func(name, fingerprint string) bool {
		asked = append(asked, name+fingerprint)
		return fingerprint == "2" || name == "b" && fingerprint == "3"
	})
	if err != nil {
		t.Fatal(err)
	}
	if slices.Sort(asked); !slices.Equal(asked, []string{"a1", "a2", "a3", "b1", "b2", "b3", "c1"}) {
		t.Errorf("asked about %q", asked)
	}
	for name, want := range map[string]string{"a": "2", "b": "2 3", "c": "", "": "", "aa": ""} {
		if got, err := saved.Fingerprints(t.ctx, name); strings.Join(got, " ") != want || err != nil {
			t.Errorf("%q has snapshots of %q, %v; want %s", name, got, err, want)
		}
	}
	for name, want := range map[string]int{"a1": 0, "a2": 150, "a3": 0, "b1": 0, "b2": 150, "b3": 150, "c1": 0} {
		_, there, err := saved.Checkpoint(t.ctx, name[:1], name[1:])
		if n := len(t.snapshots(saved, name[:1], name[1:])); n != want || there != (want > 0) || err != nil {
			t.Errorf("%s has %d snapshots, a checkpoint: %v, %v; want %d", name, n, there, err, want)
		}
	}
}

// testSnapshotsUnderLoad: continuous appends do not prevent snapshots, and
// snapshots do not prevent appends.
func testSnapshotsUnderLoad(t *storeTest) {
	saved := t.snapshotStore()
	if saved == nil {
		return
	}
	const writers, snapshots = 8, 30
	var done atomic.Bool
	var appended atomic.Int64
	loaded := make(chan struct{}) // closed when appends have begun
	atOnce(writers+1, func(i int) {
		if i == writers {
			defer done.Store(true)
			select {
			case <-loaded:
			case <-t.ctx.Done(): // appends fail
				return
			}
			for n := range snapshots {
				if err := saved.SaveSnapshots(t.ctx, tallied(fmt.Sprint(n), 1, strings.Repeat("s", 10_000))); err != nil {
					t.Error(err)
					return
				}
			}
			return
		}
		for n := 0; !done.Load(); n++ {
			if o := t.append1(addedTo(list(fmt.Sprint(i)), ironstar.Version(n), n)); o.Err != nil {
				t.Error(o.Err)
				return
			}
			if appended.Add(1) == 2*writers {
				close(loaded)
			}
		}
	})
	if n := len(t.snapshots(saved, "todo.Tally", "1")); n != snapshots {
		t.Errorf("%d snapshots are there", n)
	}
	if n := appended.Load(); n < snapshots {
		t.Errorf("%d appends while %d snapshots were written", n, snapshots)
	}
	head, err := t.Head(t.ctx)
	if err != nil || int64(head) != appended.Load() {
		t.Errorf("head %d, %v; %d were appended", head, err, appended.Load())
	}
}
