package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/sqlite"
)

// refusing is a store that refuses the snapshot of one key, as it refuses states
// that are too large.
type refusing struct {
	*sqlite.Store
	key string
}

func (s refusing) SaveSnapshots(ctx context.Context, some ...ironstar.Snapshot) error {
	if slices.ContainsFunc(some, func(row ironstar.Snapshot) bool { return row.Key == s.key }) {
		return errors.New("it is too large")
	}
	return s.Store.SaveSnapshots(ctx, some...)
}

// TestARefusedSnapshotKeepsNoOtherBack: those of other streams are saved.
func TestARefusedSnapshotKeepsNoOtherBack(t *testing.T) {
	store := refusing{openStore(t), "large"}
	b := &build{fingerprint: "1", times: 1}
	e := engine.New(store, engine.Options{SnapshotStream: 3})
	a := &app{Engine: e, store: store.Store, views: map[string]ironstar.View[ledger]{}, readers: map[string]*engine.Reader[ledger]{}}
	b.parts(a)
	start(t, e)
	streams := []string{"a", "large", "b", "c", "d"}
	a.enter(t, "x", slices.Repeat(streams, 5)...)
	e.Close() // it saves what is offered
	for _, id := range streams {
		_, saved, err := store.Snapshot(t.Context(), ledgerKind, "1", id)
		if err != nil || saved != (id != "large") {
			t.Error(fmt.Sprint(id, ": saved is ", saved, ", ", err))
		}
	}
}
