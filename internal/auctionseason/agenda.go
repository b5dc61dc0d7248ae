package auctionseason

import (
	"container/heap"
	"time"
)

// agenda is what happens later, in the order of time. What is at the same time happens in
// the order in which it was added.
type agenda struct {
	items items
	added int
}

type item struct {
	at    time.Time
	order int
	do    func() error
}

func (a *agenda) add(at time.Time, do func() error) {
	a.added++
	heap.Push(&a.items, item{at, a.added, do})
}

// next removes the first item, and returns false if there is none until a time.
func (a *agenda) next(until time.Time) (first item, ok bool) {
	if len(a.items) == 0 || a.items[0].at.After(until) {
		return item{}, false
	}
	return heap.Pop(&a.items).(item), true
}

// items implements [heap.Interface].
type items []item

func (s items) Len() int      { return len(s) }
func (s items) Swap(i, j int) { s[i], s[j] = s[j], s[i] }
func (s *items) Push(x any)   { *s = append(*s, x.(item)) }

func (s items) Less(i, j int) bool {
	if s[i].at.Equal(s[j].at) {
		return s[i].order < s[j].order
	}
	return s[i].at.Before(s[j].at)
}

func (s *items) Pop() any {
	last := len(*s) - 1
	x := (*s)[last]
	(*s)[last] = item{}
	*s = (*s)[:last]
	return x
}
