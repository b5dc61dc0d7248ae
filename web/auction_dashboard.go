package web

import (
	_ "embed"

	"ironstar.dev/gen/auction"
	"ironstar.dev/gen/auction/auctionhttp"
	"ironstar.dev/live/chart"
)

// DashboardTitle is the title of the dashboard.
func DashboardTitle(auction.DashboardState, auctionhttp.DashboardAt) string { return "The house" }

// hotLotsSpec draws a line of prices for each lot, in Vega-Lite.
//
//go:embed charts/hot_lots.json
var hotLotsSpec []byte

var spans = map[auction.Span]string{
	auction.SpanPT1H: "hour", auction.SpanPT24H: "day", auction.SpanPT168H: "week", auction.SpanPT720H: "month", auction.SpanPT8760H: "year",
}

var milestones = map[auction.Milestone]string{
	auction.MilestoneDrafted: "Drafted", auction.MilestoneOpened: "Opened", auction.MilestoneBid: "With bids",
	auction.MilestoneSold: "Sold", auction.MilestonePaid: "Paid",
}

func bidsPerMinute(s auction.DashboardState, at auctionhttp.DashboardAt) chart.Data {
	p := at.Params.ForBids()
	return chart.From(s.Bids, "Bids per minute", chart.Label("start", "From"), chart.Label("bids", "Bids"), chart.Label("raised", "Raised by the house"),
		chart.Label("best", "Highest bid"), chart.Links(auctionhttp.BidsPerMinuteCSVURL(p), auctionhttp.BidsPerMinuteJSONURL(p)))
}

func hotLots(s auction.DashboardState, at auctionhttp.DashboardAt) chart.Data {
	p := at.Params.ForHot()
	return chart.From(s.Hot, "Prices of the lots with most bids", chart.Hide("lot"), chart.Links(auctionhttp.HotLotsCSVURL(p), auctionhttp.HotLotsJSONURL(p)))
}

func bidders(s auction.DashboardState, at auctionhttp.DashboardAt) chart.Data {
	p := at.Params.ForBidders()
	return chart.From(s.Bidders, "Who bids most", chart.Label("handle", "Bidder"), chart.Label("best", "Highest bid"),
		chart.Links(auctionhttp.BusyBiddersCSVURL(p), auctionhttp.BusyBiddersJSONURL(p)))
}

func conversion(s auction.DashboardState) chart.Data {
	return chart.From(s.Conversion, "How far lots come", chart.Links(auctionhttp.ConversionCSVURL(), auctionhttp.ConversionJSONURL()))
}

func valueByHour(s auction.DashboardState, at auctionhttp.DashboardAt) chart.Data {
	p := at.Params.ForValue()
	return chart.From(s.Value, "Value of sold lots by hour of the day (UTC)", chart.Links(auctionhttp.ValueByHourCSVURL(p), auctionhttp.ValueByHourJSONURL(p)))
}

// now returns the parameters of figures that go on.
func now(p auction.DashboardParams) auction.DashboardParams {
	p.Until = nil
	return p
}

// untilOf is the end of the time as a field of a form has it.
func untilOf(p auction.DashboardParams) string {
	if p.Until == nil {
		return ""
	}
	return p.Until.UTC().Format("2006-01-02T15:04")
}
