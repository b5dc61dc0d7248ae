package leak_test

import (
	"strings"
	"testing"
	"time"

	"ironstar.dev/internal/leak"
)

func TestLeft(t *testing.T) {
	if left := leak.Left(time.Second); len(left) > 0 {
		t.Fatalf("before there is anything: %v", left)
	}
	stay := make(chan struct{})
	go func() { <-stay }()
	if left := leak.Left(0); len(left) != 1 || !strings.Contains(left[0], "leak_test.TestLeft") {
		t.Errorf("one stays, got %v", left)
	}
	time.AfterFunc(10*time.Millisecond, func() { close(stay) })
	if left := leak.Left(10 * time.Second); len(left) > 0 {
		t.Errorf("it has ended: %v", left)
	}
}
