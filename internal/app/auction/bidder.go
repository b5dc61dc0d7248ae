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
func (Bidder) DecideRegister(_ auction.BidderStateStranger, c auction.BidderRegister) ([]auction.BidderEvent, error) {
	return []auction.BidderEvent{auction.BidderRegistered(c)}, nil
}

// DecideRename gives another name. What was bid keeps the old one.
func (Bidder) DecideRename(s auction.BidderStateRegistered, c auction.BidderRename) ([]auction.BidderEvent, error) {
	if s.Handle == c.Handle {
		return nil, nil
	}
	return []auction.BidderEvent{auction.BidderRenamed(c)}, nil
}

// DecideLead remembers a lot on which the bidder leads.
func (Bidder) DecideLead(s auction.BidderStateRegistered, c auction.BidderLead) ([]auction.BidderEvent, error) {
	if slices.Contains(s.Leads, c.Lot) {
		return nil, nil
	}
	return []auction.BidderEvent{auction.BidderLed(c)}, nil
}

// DecideRelease forgets it.
func (Bidder) DecideRelease(s auction.BidderStateRegistered, c auction.BidderRelease) ([]auction.BidderEvent, error) {
	if !slices.Contains(s.Leads, c.Lot) {
		return nil, nil
	}
	return []auction.BidderEvent{auction.BidderReleased(c)}, nil
}

// EvolveLed adds a lot.
func (Bidder) EvolveLed(s auction.BidderStateRegistered, e auction.BidderLed) auction.BidderState {
	s.Leads = append(s.Leads, e.Lot)
	return s
}

// EvolveReleased removes it.
func (Bidder) EvolveReleased(s auction.BidderStateRegistered, e auction.BidderReleased) auction.BidderState {
	s.Leads = slices.DeleteFunc(s.Leads, func(lot string) bool { return lot == e.Lot })
	return s
}
