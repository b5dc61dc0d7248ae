package ironstartest

import (
	"context"
	"errors"
	"fmt"

	"ironstar.dev"
)

func testBytesAreOwned(t *storeTest) {
	a := addedTo(list("a"), 0, 1, 2, 3)
	t.mustAppend(a)
	clear(a.Events[0].Payload) // the caller owns the payload again, so the store must have a copy
	var held []*ironstar.Record
	for r, err := range t.Log(t.ctx, 0) {
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, r)
		_ = append(r.Payload, 'X') // must not overwrite what follows it
		_ = append(r.Meta, 'X')
	}
	t.all(t.Log(t.ctx, 0)) // reads again, in case memory was reused
	t.wantPayloads(held, `{"n":1}`, `{"n":2}`, `{"n":3}`)
	for _, r := range held {
		if _, err := r.Metadata(); err != nil {
			t.Error(err)
		}
	}
}

func testReadingEnds(t *storeTest) {
	t.mustAppend(addedTo(list("a"), 0, 1, 2))
	for r, err := range t.Log(t.ctx, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Position > 2 {
			t.Fatal("the log continues after the head at its beginning")
		}
		t.mustAppend(addedTo(list("b"), ironstar.Version(r.Position-1), 3))
	}
	for r, err := range t.Stream(t.ctx, list("a"), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Sequence > 2 {
			t.Fatal("the stream continues after the end at its beginning")
		}
		t.mustAppend(addedTo(list("a"), r.Sequence+1, 4))
	}
}

