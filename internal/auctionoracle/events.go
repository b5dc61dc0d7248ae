package auctionoracle

import (
	"context"
	"iter"
	"time"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
)

// Log is what an oracle reads: a store, or a reader of one.
type Log interface {
	Log(ctx context.Context, after ironstar.Position, prepare ...func(*ironstar.Record)) iter.Seq2[*ironstar.Record, error]
}

// events calls f with everything that happened to lots and invoices, in order: an
// [auction.LotEvent] or an [auction.InvoiceEvent], as it is read today.
func events(ctx context.Context, log Log, f func(r *ironstar.Record, event any)) error {
	for r, err := range log.Log(ctx, 0) {
		if err != nil {
			return err
		}
		switch r.Stream.Kind {
		case auction.LotKind:
			err = each(r, auction.DecodeLotEvent, f)
		case auction.InvoiceKind:
			err = each(r, auction.DecodeInvoiceEvent, f)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func each[E any](r *ironstar.Record, decode func(*ironstar.Record) ([]E, error), f func(*ironstar.Record, any)) error {
	all, err := decode(r)
	for _, e := range all {
		f(r, e)
	}
	return err
}

// bid is what a person offered.
type bid struct {
	bidder, handle string
	amount         ironstar.Decimal
	at             time.Time
}

// bidOf returns the bid of a person, and false if an event is none.
func bidOf(event any) (b bid, ok bool) {
	switch e := event.(type) {
	case auction.LotBidPlaced:
		return bid{e.Bidder, e.Handle, e.Amount, e.At}, true
	case auction.LotBidTopped:
		return bid{e.Bidder, e.Handle, e.Amount, e.At}, true
	}
	return bid{}, false
}

// within reports whether a time is in a window.
func within(w ironstar.Window, t time.Time) bool { return !t.Before(w.From) && t.Before(w.Until) }
