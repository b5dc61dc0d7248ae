//go:build unix

package duckdb_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/query"
)

// perFeed is how many events a batch of the benchmarks has.
const perFeed = 5_000

// feedMany feeds n bids, whose rows are made outside of the measured time.
func feedMany(b *testing.B, tables query.Tables, from, n ironstar.Position) (spent time.Duration) {
	b.Helper()
	for p := from; p < from+n; p += perFeed {
		b.StopTimer()
		batch := bidRows(p, p+perFeed)
		b.StartTimer()
		began := time.Now()
		feed(b, tables, batch)
		spent += time.Since(began)
	}
	return spent
}

// BenchmarkFeed feeds a table of six columns, and says how many events are fed in a second,
// and how much memory the process has had.
func BenchmarkFeed(b *testing.B) {
	for name, n := range map[string]ironstar.Position{"200k": 200_000, "1M": 1_000_000} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				dir := b.TempDir()
				tables := open(b, options(b, dir, bids()))
				b.StartTimer()
				spent := feedMany(b, tables, 0, n)
				b.ReportMetric(float64(n)/spent.Seconds(), "events/s")
				if err := tables.Close(); err != nil {
					b.Fatal(err)
				}
				info, err := os.Stat(filepath.Join(dir, "auction.duckdb"))
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(info.Size())/float64(n), "bytes/event")
			}
			var usage syscall.Rusage
			if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(usage.Maxrss)/1024, "MiB-RSS")
		})
	}
}

// BenchmarkExport writes a Parquet file of two million rows.
func BenchmarkExport(b *testing.B) {
	const rows = 2_000_000
	tables := open(b, options(b, b.TempDir(), bids()))
	feedMany(b, tables, 0, rows)
	q := question("SELECT * FROM lot_bid_placed ORDER BY _position", bids().Aggregates[0].Tables[0].Columns...)
	q.Rows = rows
	for b.Loop() {
		var w counter
		if _, err := tables.Export(b.Context(), q, nil, &w); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(w), "bytes")
	}
}

// BenchmarkAsk groups a million bids by the minute, and sums them.
func BenchmarkAsk(b *testing.B) {
	tables := open(b, options(b, b.TempDir(), bids()))
	feedMany(b, tables, 0, 1_000_000)
	q := question("SELECT date_trunc('hour', _at) AS hour, count(*) AS n, sum(amount) AS turnover FROM lot_bid_placed GROUP BY hour ORDER BY hour",
		column("hour", ironstar.TimeColumn), column("n", ironstar.IntColumn), ironstar.Column{Name: "turnover", Type: money})
	for b.Loop() {
		if rows, _ := ask(b, tables, q); len(rows) == 0 {
			b.Fatal("there are no rows")
		}
	}
}

// counter counts bytes.
type counter int

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}