func testStopsEarly(t *storeTest) {
	var numbers []int
	for n := range 2000 {
		numbers = append(numbers, n)
	}
	t.mustAppend(addedTo(list("a"), 0, numbers...))
	// There are many more reads than connections, because a stopped read must not hold
	// a connection.
	for range 100 {
		for _, err := range t.Log(t.ctx, 0) {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
		for _, err := range t.Stream(t.ctx, list("a"), 0) {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
		for _, err := range t.Follow(t.ctx, 0) {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	t.nest(50)
}

// nest reads within a read.
func (t *storeTest) nest(depth int) {
	if depth == 0 {
		t.mustAppend(addedTo(list("nested"), 0, 1))
		return
	}
	for _, err := range t.Log(t.ctx, 0) {
		if err != nil {
			t.Fatal(err)
		}
		t.nest(depth - 1)
		return
	}
}

func testManyRecords(t *storeTest) {
	const streams, events = 3, 1700
	for i := range streams {
		var numbers []int
		for n := range events {
			numbers = append(numbers, n)
		}
		t.mustAppend(addedTo(list(fmt.Sprint(i)), 0, numbers...))
	}
	if n := t.readInOrder(); n != streams*events {
		t.Errorf("log has %d records, want %d", n, streams*events)
	}
	for i := range streams {
		for _, after := range []ironstar.Version{0, 1, 511, 512, 513, events - 1, events, events + 1} {
			want := after
			for r, err := range t.Stream(t.ctx, list(fmt.Sprint(i)), after) {
				if err != nil {
					t.Fatal(err)
				}
				want++
				if r.Sequence != want || string(r.Payload) != fmt.Sprintf(`{"n":%d}`, want-1) {
					t.Fatalf("record %d of stream %d has sequence %d and payload %s", want, i, r.Sequence, r.Payload)
				}
			}
			if want != max(after, events) {
				t.Errorf("stream %d after %d ends at %d", i, after, want)
			}
		}
	}
}

func testContextEnds(t *storeTest) {
	t.mustAppend(addedTo(list("a"), 0, make([]int, 2000)...))
	ended, cancel := context.WithCancel(t.ctx)
	cancel()
	for _, o := range t.Append(ended, addedTo(list("a"), 2000, 1), addedTo(list("b"), 0, 1)) {
		t.wantErr(o, ironstar.ErrRetryable)
		t.wantErr(o, context.Canceled)
	}
	if head, err := t.Head(t.ctx); head != 2000 || err != nil {
		t.Errorf("head is %d, %v after an append that was refused", head, err)
	}
	if err := t.readErr(t.Log(ended, 0)); !errors.Is(err, context.Canceled) {
		t.Errorf("log ended with %v", err)
	}
	if err := t.readErr(t.Stream(ended, list("a"), 0)); !errors.Is(err, context.Canceled) {
		t.Errorf("stream ended with %v", err)
	}
	if err := t.readErr(t.Follow(ended, 0)); err != nil {
		t.Errorf("follow ended with %v", err)
	}
	ctx, cancel := context.WithCancel(t.ctx)
	defer cancel()
	var last error
	n := 0
	for _, err := range t.Log(ctx, 0) {
		cancel() // in the middle
		last = err
		n++
	}
	if !errors.Is(last, context.Canceled) || n >= 2000 {
		t.Errorf("log gave %d records and ended with %v", n, last)
	}
}

func testFollow(t *storeTest) {
	t.mustAppend(addedTo(list("a"), 0, 1, 2, 3))
	ctx, cancel := context.WithCancel(t.ctx)
	defer cancel()
	next := ironstar.Position(2)
	for r, err := range t.Follow(ctx, 1) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Position != next {
			t.Fatalf("position %d, want %d", r.Position, next)
		}
		switch next {
		case 3: // at the head: an append wakes it
			go t.Append(t.ctx, addedTo(list("b"), 0, 4)) // its events are checked below
		case 4: // the follower must not miss an append before it waits again
			t.mustAppend(addedTo(list("b"), 1, 5))
		case 5:
			cancel()
		}
		next++
	}
	if next != 6 {
		t.Errorf("follow ended before position %d", next)
	}

	ctx, cancel = context.WithCancel(t.ctx)
	defer cancel()
	go t.Append(t.ctx, addedTo(list("c"), 0, 6), addedTo(list("c"), 1, 7), addedTo(list("c"), 2, 8))
	for r, err := range t.Follow(ctx, 7) { // begins beyond the head
		if err != nil {
			t.Fatal(err)
		}
		if r.Position != 8 {
			t.Errorf("follow after 7 gave %d", r.Position)
		}
		cancel()
	}
}

func testFollowUnderLoad(t *storeTest) {
	const writers, appends, followers = 4, 50, 3
	atOnce(writers+followers, func(i int) {
		if i < writers {
			for n := range appends {
				t.mustAppend(addedTo(list(fmt.Sprint(i)), ironstar.Version(n), n))
			}
			return
		}
		last := ironstar.Position(0)
		for r, err := range t.Follow(t.ctx, 0) {
			if err != nil || r.Position != last+1 {
				t.Errorf("position %+v follows %d, %v", r, last, err)
				return
			}
			if last++; last == writers*appends {
				return
			}
		}
		t.Errorf("follow ended at %d: %v", last, t.ctx.Err())
	})
}

func testClose(t *storeTest) {
	t.mustAppend(addedTo(list("a"), 0, 1))
	following := make(chan error, 1) // one follower
	followed := make(chan struct{})  // closed when it waits at the head, or is about to
	go func() {
		var last error
		for r, err := range t.Follow(t.ctx, 0) {
			if last = err; r != nil {
				close(followed)
			}
		}
		following <- last
	}()
	<-followed
	if err := t.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-following; !errors.Is(err, ironstar.ErrClosed) {
		t.Errorf("a follower ended with %v", err)
	}
	if err := t.Close(); err != nil {
		t.Errorf("second close: %v", err)
	}
	t.wantErr(t.append1(addedTo(list("a"), 1, 2)), ironstar.ErrClosed)
	if _, err := t.Head(t.ctx); !errors.Is(err, ironstar.ErrClosed) {
		t.Errorf("head: %v", err)
	}
	if _, _, err := t.Command(t.ctx, list("a"), "c", [32]byte{}); !errors.Is(err, ironstar.ErrClosed) {
		t.Errorf("command: %v", err)
	}
	if err := t.readErr(t.Log(t.ctx, 0)); !errors.Is(err, ironstar.ErrClosed) {
		t.Errorf("log: %v", err)
	}
	if err := t.readErr(t.Stream(t.ctx, list("a"), 0)); !errors.Is(err, ironstar.ErrClosed) {
		t.Errorf("stream: %v", err)
	}
	if err := t.readErr(t.Follow(t.ctx, 0)); !errors.Is(err, ironstar.ErrClosed) {
		t.Errorf("follow: %v", err)
	}
}

func testCloseUnderLoad(t *storeTest) {
	const writers = 8
	begun := make(chan struct{}, writers) // one for each writer: never full
	atOnce(writers+1, func(i int) {
		if i == writers {
			for range writers {
				<-begun
			}
			if err := t.Close(); err != nil {
				t.Error(err)
			}
			return
		}
		for n := 0; ; n++ {
			o := t.append1(addedTo(list(fmt.Sprint(i)), ironstar.Version(n), n))
			if errors.Is(o.Err, ironstar.ErrClosed) {
				return
			}
			if o.Err != nil {
				t.Error(o.Err)
				return
			}
			if n == 0 {
				begun <- struct{}{}
			}
		}
	})
}

func testLogID(t *storeTest) {
	other := t.open(t.T)
	defer other.Close()
	if id := t.LogID(); id == "" || id != t.LogID() || id == other.LogID() {
		t.Errorf("log ids of two logs are %q and %q", id, other.LogID())
	}
}
