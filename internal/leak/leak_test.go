package leak_test

import (
	"strings"
	"testing"
	"time"

	"ironstar.dev/internal/leak"
)

func TestLeft(t *testing.T) {
	if left := leak.Remaining(time.Second); len(left) > 0 {
		t.Fatalf("before a goroutine was started: %v", left)
	}
	stay := make(chan struct{})
	go func() { <-stay }()
	if left := leak.Remaining(0); len(left) != 1 || !strings.Contains(left[0], "leak_test.TestLeft") {
		t.Errorf("one goroutine runs, got %v", left)
	}
	time.AfterFunc(10*time.Millisecond, func() { close(stay) })
	if left := leak.Remaining(10 * time.Second); len(left) > 0 {
		t.Errorf("the goroutine has ended: %v", left)
	}
}
