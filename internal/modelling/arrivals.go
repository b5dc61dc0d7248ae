package modelling

import (
	"embed"

	"ironstar.dev"
	"ironstar.dev/internal/modelling/gen/club"
)

// Arrivals counts who came to a city, once for each time.
type Arrivals struct{}

var _ club.Arrivals = Arrivals{}

// Source returns this folder's code.
func (Arrivals) Source() embed.FS { return source }

// Initial is a city to which nobody came.
func (Arrivals) Initial(string) club.ArrivalsState { return club.ArrivalsState{} }

// EvolveMemberJoined counts a member.
func (Arrivals) EvolveMemberJoined(s club.ArrivalsState, _ club.MemberJoined, _ *ironstar.Record) club.ArrivalsState {
	s.Members++
	return s
}

// EvolveMemberMoved counts a member.
func (Arrivals) EvolveMemberMoved(s club.ArrivalsState, _ club.MemberMoved, _ *ironstar.Record) club.ArrivalsState {
	s.Members++
	return s
}
