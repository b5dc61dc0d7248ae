package modelling

import (
	"embed"

	"ironstar.dev/internal/modelling/gen/till"
)

// Till decides for one day: opened, then closed.
type Till struct{}

var _ till.Till = Till{}

// Source returns this folder's code.
func (Till) Source() embed.FS { return source }

// Initial is a day that has not begun.
func (Till) Initial() till.TillState { return till.TillState{} }

// DecideOpen begins the day.
func (Till) DecideOpen(s till.TillState, c till.TillOpen) ([]till.TillEvent, error) {
	switch {
	case !s.Opened:
		return []till.TillEvent{till.TillOpened(c)}, nil
	case s.Float != c.Cents:
		return nil, till.TillOpenedWith{Cents: s.Float}
	}
	return nil, nil
}

// DecideSell adds to the cash.
func (Till) DecideSell(s till.TillState, c till.TillSell) ([]till.TillEvent, error) {
	switch {
	case !s.Opened || s.Closed:
		return nil, till.TillNotOpen{}
	case s.Last != nil && *s.Last == c.Receipt:
		return nil, nil
	}
	return []till.TillEvent{till.TillSold(c)}, nil
}

// DecideClose ends the day with what is in the till.
func (Till) DecideClose(s till.TillState, _ till.TillClose) ([]till.TillEvent, error) {
	switch {
	case !s.Opened:
		return nil, till.TillNotOpen{}
	case s.Closed:
		return nil, nil
	}
	return []till.TillEvent{till.TillClosed{Cents: s.Cents}}, nil
}

// EvolveOpened sets the cash at the beginning.
func (Till) EvolveOpened(s till.TillState, e till.TillOpened) till.TillState {
	s.Opened, s.Float, s.Cents = true, e.Cents, e.Cents
	return s
}

// EvolveSold adds to the cash.
func (Till) EvolveSold(s till.TillState, e till.TillSold) till.TillState {
	s.Cents, s.Last = s.Cents+e.Cents, &e.Receipt
	return s
}

// EvolveClosed ends the day.
func (Till) EvolveClosed(s till.TillState, _ till.TillClosed) till.TillState {
	s.Closed = true
	return s
}
