package sqlite

import (
	"testing"
	"time"
)

// These tests are inside the package: from outside, batching is visible only as
// time.

// gathered simulates a batch: its first request is there, the others arrive
// while wait returns true. It returns the number of requests and of yields.
func (c *batching) gathered(arrivals ...time.Duration) (have, yields int) {
	now := time.Unix(0, 0)
	for have = 1; ; {
		if have-1 < len(arrivals) && now.Sub(time.Unix(0, 0)) >= arrivals[have-1] {
			have++
			c.arrived()
			continue
		}
		if !c.wait(have, now) {
			return have, yields
		}
		yields++
		now = now.Add(10 * time.Microsecond)
	}
}

const aSync = time.Millisecond

func TestBatchingDoesNotWaitForALoneCaller(t *testing.T) {
	var c batching
	for range 100 {
		c.answered(1, 0, aSync)
		if have, yields := c.gathered(); have != 1 || yields > 0 {
			t.Fatalf("%d requests after %d yields", have, yields)
		}
	}
}

// Two groups that take turns become one batch, and stay one.
func TestBatchingWaitsForThoseAnsweredLast(t *testing.T) {
	var c batching
	c.answered(30, 10, aSync) // ten arrived while thirty were stored
	back := make([]time.Duration, 39)
	for i := 10; i < len(back); i++ { // the ten are there already
		back[i] = time.Duration(i) * time.Microsecond
	}
	if have, _ := c.gathered(back...); have != 40 {
		t.Errorf("%d of 40 were waited for", have)
	}
	c.answered(40, 0, aSync)
	if have, _ := c.gathered(back...); have != 40 {
		t.Errorf("%d of 40 were waited for", have)
	}
}

// Waiting takes an eighth of a sync at most. It stops when callers do not come
// back, and is tried again from time to time.
func TestBatchingGivesUpWaitsThatBringTooFew(t *testing.T) {
	var c batching
	const batches = 1000
	long := 0
	for range batches {
		c.answered(8, 0, aSync)
		_, yields := c.gathered(0, 0) // two come, but not because of waiting
		if most := int(aSync / patience / (10 * time.Microsecond)); yields > most+1 {
			t.Fatalf("%d yields of 10 µs", yields)
		}
		if yields > freeYields {
			long++
		}
	}
	if long < 5 || long > batches/20 {
		t.Errorf("%d of %d batches waited in vain", long, batches)
	}
	for range 1<<maxDoubt + 1 {
		c.answered(8, 0, aSync)
	}
	if have, _ := c.gathered(0, 0, 50*time.Microsecond, 50*time.Microsecond, 50*time.Microsecond, 50*time.Microsecond, 50*time.Microsecond); have != 8 {
		t.Errorf("%d of 8 when they come back again", have)
	}
	if c.doubt != 0 {
		t.Errorf("doubt is %d after waiting was worth it", c.doubt)
	}
}
