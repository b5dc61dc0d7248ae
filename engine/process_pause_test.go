package engine_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"ironstar.dev"
)

// pausing is a shop whose charges wait until hold is closed, whatever their context says.
func pausing(t *testing.T) (s *shop, hold chan struct{}, charged *atomic.Int64) {
	hold, charged = make(chan struct{}), &atomic.Int64{}
	began := make(chan struct{}, 10)
	s = newShop(t, openStore(t), seller{within: time.Hour, react: on("placed", charge, command("", "ship")), perform: func(context.Context, ironstar.Try, []byte) (ironstar.Action, error) {
		began <- struct{}{}
		<-hold
		charged.Add(1)
		return ironstar.Action{}, nil
	}})
	s.do("a", "placed")
	<-began
	return s, hold, charged
}

// TestG21_PauseWaitsForWhatIsUnderWay: a pause returns when an effect has ended, which is done
// once, and nothing that comes after it is sent before the process goes on.
func TestG21_PauseWaitsForWhatIsUnderWay(t *testing.T) {
	s, hold, charged := pausing(t)
	time.AfterFunc(50*time.Millisecond, func() { close(hold) })
	left, err := s.PauseProcess(t.Context(), s.name, time.Minute)
	if left != 0 || err != nil || charged.Load() != 1 {
		t.Errorf("the pause says %d, %v, and the effect was done %d times", left, err, charged.Load())
	}
	s.awaitProcess("the command that follows", func(p ironstar.StoredProcess) bool { return p.Paused && p.Outgoing == 1 })
	s.awaitEvents("a", "placed")
	if left, err = s.PauseProcess(t.Context(), s.name, time.Minute); left != 0 || err != nil {
		t.Errorf("a second pause says %d, %v", left, err)
	}
	s.change(func(step *ironstar.Step) { no := false; step.Paused = &no })
	s.awaitEvents("a", "placed", "ship")
	s.settled()
	if n := charged.Load(); n != 1 {
		t.Errorf("charged %d times", n)
	}
}

// TestG21_PauseDoesNotWaitForever: a pause says that a handler that ignores its context
// has not returned.
func TestG21_PauseDoesNotWaitForever(t *testing.T) {
	s, hold, _ := pausing(t)
	left, err := s.PauseProcess(t.Context(), s.name, time.Millisecond)
	if left != 1 || err != nil {
		t.Errorf("the pause says %d, %v, want that one send has not ended", left, err)
	}
	s.awaitProcess("a pause", func(p ironstar.StoredProcess) bool { return p.Paused && p.Outgoing == 2 })
	close(hold)
}
