package engine_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
)

const benchRows = 100_000

// words are the titles of rows in benchmarks.
var words = []string{"lamp", "chair", "table", "picture", "clock", "vase", "mirror", "carpet", "shelf", "stool"}

// filled returns a store with many ledgers, with three events each.
func filled(b *testing.B) ironstar.Store {
	store := openStore(b)
	codec := aggregate().Codec
	for i := 0; i < benchRows; {
		var batch []ironstar.Append
		for ; i < benchRows && len(batch) < 512; i++ {
			a := ironstar.Append{Stream: ironstar.Stream{Kind: ledgerKind, ID: fmt.Sprintf("s%06d", i)}}
			for n := range 3 {
				p, err := codec.Encode(entered{ID: fmt.Sprintf("%s-%s-%d", words[(i+n)%10], words[i/10%10], i%1000*n), Region: "north", N: 4 * (i*7919%1000 + 1)})
				if err != nil {
					b.Fatal(err)
				}
				a.Events = append(a.Events, p)
			}
			batch = append(batch, a)
		}
		for _, out := range store.Append(b.Context(), batch...) {
			if out.Err != nil {
				b.Fatal(out.Err)
			}
		}
	}
	return store
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkList measures a list of 100 000 rows with three orders.
func BenchmarkList(b *testing.B) {
	store := filled(b)
	before := heap()
	e := engine.New(store, engine.Options{ViewBytes: 64 << 20})
	list := engine.FollowList(e, ledgers())
	begun := time.Now()
	start(b, e)
	b.Logf("rebuilt in %v, %d bytes a row", time.Since(begun).Round(time.Millisecond), (heap()-before)/benchRows)
	query := func(name string, q ledgerQuery) {
		b.Run(name, func(b *testing.B) {
			n := 0
			for b.Loop() {
				n = pageOf(list, q).Total
			}
			b.ReportMetric(float64(n), "rows")
		})
	}
	q := ledgerQuery{Sort: "sum", Size: 25}
	query("first page", q)
	q.After = ironstar.Cursor("000000006000", "s050000")
	query("page in the middle", q)
	query("equal, few", ledgerQuery{Sort: "sum", Size: 25, Last: "lamp-chair-18"})
	query("range, many", ledgerQuery{Sort: "sum", Size: 25, LeastSum: 6000})
	query("range, few", ledgerQuery{Sort: "count", Size: 25, LeastSum: 11990, MostSum: 11999})
	query("words, few", ledgerQuery{Sort: "sum", Size: 25, Words: "lamp chair 19"})
	for _, watchers := range []int{0, 1000} {
		for i := range watchers {
			q := ledgerQuery{Sort: []string{"count", "sum", "last"}[i%3], Down: i%2 == 0, Size: 25}
			switch i % 4 {
			case 0:
				q.After = ironstar.Cursor(fmt.Sprintf("%012d", i*12), "")
			case 1:
				q.Words = words[i%10] + " " + words[i/10%10]
			case 2:
				q.LeastSum, q.MostSum = i*12, i*12+100
			}
			stop, err := list.At(q, "").Notify("", func() {})
			if err != nil {
				b.Fatal(err)
			}
			defer stop()
		}
		version := map[int]ironstar.Version{}
		i, n := 0, 0
		b.Run(fmt.Sprintf("an event, %d pages watched", watchers), func(b *testing.B) {
			var took time.Duration
			for b.Loop() {
				i = (i + 7919) % benchRows
				n++
				if version[i] == 0 {
					version[i] = 3
				}
				r := &ironstar.Record{Position: e.Head() + ironstar.Position(n), Sequence: version[i] + 1, Type: "Entered", SchemaVersion: 1,
					Stream:  ironstar.Stream{Kind: ledgerKind, ID: fmt.Sprintf("s%06d", i)},
					Payload: fmt.Appendf(nil, `{"ID":"%s-%s-x%d","Region":"north","N":4}`, words[n%10], words[n/10%10], n)}
				begun := time.Now()
				engine.Apply(e, r)
				took += time.Since(begun)
			}
			b.ReportMetric(float64(took.Microseconds())/float64(b.N), "µs/event")
		})
	}
}
