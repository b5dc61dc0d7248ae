package web

import (
	_ "embed"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
	"ironstar.dev/gen/auction/auctionhttp"
	"ironstar.dev/live/chart"
)

// DashboardTitle is the title of the dashboard.
func DashboardTitle(auction.DashboardState, auctionhttp.DashboardAt) string { return "The house" }

// How the charts draw their tables: hotLotsSpec in Vega-Lite, the options in ECharts.
var (
	//go:embed charts/bids_per_minute.json
	bidsPerMinuteOption []byte
	//go:embed charts/hot_lots.json
	hotLotsSpec []byte
	//go:embed charts/bidders.json
	biddersOption []byte
	//go:embed charts/value_by_hour.json
	valueByHourOption []byte
)

var spans = map[auction.Span]string{
	auction.SpanPT1H: "Hour", auction.SpanPT24H: "Day", auction.SpanPT168H: "Week", auction.SpanPT720H: "Month", auction.SpanPT8760H: "Year",
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

func bidsOf(s auction.DashboardState) (sum int64) {
	for _, row := range s.Bids.Rows {
		sum += row.Bids
	}
	return sum
}

func bestOf(s auction.DashboardState) string {
	var best ironstar.Decimal
	for _, row := range s.Bids.Rows {
		best = best.Max(row.Best)
	}
	return best.WithScale(2).String()
}

func soldOf(s auction.DashboardState) (sum int64) {
	for _, row := range s.Value.Rows {
		sum += row.Lots
	}
	return sum
}

func valueOf(s auction.DashboardState) string {
	var sum ironstar.Decimal
	for _, row := range s.Value.Rows {
		sum = sum.Add(row.Value)
	}
	return sum.WithScale(2).String()
}
