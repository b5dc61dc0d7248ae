package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// bidClients is how many connections send bids when many bid at once.
const bidClients = 16

// measureBids has one lot for each run, and a feed of its page for each bidder. First one
// bids after the other, each when all pages show the bid before. Then many bid at once.
func measureBids(ctx context.Context, b *bench) error {
	app, err := b.binary(ctx, "./cmd/app")
	if err != nil {
		return err
	}
	bidders := b.size(200, 50)
	h, err := b.openAuction(ctx, app, bidders)
	if err != nil {
		return err
	}
	defer h.server.stop()
	floor, err := b.openBidsFloor(ctx, bidders)
	if err != nil {
		return err
	}
	defer floor.server.stop()
	name := fmt.Sprintf("bids, %d bidders in one room", bidders)
	var size patchSize
	metrics := append(bidMetrics(name), bidMetrics(name+", zstd")...)
	return b.compare(ctx, experiment{
		metrics: metrics, within: time.Duration(b.size(90, 20)) * time.Second,
		ours: func(ctx context.Context, _ int) (figures []float64, err error) {
			for _, coding := range []string{"", "zstd"} {
				s, err := h.sell()
				if err != nil {
					return nil, err
				}
				if s.name = name; coding != "" {
					s.name += ", " + coding
				}
				f, err := s.run(ctx, coding, b.size(100, 20), b.size(200, 40))
				if err != nil {
					return nil, err
				}
				if figures = append(figures, f...); coding == "" {
					size = s.size
				}
			}
			return figures, nil
		},
		floor: func(ctx context.Context, _ int) ([]float64, error) {
			s, err := floor.sell(size)
			if err != nil {
				return nil, err
			}
			s.name = name
			f, err := s.run(ctx, "", b.size(100, 20), b.size(200, 40))
			return append(f, f...), err
		},
	})
}

func bidMetrics(name string) []metric {
	alone, many := name+", one after the other", fmt.Sprintf("%s, %d at once", name, bidClients)
	return []metric{
		{alone, perSecond, aim{}},
		{alone + ", POST to patch at every feed, p50", duration, aim{}}, {alone + ", POST to patch at every feed, p99", duration, aim{}}, {alone + ", POST to patch at every feed, p99.9", duration, aim{}},
		{alone + ", CPU per bid", duration, aim{}},
		{many, perSecond, aim{}},
		{many + ", POST to patch at every feed, p50", duration, aim{}}, {many + ", POST to patch at every feed, p99", duration, aim{}}, {many + ", POST to patch at every feed, p99.9", duration, aim{}},
		{many + ", CPU per bid", duration, aim{}}, {many + ", patches per bid and feed", times, aim{}}, {many + ", refused for each taken", times, aim{}},
		{name + ", bytes per patch", times, aim{}},
	}
}

// sale is one lot on sale at a server.
type sale struct {
	name      string // of its latencies
	server    *process
	feed, bid string // addresses
	bidders   []string
	body      func(amount int64) string
	tooLow    func(answer) bool

	amount  atomic.Int64 // of the last bid that was sent
	refused atomic.Int64
	size    patchSize
}

// patchSize is how many bytes a patch has, and how many more for each bid.
type patchSize struct{ first, line float64 }

// run has alone bids one after the other, and then many bids at once.
func (s *sale) run(ctx context.Context, coding string, alone, many int) ([]float64, error) {
	r, err := openRoom(ctx, s.feed, len(s.bidders), coding)
	if err != nil {
		return nil, err
	}
	defer r.close()
	feeds, opened := float64(len(s.bidders)), float64(r.bytes.Load())
	s.size.first = opened / feeds
	one, err := s.phase(ctx, r, ", one after the other", func() ([]sighting, error) { return s.oneByOne(ctx, r, alone) })
	if err != nil {
		return nil, err
	}
	linear := (float64(r.bytes.Load())-opened)/feeds/float64(alone) - s.size.first // the mean of patches with 1 to alone bids
	s.size.line = linear / float64(alone+1) * 2
	patched := r.patches()
	all, err := s.phase(ctx, r, fmt.Sprintf(", %d at once", bidClients), func() ([]sighting, error) { return s.atOnce(ctx, r, many) })
	if err != nil {
		return nil, err
	}
	figures := append(one, all...)
	n := r.patches()
	return append(figures, (n-patched)/feeds/float64(many), float64(s.refused.Load())/float64(many), (float64(r.bytes.Load())-opened)/(n-feeds)), nil
}

// phase returns bids per second, p50, p99 and p99.9 from a POST to the patch at every
// feed, and the server's processor time for each bid.
func (s *sale) phase(ctx context.Context, r *room, name string, give func() ([]sighting, error)) ([]float64, error) {
	cpu, begun := s.server.cpu(), time.Now()
	bids, err := give()
	if err != nil {
		return nil, err
	}
	spent := time.Since(begun)
	last := slices.MaxFunc(bids, func(a, b sighting) int { return int(a.position - b.position) })
	if err := r.await(ctx, last.position); err != nil {
		return nil, err
	}
	cpu = s.server.cpu() - cpu
	took := r.heard(bids)
	if want := len(bids) * len(s.bidders); len(took) != want {
		return nil, fmt.Errorf("%d bids were shown, want %d", len(took), want)
	}
	observe(ctx, s.name+name, took)
	n := float64(len(bids))
	return []float64{n / spent.Seconds(), seconds(took, 0.5), seconds(took, 0.99), seconds(took, 0.999), cpu / n}, nil
}

// oneByOne gives bids, each when all feeds show the one before.
func (s *sale) oneByOne(ctx context.Context, r *room, n int) (bids []sighting, err error) {
	l, err := dial(s.server.url)
	if err != nil {
		return nil, err
	}
	defer l.conn.Close()
	for i := range n {
		b, err := s.give(l, s.bidders[i%len(s.bidders)])
		if err == nil {
			err = r.await(ctx, b.position)
		}
		if err != nil {
			return nil, err
		}
		bids = append(bids, b)
	}
	return bids, nil
}

// atOnce gives bids of several bidders at the same time.
func (s *sale) atOnce(ctx context.Context, _ *room, n int) ([]sighting, error) {
	bids := make([][]sighting, bidClients)
	faults := make([]error, bidClients)
	var next atomic.Int64
	var done sync.WaitGroup
	for c := range bidClients {
		done.Go(func() {
			l, err := dial(s.server.url)
			if err != nil {
				faults[c] = err
				return
			}
			defer l.conn.Close()
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil && faults[c] == nil; i = int(next.Add(1)) - 1 {
				var b sighting
				b, faults[c] = s.give(l, s.bidders[i%len(s.bidders)])
				bids[c] = append(bids[c], b)
			}
		})
	}
	done.Wait()
	return slices.Concat(bids...), errors.Join(append(faults, ctx.Err())...)
}

// give sends bids of one bidder until one is high enough. It returns when that one was
// sent, and its position.
func (s *sale) give(l *line, cookie string) (sighting, error) {
	for {
		begun := time.Now()
		a, err := l.post(cookie, s.bid, s.body(s.amount.Add(1)))
		switch {
		case err != nil:
			return sighting{}, err
		case a.status == http.StatusAccepted && a.position > 0:
			return sighting{begun, a.position}, nil
		case !s.tooLow(a):
			return sighting{}, fmt.Errorf("%s: %d %s", s.bid, a.status, a.said)
		}
		s.refused.Add(1)
	}
}

// patches counts the patches at all feeds.
func (r *room) patches() float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, seen := range r.feeds {
		n += len(seen)
	}
	return math.Max(float64(n), 1)
}
