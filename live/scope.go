package live

import (
	"context"
	"maps"
	"slices"
	"strconv"
)

// scope is what the components of one rendering know of it. A rendering runs in
// one goroutine.
type scope struct {
	page    string         // the address of the page; "" in the live part, which many pages share
	prefix  string         // of ids, so that those of the live part and of the document differ
	token   string         // of the document, see token.go; "" in the live part
	refused *refused       // what a plain form was refused for; nil if nothing was
	used    map[string]int // how many forms of the page have an id
}

type scopeKey struct{}

func withScope(ctx context.Context, s *scope) context.Context {
	s.used = map[string]int{}
	return context.WithValue(ctx, scopeKey{}, s)
}

// scopeOf returns an empty scope for components that no server renders, such as
// in tests.
func scopeOf(ctx context.Context) *scope {
	if s, ok := ctx.Value(scopeKey{}).(*scope); ok {
		return s
	}
	return &scope{used: map[string]int{}}
}

// formIDs returns the ids of all forms, sorted.
func (s *scope) formIDs() []string { return slices.Sorted(maps.Keys(s.used)) }

// unique returns an id that no other form of the page has.
func (s *scope) unique(id string) string {
	s.used[id]++
	if n := s.used[id]; n > 1 {
		return s.unique(id + "-" + strconv.Itoa(n))
	}
	return id
}
