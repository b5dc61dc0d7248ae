package modelling_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"ironstar.dev"
	"ironstar.dev/internal/modelling"
	"ironstar.dev/internal/modelling/gen/club"
	"ironstar.dev/internal/modelling/gen/club/clubhttp"
	"ironstar.dev/ironstartest"
)

func TestLocker(t *testing.T) {
	nobody := ironstartest.For(t, club.NewLocker(modelling.Locker{}))
	nobody.When(club.LockerLeave{}).Nothing()
	rented := nobody.When(club.LockerRent{Number: 7}).Then(club.LockerRented{Number: 7})
	moved := rented.When(club.LockerRent{Number: 8}).Then(club.LockerRented{Number: 8})
	moved.When(club.LockerLeave{}).Then(club.LockerEmptied{})
}

// TestOneMemberForALocker: 40 members want 10 lockers at once.
func TestOneMemberForALocker(t *testing.T) {
	_, parts, _ := running(t)
	rent := func(member ironstar.UUID, number int64) error {
		_, err := parts.Locker.Do(t.Context(), member.String(), club.LockerRent{Number: number})
		return err
	}
	var got atomic.Int64
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			switch err := rent(ironstar.NewUUID(), int64(i%10+1)); {
			case err == nil:
				got.Add(1)
			case !errors.As(err, new(club.LockerNumberTaken)):
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got.Load() != 10 {
		t.Errorf("%d members got one of 10 lockers", got.Load())
	}
	must(t, rent(ada, 100))
	if err := rent(grace, 100); !errors.Is(err, club.LockerNumberTaken{Value: "100"}) || err.Error() != "Locker 100 is taken." {
		t.Errorf("a locker of another member: %v", err)
	}
	must(t, rent(ada, 101)) // in place of 100
	must(t, rent(grace, 100))
	_, err := parts.Locker.Do(t.Context(), ada.String(), club.LockerLeave{})
	must(t, err)
	must(t, rent(grace, 101))
}

// TestTakenLockerOverHTTP: the refusal says which field it is about.
func TestTakenLockerOverHTTP(t *testing.T) {
	site := serve(t, clubApp())
	rent := func(member ironstar.UUID) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, site+clubhttp.LockerRentURL(member.String()), strings.NewReader(`{"number":7}`))
		must(t, err)
		r.Header.Set("Content-Type", "application/json")
		a, err := http.DefaultClient.Do(r)
		must(t, err)
		defer a.Body.Close()
		body, err := io.ReadAll(a.Body)
		must(t, err)
		return a.StatusCode, string(body)
	}
	if status, body := rent(ada); status != http.StatusAccepted {
		t.Fatalf("%d %s", status, body)
	}
	status, body := rent(grace)
	want := `"errors":[{"field":"number","code":"NumberTaken","message":"Locker 7 is taken."}]`
	if status != http.StatusConflict || !strings.Contains(body, want) {
		t.Errorf("got %d %s, want 409 and %s", status, body, want)
	}
}
