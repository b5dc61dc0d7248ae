package modelling_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"ironstar.dev/internal/modelling"
	"ironstar.dev/internal/modelling/gen/club"
	"ironstar.dev/ironstartest"
)

func TestClerk(t *testing.T) {
	ada1 := ironstartest.StreamOf(club.NewHandle(modelling.Handle{}), "ada")
	clerk := ironstartest.ForProcess(t, club.NewClerk(modelling.Clerk{}))
	ends := clerk.Now().Add(10 * time.Minute)

	reserved := clerk.When(ada1(club.HandleReserved{Member: ada, Until: ends})).Then(club.ClerkSetExpiry{At: ends})
	reserved.Until(ends.Add(-time.Second)).Nothing()
	reserved.Until(ends).Then(club.ClerkSendHandleExpire{To: "ada"}).Until(ends.Add(time.Hour)).Nothing()

	confirmed := reserved.When(ada1(club.HandleConfirmed{})).Then(club.ClerkCancelExpiry{})
	confirmed.Until(ends.Add(time.Hour)).Nothing()

	later := ends.Add(time.Hour)
	again := reserved.Given(ada1(club.HandleReleased{}, club.HandleReserved{Member: grace, Until: later}))
	again.Until(ends).Nothing()
	again.Until(later).Then(club.ClerkSendHandleExpire{To: "ada"})
}

func TestExpire(t *testing.T) {
	ends := time.Date(2026, 1, 1, 12, 10, 0, 0, time.UTC)
	handle := ironstartest.For(t, club.NewHandle(modelling.Handle{})).Given(club.HandleReserved{Member: ada, Until: ends})
	handle.When(club.HandleExpire{At: ends.Add(-time.Second)}).Nothing()
	handle.When(club.HandleExpire{At: ends}).Then(club.HandleReleased{})
	handle.Given(club.HandleConfirmed{}).When(club.HandleExpire{At: ends}).Nothing()
}

// TestGreeted: each member gets one letter, also if the server starts again.
func TestGreeted(t *testing.T) {
	eng, parts, _ := running(t)
	must(t, modelling.Join(t.Context(), parts, ada, club.MemberJoin{Handle: "ada", City: "Bern"}, time.Now()))
	must(t, eng.SettleProcesses(t.Context()))
	letters, err := filepath.Glob(filepath.Join(letterFolder(t), "*.txt"))
	must(t, err)
	if len(letters) != 1 {
		t.Fatalf("letters: %q", letters)
	}
	text, err := os.ReadFile(letters[0])
	must(t, err)
	if want := "Welcome to the club, ada from Bern!\n"; string(text) != want {
		t.Errorf("the letter is %q, want %q", text, want)
	}
}
