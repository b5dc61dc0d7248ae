package modelling

import (
	"embed"
	"slices"

	"ironstar.dev/internal/modelling/gen/club"
)

// Evening decides for one evening of the club.
type Evening struct{}

var _ club.Evening = Evening{}

// Places are how many members fit into the house.
const Places = 3

// Source returns this folder's code.
func (Evening) Source() embed.FS { return source }

// Initial is an evening without guests.
func (Evening) Initial() club.EveningState {
	return club.EveningState{}
}

// DecideBook gives a place to a member.
func (Evening) DecideBook(s club.EveningState, c club.EveningBook, _ club.MemberStateMember) ([]club.EveningEvent, error) {
	if slices.Contains(s.Booked, c.Member) {
		return nil, nil
	}
	if len(s.Booked) == Places {
		return nil, club.EveningFull{Places: Places}
	}
	return []club.EveningEvent{club.EveningBooked(c)}, nil
}

// EvolveBooked takes the place.
func (Evening) EvolveBooked(s club.EveningState, e club.EveningBooked) club.EveningState {
	s.Booked = append(s.Booked, e.Member)
	return s
}
