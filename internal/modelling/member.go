package modelling

import (
	"embed"

	"ironstar.dev/internal/modelling/gen/club"
)

// Member decides for one person: unknown, then a member, then gone.
type Member struct{}

var _ club.Member = Member{}

// Source returns this folder's code.
func (Member) Source() embed.FS { return source }

// Initial is a person whom nobody knows.
func (Member) Initial() club.MemberState { return club.MemberStateUnknown{} }

// DecideJoin lets a person join once.
func (Member) DecideJoin(s club.MemberState, c club.MemberJoin) ([]club.MemberEvent, error) {
	switch s := s.(type) {
	case club.MemberStateUnknown:
		return []club.MemberEvent{club.MemberJoined(c)}, nil
	case club.MemberStateMember:
		if s.Handle == c.Handle {
			return nil, nil
		}
		return nil, club.MemberAlreadyJoined{Handle: s.Handle}
	}
	return nil, club.MemberNotAMember{}
}

// DecideMove says where the member went, and from where.
func (Member) DecideMove(m club.MemberStateMember, c club.MemberMove) ([]club.MemberEvent, error) {
	if m.City == c.City {
		return nil, nil
	}
	return []club.MemberEvent{club.MemberMoved{City: c.City, From: &m.City}}, nil
}

// DecideLeave ends the stream.
func (Member) DecideLeave(s club.MemberState, _ club.MemberLeave) ([]club.MemberEvent, error) {
	switch s.(type) {
	case club.MemberStateMember:
		return []club.MemberEvent{club.MemberLeft{}}, nil
	case club.MemberStateGone:
		return nil, nil
	}
	return nil, club.MemberNotAMember{}
}

// EvolveJoined makes a member.
func (Member) EvolveJoined(_ club.MemberState, e club.MemberJoined) club.MemberState {
	return club.MemberStateMember{Handle: e.Handle, City: e.City}
}

// EvolveMoved changes the city.
func (Member) EvolveMoved(m club.MemberStateMember, e club.MemberMoved) club.MemberState {
	m.City = e.City
	return m
}

// EvolveLeft forgets the member.
func (Member) EvolveLeft(club.MemberState, club.MemberLeft) club.MemberState {
	return club.MemberStateGone{}
}
