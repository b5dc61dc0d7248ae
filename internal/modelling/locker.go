package modelling

import (
	"embed"

	"ironstar.dev/internal/modelling/gen/club"
)

// Locker decides what one member rents.
type Locker struct{}

var _ club.Locker = Locker{}

// Source returns this folder's code.
func (Locker) Source() embed.FS { return source }

// Initial is a member without a locker.
func (Locker) Initial() (s club.LockerState) { return s }

// DecideRent rents a locker in place of the one before. Whether another member has it
// says the schema.
func (Locker) DecideRent(s club.LockerState, c club.LockerRent) ([]club.LockerEvent, error) {
	if s.Number != nil && *s.Number == c.Number {
		return nil, nil
	}
	return []club.LockerEvent{club.LockerRented(c)}, nil
}

// DecideLeave empties the locker.
func (Locker) DecideLeave(s club.LockerState, _ club.LockerLeave) ([]club.LockerEvent, error) {
	if s.Number == nil {
		return nil, nil
	}
	return []club.LockerEvent{club.LockerEmptied{}}, nil
}

// EvolveRented remembers the number.
func (Locker) EvolveRented(s club.LockerState, e club.LockerRented) club.LockerState {
	s.Number = &e.Number
	return s
}

// EvolveEmptied forgets it.
func (Locker) EvolveEmptied(s club.LockerState, _ club.LockerEmptied) club.LockerState {
	s.Number = nil
	return s
}
