package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
	"ironstar.dev/internal/modelling/gen/auction"
)

// rebuildByHand reads all events with the bare driver, decodes them as we do, folds them
// into rows, and sorts these three times. It has no states, no filters, no checksums.
func rebuildByHand(path string, l lots) (took time.Duration, err error) {
	conn, err := zs.OpenConn(path, zs.OpenReadOnly)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	begun := time.Now()
	st, err := conn.Prepare("SELECT aggregate_id, event_type, schema_version, payload FROM events ORDER BY position")
	if err != nil {
		return 0, err
	}
	rows := map[string]*auction.CatalogueRow{}
	for {
		more, err := st.Step()
		if err != nil {
			return 0, err
		}
		if !more {
			break
		}
		if err := foldByHand(rows, st); err != nil {
			return 0, err
		}
	}
	orders := [3][]*auction.CatalogueRow{}
	for i := range orders {
		for _, row := range rows {
			orders[i] = append(orders[i], row)
		}
	}
	slices.SortFunc(orders[0], func(a, b *auction.CatalogueRow) int { return a.Closes.Compare(b.Closes) })
	slices.SortFunc(orders[1], func(a, b *auction.CatalogueRow) int { return a.HighAmount.Cmp(*b.HighAmount) })
	slices.SortFunc(orders[2], func(a, b *auction.CatalogueRow) int { return strings.Compare(a.Title, b.Title) })
	took = time.Since(begun)
	if len(orders[0]) != l.n {
		return 0, fmt.Errorf("%d rows, want %d", len(orders[0]), l.n)
	}
	return took, nil
}

func foldByHand(rows map[string]*auction.CatalogueRow, st *zs.Stmt) error {
	id := st.ColumnText(0)
	payload := make([]byte, st.ColumnLen(3))
	st.ColumnBytes(3, payload)
	events, err := auction.DecodeLotEvent(&ironstar.Record{Type: st.ColumnText(1), SchemaVersion: st.ColumnInt(2), Payload: payload})
	if err != nil {
		return err
	}
	for _, e := range events {
		switch e := e.(type) {
		case auction.LotOffered:
			rows[id] = &auction.CatalogueRow{ID: id, Title: e.Title, Is: auction.CatalogueRowIsOpen, Closes: e.Closes, Seller: e.Seller}
		case auction.LotBidPlaced:
			rows[id].HighAmount = &e.Amount
		case auction.LotSold:
			rows[id].Is = auction.CatalogueRowIsSold
		case auction.LotWithdrawn:
			delete(rows, id)
		}
	}
	return nil
}
