package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"time"

	"ironstar.dev"
	"ironstar.dev/internal/modelling/gen/auction"
	"ironstar.dev/sqlite"
	"ironstar.dev/wire/listing"
)

// lots are what both sides of the group lists show: a number of lots, of which the ith
// closes after all before it. Each has two bids; every second one is sold.
type lots struct{ n int }

// lotWords are the words of titles. Two of them are in n/1600 titles.
var lotWords = []string{
	"lamp", "chair", "table", "picture", "clock", "vase", "mirror", "carpet", "shelf", "stool",
	"oak", "pine", "brass", "silver", "copper", "glass", "marble", "velvet", "linen", "ivory",
	"red", "blue", "green", "white", "black", "grey", "amber", "violet", "small", "large",
	"old", "new", "round", "square", "plain", "carved", "painted", "french", "danish", "dutch",
}

var lotsBegin = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// id is in the order of i.
func (lots) id(i int) ironstar.UUID {
	var id ironstar.UUID
	binary.BigEndian.PutUint64(id[:8], uint64(i))
	return id
}

func (lots) title(i int) string {
	return fmt.Sprintf("%s %s %d", lotWords[i%40], lotWords[i/40%40], i)
}

func (lots) seller(i int) string    { return "seller " + strconv.Itoa(i*7919%1000) }
func (lots) closes(i int) time.Time { return lotsBegin.Add(time.Duration(i) * time.Minute) }
func (lots) sold(i int) bool        { return i%2 == 1 }
func cents(n int) ironstar.Decimal  { return ironstar.MustDecimal(fmt.Sprintf("%d.%02d", n/100, n%100)) }
func (l lots) high(i int) int       { return 1 + i*7919%l.n } // in cents
func (l lots) cursor(i int) string {
	return ironstar.Cursor(listing.Time(l.closes(i)), l.id(i).String())
}
func (lots) words(i int) string       { return lotWords[i%40] + " " + lotWords[i/40%40] }
func (l lots) bidOn(event int) int    { return event * 7919 * 2 % l.n } // an open lot
func (l lots) bidCents(event int) int { return 1 + (event*104729+event/l.n)%l.n }

// row is the ith row at the beginning.
func (l lots) row(i int) auction.CatalogueRow {
	high := cents(l.high(i))
	row := auction.CatalogueRow{
		ID: l.id(i).String(), Title: l.title(i), Is: auction.CatalogueRowIsOpen, HighAmount: &high,
		Closes: l.closes(i), Seller: l.seller(i),
	}
	if l.sold(i) {
		row.Is = auction.CatalogueRowIsSold
	}
	return row
}

// events are the events of the ith lot.
func (l lots) events(i int) []auction.LotEvent {
	all := []auction.LotEvent{
		auction.LotOffered{Title: l.title(i), Seller: l.seller(i), Closes: l.closes(i)},
		auction.LotBidPlaced{Amount: cents(1), By: "somebody"},
		auction.LotBidPlaced{Amount: cents(l.high(i)), By: "another bidder"},
	}
	if l.sold(i) {
		all = append(all, auction.LotSold{})
	}
	return all
}

// count is the number of events.
func (l lots) count() int { return 3*l.n + l.n/2 }

// write stores the events.
func (l lots) write(ctx context.Context, path string) (err error) {
	store, err := sqlite.Open(ctx, path, sqlite.Options{Shapes: auction.LotShapes})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	for i := 0; i < l.n; {
		var batch []ironstar.Append
		for ; i < l.n && len(batch) < 512; i++ {
			a := ironstar.Append{Stream: ironstar.Stream{Kind: auction.LotKind, ID: l.id(i).String()}}
			for _, e := range l.events(i) {
				p, err := auction.EncodeLotEvent(e)
				if err != nil {
					return err
				}
				a.Events = append(a.Events, p)
			}
			batch = append(batch, a)
		}
		for _, out := range store.Append(ctx, batch...) {
			if out.Err != nil {
				return out.Err
			}
		}
	}
	return nil
}

// bid is the event number event that changes a row after the beginning: a bid for an open lot.
func (l lots) bid(event int, at ironstar.Position, version ironstar.Version) (*ironstar.Record, error) {
	p, err := auction.EncodeLotEvent(auction.LotBidPlaced{Amount: cents(l.bidCents(event)), By: "somebody else"})
	return &ironstar.Record{
		Position: at, Sequence: version, Type: p.Type, SchemaVersion: p.SchemaVersion, Payload: p.Payload,
		Stream: ironstar.Stream{Kind: auction.LotKind, ID: l.id(l.bidOn(event)).String()}, RecordedAt: lotsBegin,
	}, err
}
