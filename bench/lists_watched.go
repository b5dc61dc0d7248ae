package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"ironstar.dev/internal/modelling/gen/auction"
	"ironstar.dev/internal/modelling/gen/auction/auctionhttp"
)

// watchedEvents is how many events a second change a list that is watched.
const watchedEvents = 1000

// watched is the ith of n pages that are watched: by turns a page behind a cursor, of two
// words, of a range, and of a seller.
func (l lots) watched(i, n int) auction.CatalogueParams {
	p := auction.CatalogueParams{}.WithSize(auction.CatalogueParamsSize25)
	switch i % 4 {
	case 0:
		return p.WithAfter(l.cursor(l.watchedFrom(i, n)))
	case 1:
		return p.WithTitle(l.words(i))
	case 2:
		from, to := cents(l.watchedFrom(i, n)), cents(l.watchedFrom(i, n)+watchedRange)
		p.HighAmountFrom, p.HighAmountTo = &from, &to
		return p.WithSort(auction.CatalogueParamsSortHighAmount)
	}
	return p.WithSeller("seller " + strconv.Itoa(i))
}

func (l lots) watchedFrom(i, n int) int { return i * l.n / n }

const watchedRange = 60 // cents

// watchedRun is what a server says after events.
type watchedRun struct {
	Took     []time.Duration // by the list, for each event
	Rendered int             // pages
	Changed  int             // pages that show something else after an event; only the floor counts them
}

// watchedSide is a server and the clients of its feeds.
type watchedSide struct {
	server *process
	conns  []net.Conn
}

// compareWatched has two servers, which get the same events: at first nobody watches,
// then each page has one watcher.
func (b *bench) compareWatched(ctx context.Context, l lots, path string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	pages, events := b.size(1000, 200), b.size(3000, 500)
	count := strconv.Itoa(l.n)
	b.progress("  starting two servers with %d rows", l.n)
	server, err := startProcess(ctx, nil, self, watchedServer, path, count, strconv.Itoa(pages))
	if err != nil {
		return err
	}
	ours := &watchedSide{server: server}
	defer ours.close()
	if server, err = startProcess(ctx, nil, self, watchedFloor, count, strconv.Itoa(pages)); err != nil {
		return err
	}
	floor := &watchedSide{server: server}
	defer floor.close()
	if err := b.compareWatchers(ctx, "a list, nobody watches", ours, floor, events); err != nil {
		return err
	}
	for i := range pages {
		feed := auctionhttp.CatalogueFeedURL(l.watched(i, pages))
		if err := errors.Join(ours.watch(feed, i), floor.watch("/feed/"+strconv.Itoa(i), i)); err != nil {
			return err
		}
	}
	return b.compareWatchers(ctx, fmt.Sprintf("a list, %d different pages watched", pages), ours, floor, events)
}

// compareWatchers fails if a side renders more pages than change.
func (b *bench) compareWatchers(ctx context.Context, name string, ours, floor *watchedSide, events int) error {
	name += fmt.Sprintf(", %d events/s", watchedEvents)
	rendered := 0
	side := func(s *watchedSide, isFloor bool) func(context.Context, int) ([]float64, error) {
		return func(ctx context.Context, _ int) ([]float64, error) {
			cpu := s.server.cpu()
			run, err := s.run(ctx, events)
			if err != nil {
				return nil, err
			}
			cpu = s.server.cpu() - cpu
			observe(ctx, name+", an event", run.Took)
			if !isFloor {
				rendered, run.Changed = run.Rendered, run.Rendered
			} else if rendered > run.Changed {
				return nil, fmt.Errorf("%s: %d pages were rendered, and only %d changed", name, rendered, run.Changed)
			}
			n := float64(events)
			return []float64{cpu / n, seconds(run.Took, 0.5), seconds(run.Took, 0.999), float64(run.Changed) / n}, nil
		}
	}
	return b.compare(ctx, experiment{
		metrics: []metric{
			{name + ", CPU per event", duration, aim{}},
			{name + ", an event, p50", duration, aim{}}, {name + ", an event, p99.9", duration, aim{}},
			{name + ", pages rendered per event; floor: pages that changed", times, aim{}},
		},
		within: time.Duration(b.size(40, 10)) * time.Second,
		ours:   side(ours, false), floor: side(floor, true),
	})
}

// watch opens a feed and reads it until it is closed. It waits for the first patch.
func (s *watchedSide) watch(feed string, i int) error {
	conn, body, err := openFeed(s.server.url+feed, "", i)
	if err != nil {
		return err
	}
	s.conns = append(s.conns, conn)
	r := bufio.NewReaderSize(body, 512)
	if _, err := readEvent(r, nil); err != nil {
		return fmt.Errorf("the first patch of %s: %w", feed, err)
	}
	go func() { _, _ = io.Copy(io.Discard, r) }() // ends with the connection
	return nil
}

// run has the server apply events.
func (s *watchedSide) run(ctx context.Context, events int) (run watchedRun, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.server.url+"/run/"+strconv.Itoa(events), nil)
	if err != nil {
		return run, err
	}
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		return run, err
	}
	said, err := io.ReadAll(got.Body)
	if err := errors.Join(err, got.Body.Close()); err != nil {
		return run, err
	}
	if got.StatusCode != http.StatusOK {
		return run, fmt.Errorf("%s: %s", got.Status, said)
	}
	if err := json.Unmarshal(said, &run); err != nil {
		return run, err
	}
	if len(run.Took) != events {
		return run, fmt.Errorf("%d events were applied, want %d", len(run.Took), events)
	}
	return run, nil
}

func (s *watchedSide) close() {
	for _, c := range s.conns {
		_ = c.Close() // nothing is written
	}
	s.server.stop()
}

// renderLots writes the live part of a page.
func renderLots(w io.Writer, total int, rows []auction.CatalogueRow) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "<p>%d lots</p><table>", total)
	for i := range rows {
		r := &rows[i]
		high := ""
		if r.HighAmount != nil {
			high = r.HighAmount.String()
		}
		b.WriteString(`<tr id="`)
		b.WriteString(r.ID)
		b.WriteString(`"><td>`)
		b.WriteString(r.Title)
		b.WriteString("</td><td>")
		b.WriteString(string(r.Is))
		b.WriteString("</td><td>")
		b.WriteString(high)
		b.WriteString("</td><td>")
		b.WriteString(r.Closes.Format(time.RFC3339))
		b.WriteString("</td><td>")
		b.WriteString(r.Seller)
		if r.Wanted {
			b.WriteString(" (wanted)")
		}
		b.WriteString("</td></tr>")
	}
	b.WriteString("</table>")
	_, err := w.Write(b.Bytes())
	return err
}
