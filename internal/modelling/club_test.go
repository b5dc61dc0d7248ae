package modelling_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ironstar.dev"
	"ironstar.dev/internal/modelling"
	"ironstar.dev/internal/modelling/gen/club"
	"ironstar.dev/ironstartest"
)

var (
	ada, grace = ironstar.UUID{1}, ironstar.UUID{2}
	noon       = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	later      = noon.Add(10 * time.Minute) // when a reservation of noon ends
	soon       = time.Now().Add(time.Hour)  // with an engine, Clerk ends the reservations of noon at once
)

func TestReserve(t *testing.T) {
	free := ironstartest.For(t, club.NewHandle(modelling.Handle{}))
	reserved := free.When(club.HandleReserve{Member: ada, At: noon}).Then(club.HandleReserved{Member: ada, Until: later})
	reserved.When(club.HandleReserve{Member: grace, At: noon}).Refused(club.HandleTaken{})
	reserved.When(club.HandleConfirm{Member: grace}).Refused(club.HandleExpired{})

	// Nobody confirmed: the name is free for another member.
	again := reserved.When(club.HandleReserve{Member: grace, At: later}).Then(club.HandleReserved{Member: grace, Until: later.Add(10 * time.Minute)})
	again.When(club.HandleConfirm{Member: ada}).Refused(club.HandleExpired{})

	confirmed := reserved.When(club.HandleConfirm{Member: ada}).Then(club.HandleConfirmed{})
	confirmed.When(club.HandleReserve{Member: grace, At: later}).Refused(club.HandleTaken{})
	confirmed.When(club.HandleReserve{Member: ada, At: later}).Nothing()
	released := confirmed.When(club.HandleRelease{Member: ada}).Then(club.HandleReleased{})
	released.When(club.HandleReserve{Member: grace, At: noon}).Then(club.HandleReserved{Member: grace, Until: later})
	released.When(club.HandleRelease{Member: grace}).Nothing()
}

func TestMember(t *testing.T) {
	nobody := ironstartest.For(t, club.NewMember(modelling.Member{}))
	nobody.When(club.MemberMove{City: "Bern"}).Refused(club.MemberNotAMember{})
	nobody.When(club.MemberLeave{}).Refused(club.MemberNotAMember{})
	joined := nobody.When(club.MemberJoin{Handle: "ada", City: "Bern"}).Then(club.MemberJoined{Handle: "ada", City: "Bern"})
	joined.When(club.MemberJoin{Handle: "eve", City: "Bern"}).Refused(club.MemberAlreadyJoined{Handle: "ada"})
	joined.When(club.MemberMove{City: "Bern"}).Nothing()
	bern := "Bern"
	joined.When(club.MemberMove{City: "Chur"}).Then(club.MemberMoved{City: "Chur", From: &bern})
	left := joined.When(club.MemberLeave{}).Then(club.MemberLeft{})
	left.When(club.MemberJoin{Handle: "ada", City: "Bern"}).Refused(club.MemberNotAMember{})
}

func TestEvening(t *testing.T) {
	member := ironstartest.For(t, club.NewMember(modelling.Member{})).Given(club.MemberJoined{Handle: "ada", City: "Bern"})
	evening := ironstartest.For(t, club.NewEvening(modelling.Evening{})).Reading(member.As(ada.String()))
	evening.When(club.EveningBook{Member: ada}).Then(club.EveningBooked{Member: ada})

	full := evening.Given(club.EveningBooked{Member: ironstar.UUID{5}}, club.EveningBooked{Member: ironstar.UUID{6}}, club.EveningBooked{Member: ironstar.UUID{7}})
	full.When(club.EveningBook{Member: ada}).Refused(club.EveningFull{Places: 3})

	left := evening.Reading(member.Given(club.MemberLeft{}).As(ada.String()))
	left.When(club.EveningBook{Member: ada}).Refused(club.EveningMembersOnly{})
}

// TestMembersAreFoldedOneByOne calls the methods of a view as the engine does.
func TestMembersAreFoldedOneByOne(t *testing.T) {
	view := modelling.Members{}
	record := &ironstar.Record{Stream: ironstar.Stream{Kind: club.MemberKind, ID: ada.String()}}
	s := view.Initial(ironstar.GlobalKey)
	s = view.EvolveMemberJoined(s, club.MemberJoined{Handle: "ada", City: "Bern"}, record)
	s = view.EvolveMemberMoved(s, club.MemberMoved{City: "Chur"}, record) // a v1 does not say from where
	if got := s.Rows[ada.String()]; got.Handle != "ada" || got.City != "Chur" {
		t.Errorf("got %+v", got)
	}
	if s = view.EvolveMemberLeft(s, club.MemberLeft{}, record); len(s.Rows) > 0 {
		t.Errorf("got %+v", s.Rows)
	}
}

// TestMembersPage: the function that picks the rows of a page is pure.
func TestMembersPage(t *testing.T) {
	s := modelling.Members{}.Initial(ironstar.GlobalKey)
	for i := range modelling.PageSize + 2 {
		s.Rows[fmt.Sprint(i)] = club.MembersStateRows{Handle: fmt.Sprintf("m%02d", i), City: string(rune('z' - i%5))}
	}
	none := club.MembersParams{}
	for _, test := range []struct {
		params club.MembersParams
		want   string
	}{
		{none.WithPage(2), "m50 m51"},
		{none.WithPage(3), ""},
		{none.WithPage(1000), ""},
		{none.WithFind("M07"), "m07"},
		{none.WithFind("m1").WithSort(club.MembersParamsSortCity), "m14 m19 m13 m18 m12 m17 m11 m16 m10 m15"},
	} {
		var got []string
		for _, row := range modelling.MembersPage(s, test.params) {
			got = append(got, row.Handle)
		}
		if diff := cmp.Diff(test.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", test.params, diff)
		}
	}
}

// TestMembersEqualTheLog sends random commands to a few members. Whatever happens, the
// view equals the fold of the log, also after a restart from snapshots.
func TestMembersEqualTheLog(t *testing.T) {
	members := club.NewMember(modelling.Member{})
	command := func(t *rapid.T) club.MemberCommand {
		city := rapid.SampledFrom([]string{"Bern", "Chur"}).Draw(t, "city")
		return rapid.SampledFrom([]club.MemberCommand{
			club.MemberJoin{Handle: "ada", City: city}, club.MemberMove{City: city}, club.MemberMove{City: city}, club.MemberLeave{},
		}).Draw(t, "command")
	}
	ironstartest.Property(t, opener(t), members, club.NewMembers(modelling.Members{}), command)
}
