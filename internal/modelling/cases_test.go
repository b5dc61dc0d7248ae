package modelling_test

import (
	"errors"
	"testing"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/internal/modelling"
	"ironstar.dev/internal/modelling/gen/auction"
)

// careless sells each lot when it closes, also one that nobody has offered.
type careless struct{ modelling.Lot }

func (careless) DecideClose(auction.LotState, auction.LotClose) ([]auction.LotEvent, error) {
	return []auction.LotEvent{auction.LotSold{}}, nil
}

// TestEventsOfAnotherCase: an event that the state does not take at that moment is a
// mistake of decide, which stores nothing. A stored one changes nothing.
func TestEventsOfAnotherCase(t *testing.T) {
	store := opener(t)()
	t.Cleanup(func() { store.Close() })
	e := engine.New(store, engine.Options{})
	t.Cleanup(func() { e.Close() })
	definition := auction.NewLot(careless{})
	lots := engine.Run(e, definition)
	must(t, e.Start(t.Context()))
	id := ironstar.NewUUID().String()
	_, err := lots.Do(t.Context(), id, auction.LotClose{})
	if !errors.As(err, new(*engine.PanicError)) {
		t.Errorf("the careless close is answered with %v", err)
	}
	if head, err := store.Head(t.Context()); head != 0 || err != nil {
		t.Errorf("%d events are stored, %v", head, err)
	}
	if _, err := lots.Do(t.Context(), id, auction.LotBid{Amount: ironstar.MustDecimal("5.00"), By: "bob"}); !errors.Is(err, auction.LotNotOpen{}) {
		t.Errorf("a bid for a lot that is not offered is answered with %v", err)
	}
	_, err = lots.Do(t.Context(), id, auction.LotOffer{Title: "Lamp", Seller: "ada", Closes: noon})
	must(t, err)
	_, err = lots.Do(t.Context(), id, auction.LotBid{Amount: ironstar.MustDecimal("5.00"), By: "bob"})
	must(t, err)

	before := definition.Initial()
	sold, _, err := ironstar.AsStored(&definition.Codec, ironstar.Stream{Kind: auction.LotKind, ID: id}, 1, auction.LotEvent(auction.LotSold{}))
	must(t, err)
	after, err := ironstar.Load(&definition, before, &ironstar.Record{Type: sold.Type, SchemaVersion: sold.SchemaVersion, Payload: sold.Payload})
	if err != nil || after != before {
		t.Errorf("a stored event of another case makes %v, %v", after, err)
	}
}
