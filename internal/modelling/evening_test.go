package modelling_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"ironstar.dev"
	"ironstar.dev/internal/modelling"
	"ironstar.dev/internal/modelling/gen/club"
)

// TestOnlyMembersBook: a member leaves while booking a place. Nobody who is stored as
// gone books afterwards.
func TestOnlyMembersBook(t *testing.T) {
	e, parts, _ := running(t)
	booked, refusals := 0, 0
	for n := range 40 {
		member, evening := ironstar.NewUUID(), fmt.Sprint("evening", n)
		must(t, modelling.Join(t.Context(), parts, member, club.MemberJoin{Handle: fmt.Sprint("member", n), City: "Bern"}, soon))
		var left, took ironstar.Receipt
		var both sync.WaitGroup
		both.Go(func() {
			var err error
			if left, err = parts.Member.Do(t.Context(), member.String(), club.MemberLeave{}); err != nil {
				t.Error(err)
			}
		})
		both.Go(func() {
			var err error
			took, err = parts.Evening.Do(t.Context(), evening, club.EveningBook{Member: member})
			if err != nil && !errors.Is(err, club.EveningMembersOnly{}) {
				t.Error(err)
			}
		})
		both.Wait()
		if took.First > 0 {
			booked++
			if took.First > left.First {
				t.Errorf("a place is booked at %d, and the member left at %d", took.First, left.First)
			}
		} else {
			refusals++
		}
		if _, err := parts.Evening.Do(t.Context(), evening+"later", club.EveningBook{Member: member}); !errors.Is(err, club.EveningMembersOnly{}) {
			t.Errorf("a member who left books: %v", err)
		}
	}
	must(t, e.Wait(t.Context(), e.Head()))
	t.Logf("%d booked before they left, %d after", booked, refusals)
}
