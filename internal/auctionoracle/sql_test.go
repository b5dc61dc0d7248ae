package auctionoracle_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
	"ironstar.dev/internal/auctionoracle"
	store "ironstar.dev/sqlite"
)

var file = flag.String("file", "", "ask about this database, and not about a small season")

// TestSQL compares the answers of the SQL of the auction house with those of the oracle,
// for windows in which much happens, little, and nothing.
func TestSQL(t *testing.T) {
	log, until := season(t)
	tables := laidOut(t, log)
	for _, span := range []time.Duration{time.Hour, 24 * time.Hour, 168 * time.Hour, 720 * time.Hour, 8760 * time.Hour} {
		for _, back := range []time.Duration{0, 5*24*time.Hour + 90*time.Minute, 100_000 * time.Hour} {
			w := ironstar.Window{Span: span, From: until.Add(-back - span), Until: until.Add(-back)}
			t.Run(fmt.Sprint(span, " until ", w.Until.Format(time.DateTime)), func(t *testing.T) {
				compare(t, tables, log, w)
			})
		}
	}
	for _, category := range append(auction.CategoryValues(), "") {
		of, args := &category, map[string]any{"$category": string(category)}
		if category == "" {
			of, args["$category"] = nil, nil
		}
		want, err := auctionoracle.Conversion(t.Context(), log, of)
		same(t, "conversion", err, want, ask(t, tables, "conversion", args, func(s *sqlite.Stmt) auctionoracle.Milestone {
			return auctionoracle.Milestone{Milestone: s.ColumnText(0), Lots: s.ColumnInt64(1)}
		}))
	}
}

// compare asks what has a window.
func compare(t *testing.T, tables *sqlite.Conn, log auctionoracle.Log, w ironstar.Window) {
	args := map[string]any{"$from": text(w.From), "$until": text(w.Until)}
	with := func(most int) map[string]any {
		return map[string]any{"$from": args["$from"], "$until": args["$until"], "$most": most}
	}
	ctx := t.Context()
	minutes, err := auctionoracle.BidsPerMinute(ctx, log, w)
	same(t, "bids_per_minute", err, minutes, ask(t, tables, "bids_per_minute.sqlite", args, func(s *sqlite.Stmt) auctionoracle.Minute {
		return auctionoracle.Minute{Minute: clock(t, s, 0), Bids: s.ColumnInt64(1), Raised: s.ColumnInt64(2), Best: cents(s, 3)}
	}))
	prices, err := auctionoracle.PriceOverTime(ctx, log, w, 5)
	same(t, "price_over_time", err, prices, ask(t, tables, "price_over_time", with(5), func(s *sqlite.Stmt) auctionoracle.Price {
		return auctionoracle.Price{Lot: s.ColumnText(0), Title: s.ColumnText(1), Bids: s.ColumnInt64(2), At: clock(t, s, 3), Price: cents(s, 4)}
	}))
	bidders, err := auctionoracle.BiddersByActivity(ctx, log, w, 20)
	same(t, "bidders_by_activity", err, bidders, ask(t, tables, "bidders_by_activity", with(20), func(s *sqlite.Stmt) auctionoracle.ActiveBidder {
		return auctionoracle.ActiveBidder{Handle: s.ColumnText(0), Bids: s.ColumnInt64(1), Lots: s.ColumnInt64(2), Best: cents(s, 3)}
	}))
	values, err := auctionoracle.ValueByCategoryAndHour(ctx, log, w)
	same(t, "value_by_category_and_hour", err, values, ask(t, tables, "value_by_category_and_hour.sqlite", args, func(s *sqlite.Stmt) auctionoracle.HourValue {
		return auctionoracle.HourValue{Category: auction.Category(s.ColumnText(0)), Hour: s.ColumnInt64(1), Lots: s.ColumnInt64(2), Value: cents(s, 3)}
	}))
}

func same[R any](t *testing.T, name string, err error, want, have []R) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, have, cmp.Comparer(func(a, b ironstar.Decimal) bool { return a.Cmp(b) == 0 })); d != "" {
		t.Errorf("%s: the oracle has -, the SQL has +\n%s", name, d)
	}
}

// ask asks the SQL of a file.
func ask[R any](t *testing.T, tables *sqlite.Conn, name string, args map[string]any, row func(*sqlite.Stmt) R) (rows []R) {
	t.Helper()
	sql, err := os.ReadFile(filepath.Join("../../schema/auction", name+".sql"))
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	err = sqlitex.ExecuteTransient(tables, string(sql), &sqlitex.ExecOptions{Named: args, ResultFunc: func(s *sqlite.Stmt) error {
		rows = append(rows, row(s))
		return nil
	}})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	t.Logf("%s: %d rows in %v", name, len(rows), time.Since(begin).Round(time.Millisecond))
	return rows
}

const layout = "2006-01-02T15:04:05.000000Z"

func text(at time.Time) string { return at.UTC().Format(layout) }

