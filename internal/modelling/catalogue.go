package modelling

import "ironstar.dev/internal/modelling/gen/auction"

// Catalogue adds to the rows of the list of lots.
type Catalogue struct{}

var _ auction.Catalogue = Catalogue{}

// More says which lots many people want.
func (Catalogue) More(_ string, s auction.LotState) auction.CatalogueMore {
	open, ok := s.(auction.LotStateOpen)
	return auction.CatalogueMore{Wanted: ok && open.Bids >= 3}
}
