package sqlite_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ironstar.dev"
)

// TestG4_FollowersGetWhatIsStored: fast and slow followers get what is in the
// file, whether it comes from memory or is read back.
func TestG4_FollowersGetWhatIsStored(t *testing.T) {
	s := openStore(t, filepath.Join(t.TempDir(), "log.db"))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	const followers = 3
	got := make([][]*ironstar.Record, followers)
	var reached [followers]atomic.Int64 // the last position of each
	var following, appending sync.WaitGroup
	total := ironstar.Position(0)
	for i := range followers {
		following.Go(func() {
			for r, err := range s.Follow(ctx, ironstar.Position(i*20)) {
				if err != nil {
					t.Error(err)
					return
				}
				got[i] = append(got[i], r)
				reached[i].Store(int64(r.Position))
				if i == 1 && r.Position%50 == 0 {
					time.Sleep(5 * time.Millisecond) // falls behind
				}
			}
		})
	}
	for w := range 4 {
		appending.Go(func() {
			for n := range 60 {
				events := 1 + n%3
				if w == 0 && n%20 == 10 {
					events = 300 // more than are handed on
				}
				a := ironstar.Append{Stream: ironstar.Stream{Kind: "k", ID: fmt.Sprint(w, ".", n)}}
				for i := range events {
					a.Events = append(a.Events, ironstar.Proposed{Type: fmt.Sprint("T", i%5), SchemaVersion: 1 + i%2, Payload: fmt.Appendf(nil, `{"n":%d,"i":%d}`, n, i)})
				}
				a.Metadata = ironstar.Metadata{Actor: fmt.Sprint("actor ", n)}
				if n%2 == 0 {
					a.Metadata.CommandID = "id"
				}
				refused := a
				refused.Expected = 7
				out := s.Append(t.Context(), refused, a)
				if out[0].Err == nil || out[1].Err != nil {
					t.Errorf("got %v", out)
				}
			}
		})
	}
	appending.Wait()
	var want []*ironstar.Record
	for r, err := range s.Log(t.Context(), 0) {
		mustBe(t, err)
		want = append(want, r)
		total = r.Position
	}
	for i := range reached {
		for end := time.Now().Add(2 * time.Minute); reached[i].Load() < int64(total) && time.Now().Before(end); {
			time.Sleep(5 * time.Millisecond)
		}
	}
	time.Sleep(20 * time.Millisecond) // a record too many would come now
	stop()
	following.Wait()
	for i := range got {
		if diff := cmp.Diff(want[i*20:], got[i], cmpopts.IgnoreUnexported(ironstar.Record{})); diff != "" {
			t.Errorf("follower %d (-want +got):\n%.2000s", i, diff)
		}
	}
}
