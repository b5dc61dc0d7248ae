package auction

import (
	"embed"
	"slices"

	"ironstar.dev/gen/auction"
)

// Bidder decides about somebody who bids and sells: a stranger registers once, and may
// have another name later. That a name belongs to one bidder only says the schema.
type Bidder struct{}

var _ auction.Bidder = Bidder{}

// Source returns this folder's code.
func (Bidder) Source() embed.FS { return source }

// Initial is a stranger.
func (Bidder) Initial() auction.BidderState { return auction.BidderStateStranger{} }

// DecideRegister gives a name to a stranger.
func (Bidder) DecideRegister(s auction.BidderState, c auction.BidderRegister) ([]auction.BidderEvent, error) {
	b, registered := s.(auction.BidderStateRegistered)
	switch {
	case registered && b.Handle == c.Handle:
		return nil, nil
	case registered:
		return nil, auction.BidderRegisteredAlready{}
	}
	return []auction.BidderEvent{auction.BidderRegistered(c)}, nil
}

// DecideRename gives another name. What was bid keeps the old one.
func (Bidder) DecideRename(s auction.BidderState, c auction.BidderRename) ([]auction.BidderEvent, error) {
	b, registered := s.(auction.BidderStateRegistered)
	switch {
	case !registered:
		return nil, auction.BidderStranger{}
	case b.Handle == c.Handle:
		return nil, nil
	}
	return []auction.BidderEvent{auction.BidderRenamed(c)}, nil
}

// DecideLead remembers a lot on which the bidder leads.
func (Bidder) DecideLead(s auction.BidderState, c auction.BidderLead) ([]auction.BidderEvent, error) {
	b, registered := s.(auction.BidderStateRegistered)
	switch {
	case !registered:
		return nil, auction.BidderStranger{}
	case slices.Contains(b.Leads, c.Lot):
		return nil, nil
	}
	return []auction.BidderEvent{auction.BidderLed(c)}, nil
}

// DecideRelease forgets it.
func (Bidder) DecideRelease(s auction.BidderState, c auction.BidderRelease) ([]auction.BidderEvent, error) {
	if b, ok := s.(auction.BidderStateRegistered); !ok || !slices.Contains(b.Leads, c.Lot) {
		return nil, nil
	}
	return []auction.BidderEvent{auction.BidderReleased(c)}, nil
}

// EvolveRegistered remembers the name.
func (Bidder) EvolveRegistered(_ auction.BidderState, e auction.BidderRegistered) auction.BidderState {
	return auction.BidderStateRegistered{Handle: e.Handle}
}

// EvolveRenamed remembers the new one.
func (Bidder) EvolveRenamed(s auction.BidderState, e auction.BidderRenamed) auction.BidderState {
	b, _ := s.(auction.BidderStateRegistered)
	b.Handle = e.Handle
	return b
}

// EvolveLed adds a lot.
func (Bidder) EvolveLed(s auction.BidderState, e auction.BidderLed) auction.BidderState {
	b, _ := s.(auction.BidderStateRegistered)
	b.Leads = append(b.Leads, e.Lot)
	return b
}

// EvolveReleased removes it.
func (Bidder) EvolveReleased(s auction.BidderState, e auction.BidderReleased) auction.BidderState {
	b, _ := s.(auction.BidderStateRegistered)
	b.Leads = slices.DeleteFunc(b.Leads, func(lot string) bool { return lot == e.Lot })
	return b
}