func clock(t *testing.T, s *sqlite.Stmt, column int) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, s.ColumnText(column))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func cents(s *sqlite.Stmt, column int) ironstar.Decimal {
	n := s.ColumnInt64(column)
	return ironstar.MustDecimal(fmt.Sprintf("%d.%02d", n/100, n%100))
}

// season returns a log, and when its season ends.
func season(t *testing.T) (auctionoracle.Log, time.Time) {
	until := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	if *file != "" {
		r, err := store.OpenReader(t.Context(), *file)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { r.Close() })
		return r, until
	}
	return small(t, until), until
}

// laidOut writes what the SQL reads into tables, as tables of events are.
func laidOut(t *testing.T, log auctionoracle.Log) *sqlite.Conn {
	t.Helper()
	tables, err := sqlite.OpenConn(filepath.Join(t.TempDir(), "tables.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tables.Close() })
	for table, columns := range columnsOf {
		create := fmt.Sprintf("CREATE TABLE %s (_position INTEGER PRIMARY KEY, _stream TEXT, _version INTEGER, _at TEXT, %s) STRICT", table, columns)
		if err := sqlitex.ExecuteTransient(tables, create, nil); err != nil {
			t.Fatal(err)
		}
	}
	begin := time.Now()
	end, err := sqlitex.ImmediateTransaction(tables)
	if err == nil {
		err = fill(t.Context(), log, tables)
		end(&err)
	}
	if err == nil && os.Getenv("INDEXED") != "" {
		err = index(tables)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the tables were laid out in %v", time.Since(begin).Round(time.Millisecond))
	return tables
}

var columnsOf = map[string]string{
	"lot_drafted":    "title TEXT, category TEXT",
	"lot_opened":     "ends TEXT",
	"lot_extended":   "ends TEXT",
	"lot_bid_placed": "bidder TEXT, handle TEXT, amount INTEGER, at TEXT",
	"lot_bid_topped": "bidder TEXT, handle TEXT, amount INTEGER, at TEXT",
	"lot_raised":     "bidder TEXT, amount INTEGER, at TEXT",
	"lot_sold":       "price INTEGER",
	"invoice_paid":   "reference TEXT",
}

func index(tables *sqlite.Conn) error {
	for table, columns := range columnsOf {
		for _, column := range []string{"at", "ends", "_stream"} {
			if column == "_stream" || strings.Contains(columns, column+" ") {
				if err := sqlitex.ExecuteTransient(tables, fmt.Sprintf("CREATE INDEX %s_%s ON %[1]s (%[2]s)", table, column), nil); err != nil {
					return err
				}
			}
		}
	}
	return sqlitex.ExecuteTransient(tables, "ANALYZE", nil)
}

// fill inserts a row for each event.
func fill(ctx context.Context, log auctionoracle.Log, tables *sqlite.Conn) error {
	for r, err := range log.Log(ctx, 0) {
		if err != nil {
			return err
		}
		table, values, err := rowOf(r)
		if err != nil {
			return err
		}
		if table == "" {
			continue
		}
		args := append([]any{int64(r.Position), r.Stream.ID, int64(r.Sequence), text(r.RecordedAt)}, values...)
		insert := "INSERT INTO " + table + " VALUES (?" + strings.Repeat(", ?", len(args)-1) + ")"
		if err := sqlitex.Execute(tables, insert, &sqlitex.ExecOptions{Args: args}); err != nil {
			return err
		}
	}
	return nil
}

// units is an amount in hundredths. An amount that is none is no row.
func units(d ironstar.Decimal) any {
	n, err := strconv.ParseInt(strings.Replace(d.WithScale(2).String(), ".", "", 1), 10, 64)
	if err != nil {
		return err.Error()
	}
	return n
}

// rowOf returns the table of an event, and the values of its own columns.
func rowOf(r *ironstar.Record) (table string, values []any, err error) {
	switch r.Stream.Kind {
	case auction.LotKind:
		all, err := auction.DecodeLotEvent(r)
		if err != nil {
			return "", nil, err
		}
		switch e := all[0].(type) {
		case auction.LotDrafted:
			return "lot_drafted", []any{e.Title, string(e.Category)}, nil
		case auction.LotOpened:
			return "lot_opened", []any{text(e.Ends)}, nil
		case auction.LotExtended:
			return "lot_extended", []any{text(e.Ends)}, nil
		case auction.LotBidPlaced:
			return "lot_bid_placed", []any{e.Bidder, e.Handle, units(e.Amount), text(e.At)}, nil
		case auction.LotBidTopped:
			return "lot_bid_topped", []any{e.Bidder, e.Handle, units(e.Amount), text(e.At)}, nil
		case auction.LotRaised:
			return "lot_raised", []any{e.Bidder, units(e.Amount), text(e.At)}, nil
		case auction.LotSold:
			return "lot_sold", []any{units(e.Price)}, nil
		}
	case auction.InvoiceKind:
		all, err := auction.DecodeInvoiceEvent(r)
		if err != nil {
			return "", nil, err
		}
		if e, ok := all[0].(auction.InvoicePaid); ok {
			return "invoice_paid", []any{e.Reference}, nil
		}
	}
	return "", nil, nil
}
