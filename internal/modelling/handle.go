package modelling

import (
	"embed"
	"time"

	"ironstar.dev/internal/modelling/gen/club"
)

// reservation is how long a name waits for its member to join.
const reservation = 10 * time.Minute

// Handle decides who has one name. It is free, reserved until a time, or confirmed.
// Each member may reserve, confirm and release again: the second time changes nothing.
type Handle struct{}

var _ club.Handle = Handle{}

// Source returns this folder's code.
func (Handle) Source() embed.FS { return source }

// Initial is a name that is free.
func (Handle) Initial() club.HandleState { return club.HandleState{} }

// DecideReserve keeps the name for a member. A reservation that has expired is no obstacle.
func (Handle) DecideReserve(s club.HandleState, c club.HandleReserve) ([]club.HandleEvent, error) {
	switch {
	case s.Member != nil && *s.Member == c.Member && (s.Until == nil || c.At.Before(*s.Until)):
		return nil, nil
	case s.Member != nil && (s.Until == nil || c.At.Before(*s.Until)):
		return nil, club.HandleTaken{}
	}
	return []club.HandleEvent{club.HandleReserved{Member: c.Member, Until: c.At.Add(reservation)}}, nil
}

// DecideConfirm keeps the name for ever. It is fine after the time, if nobody else has reserved the name.
func (Handle) DecideConfirm(s club.HandleState, c club.HandleConfirm) ([]club.HandleEvent, error) {
	switch {
	case s.Member == nil || *s.Member != c.Member:
		return nil, club.HandleExpired{}
	case s.Until == nil:
		return nil, nil
	}
	return []club.HandleEvent{club.HandleConfirmed{}}, nil
}

// DecideRelease gives the name back.
func (Handle) DecideRelease(s club.HandleState, c club.HandleRelease) ([]club.HandleEvent, error) {
	if s.Member == nil || *s.Member != c.Member {
		return nil, nil
	}
	return []club.HandleEvent{club.HandleReleased{}}, nil
}

// DecideExpire gives back a name that was not confirmed in time. It looks at the time
// again: the name may have been confirmed, or reserved anew, in the last moment.
func (Handle) DecideExpire(s club.HandleState, c club.HandleExpire) ([]club.HandleEvent, error) {
	if s.Until == nil || c.At.Before(*s.Until) {
		return nil, nil
	}
	return []club.HandleEvent{club.HandleReleased{}}, nil
}

// EvolveReserved sets the member, who has to confirm.
func (Handle) EvolveReserved(_ club.HandleState, e club.HandleReserved) club.HandleState {
	return club.HandleState{Member: &e.Member, Until: &e.Until}
}

// EvolveConfirmed removes the end of the reservation.
func (Handle) EvolveConfirmed(s club.HandleState, _ club.HandleConfirmed) club.HandleState {
	s.Until = nil
	return s
}

// EvolveReleased makes the name free.
func (Handle) EvolveReleased(club.HandleState, club.HandleReleased) club.HandleState {
	return club.HandleState{}
}
