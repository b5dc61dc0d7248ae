package modelling_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/internal/modelling"
	"ironstar.dev/internal/modelling/gen/club"
)

// TestOneNameForOneMember: of many members who ask for one name at once, one gets it,
// however they write it.
func TestOneNameForOneMember(t *testing.T) {
	_, parts, _ := running(t)
	var joined, refused atomic.Int64
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			typed := []string{"ada", " Ada", "ADA "}[i%3]
			err := modelling.Join(t.Context(), parts, ironstar.UUID{byte(i)}, club.MemberJoin{Handle: typed, City: "Bern"}, soon)
			switch {
			case err == nil:
				joined.Add(1)
			case errors.As(err, new(club.HandleTaken)):
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if joined.Load() != 1 || refused.Load() != 39 {
		t.Errorf("%d joined, and %d were refused", joined.Load(), refused.Load())
	}
}

// TestJoinGoesOn: Join may end after any step, as when the server is killed.
func TestJoinGoesOn(t *testing.T) {
	for steps := range 3 {
		_, parts, _ := running(t)
		if steps > 0 {
			_, err := parts.Handle.Do(t.Context(), "ada", club.HandleReserve{Member: ada, At: soon})
			must(t, err)
		}
		if steps > 1 {
			_, err := parts.Handle.Do(t.Context(), "ada", club.HandleConfirm{Member: ada})
			must(t, err)
		}
		for range 2 { // the second time it changes nothing
			must(t, modelling.Join(t.Context(), parts, ada, club.MemberJoin{Handle: "Ada", City: "Bern"}, soon))
		}
		receipt, err := parts.Handle.Do(t.Context(), "ada", club.HandleReserve{Member: ada, At: soon.Add(10 * time.Minute)})
		if must(t, err); receipt.Version != 2 {
			t.Errorf("after %d steps: the stream has %d events, want 2", steps, receipt.Version)
		}
		if err := modelling.Join(t.Context(), parts, grace, club.MemberJoin{Handle: "ada", City: "Chur"}, soon.Add(10*time.Minute)); !errors.As(err, new(club.HandleTaken)) {
			t.Errorf("after %d steps: another member gets %v", steps, err)
		}
	}
}

// TestRefusedJoin: a name that its member does not need is free for others.
func TestRefusedJoin(t *testing.T) {
	_, parts, _ := running(t)
	must(t, modelling.Join(t.Context(), parts, ada, club.MemberJoin{Handle: "ada", City: "Bern"}, soon))
	err := modelling.Join(t.Context(), parts, ada, club.MemberJoin{Handle: "lovelace", City: "Bern"}, soon)
	if want := (club.MemberAlreadyJoined{Handle: "ada"}); !errors.Is(err, want) {
		t.Errorf("a second name: %v", err)
	}
	must(t, modelling.Join(t.Context(), parts, grace, club.MemberJoin{Handle: "lovelace", City: "Bern"}, soon))
}

// TestArrivals: a city hears of those who come, and not of those who go.
func TestArrivals(t *testing.T) {
	e, parts, _ := running(t)
	must(t, modelling.Join(t.Context(), parts, ada, club.MemberJoin{Handle: "ada", City: "Bern"}, soon))
	receipt, err := parts.Member.Do(t.Context(), ada.String(), club.MemberMove{City: "Chur"})
	must(t, err)
	must(t, e.Wait(t.Context(), receipt.Last))
	for _, city := range []string{"Bern", "Chur"} {
		must(t, parts.Arrivals.Read(city, func(s club.ArrivalsState, _, _ ironstar.Position) error {
			if s.Members != 1 {
				t.Errorf("%d came to %s, want 1", s.Members, city)
			}
			return nil
		}))
	}
}

// TestUnsuitableNames: what cannot be an id of the stream is refused with words.
func TestUnsuitableNames(t *testing.T) {
	_, parts, _ := running(t)
	for _, typed := range []string{"", "a", "ada lovelace", "Ädä", "a/b", "../ada", "ada\x00", "0123456789012345678901"} {
		if err := modelling.Join(t.Context(), parts, ada, club.MemberJoin{Handle: typed, City: "Bern"}, soon); !errors.As(err, new(club.HandleNoName)) {
			t.Errorf("%q: %v", typed, err)
		}
	}
}
