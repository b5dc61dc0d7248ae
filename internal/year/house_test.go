package year_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"ironstar.dev/gen/auction"
	"ironstar.dev/gen/auction/auctionhttp"
)

var pastEvents = flag.Int("events", 200_000, "how many events the auction house has before its bids change")

// TestHouse plays how the auction house changes its bids, with people who bid meanwhile.
func TestHouse(t *testing.T) {
	story{name: "house", seasons: "house", auction: true, dayOne: *pastEvents,
		visitors: func(p *production) any {
			h := &house{production: p, notes: notes{refused: map[string]int{}}}
			t.Cleanup(func() { t.Log(strings.Join(h.figures, "\n")) })
			return h
		},
		commands: map[string]func(*testscript.TestScript, bool, []string){
			"past": command(0, (*house).past), "sale": command(0, (*house).sale), "busy": command(0, (*house).busy), "quiet": command(0, (*house).quiet),
			"takeover": command(1, (*house).takeover), "settled": command(0, (*house).settled), "pages": command(1, (*house).pages), "clock": command(0, (*house).clock),
			"took": command(1, (*house).took), "acknowledged": command(0, (*house).acknowledged), "closed": command(0, (*house).closed), "titles": command(0, (*house).titles), "forget": command(0, (*house).forget),
		},
	}.play(t)
}

// house is the auction house and its visitors.
type house struct {
	*production
	notes   notes
	figures []string
	began   time.Time // of what is measured
	swapped time.Time // when the old build had ended
	tab     *tab

	mu     sync.Mutex
	people []*person
	lots   []*lot // that were opened
	failed error

	stop    chan struct{} // closed when people stop
	workers sync.WaitGroup
}

// lot is a lot that a person has opened.
type lot struct {
	id     string
	seller *person
}

func (h *house) figure(format string, parts ...any) {
	h.figures = append(h.figures, fmt.Sprintf(format, parts...))
}

// clock begins to measure.
func (h *house) clock(*testscript.TestScript, ...string) error {
	h.began = time.Now()
	return nil
}

// took WHAT remembers how long it was since clock.
func (h *house) took(_ *testscript.TestScript, args ...string) error {
	h.figure("%s: %v", args[0], time.Since(h.began).Round(time.Millisecond))
	return nil
}

// past writes what happened before.
func (h *house) past(*testscript.TestScript, ...string) error {
	begin := time.Now()
	err := writePast(context.Background(), filepath.Join(h.dir, "app.db"), h.dayOne)
	h.figure("%d events were written in %v", h.dayOne, time.Since(begin).Round(time.Millisecond))
	return err
}

// What visitors do before the load begins.
const (
	sellers   = 30
	longLots  = 150 // that stay open, with a timer that waits
	withdrawn = 10
)

// sale lets people register, and open lots that stay open. The last two have the same
// title.
func (h *house) sale(*testscript.TestScript, ...string) error {
	for n := range sellers {
		p, err := newPerson(h.client.URL, &h.notes)
		if err != nil {
			return err
		}
		if refused, err := p.register(fmt.Sprint("visitor-", n)); refused != "" || err != nil {
			return errors.Join(err, errors.New(refused))
		}
		h.people = append(h.people, p)
	}
	for n := range longLots + withdrawn {
		l := &lot{fmt.Sprintf("sale-%03d", n), h.people[n%sellers]}
		if err := l.offer(fmt.Sprintf("A bicycle, number %d", min(n, longLots+withdrawn-2)), "PT12H", 8*time.Hour); err != nil {
			return err
		}
		if n < withdrawn {
			if refused, err := l.seller.withdraw(l.id); refused != "" || err != nil {
				return errors.Join(err, errors.New(refused))
			}
			continue
		}
		h.lots = append(h.lots, l)
	}
	return nil
}

// offer describes a lot and opens it.
func (l *lot) offer(title, grace string, long time.Duration) error {
	refused, err := l.seller.draft(l.id, title, grace)
	if refused == "" && err == nil {
		refused, err = l.seller.open(l.id, long)
	}
	if refused != "" {
		err = errors.Join(err, fmt.Errorf("%s is refused with %s", l.id, refused))
	}
	return err
}

var gap = regexp.MustCompile(`took over from .*`)

// takeover BINARY replaces the running build while people bid. Some commands are
// acknowledged by each.
func (h *house) takeover(ts *testscript.TestScript, args ...string) (err error) {
	if h.tab, err = h.openTab(); err != nil {
		return err
	}
	if err := h.more(300, "TooLow"); err != nil {
		return err
	}
	old, begin := h.process, time.Now()
	if h.process, err = h.launch(ts.MkAbs(args[0]), "serve", "--takeover"); err != nil {
		return err
	}
	<-old.ended
	h.swapped = time.Now()
	said := gap.FindString(h.output.String())
	if code := old.ProcessState.ExitCode(); code != 0 || said == "" {
		return fmt.Errorf("the old build ended with %d and said %s; the new one said %s", code, old.output, h.output)
	}
	h.figure("takeover: %v until the new build serves; it %s", h.swapped.Sub(begin).Round(time.Millisecond), said)
	if err := h.tab.goesOn(); err != nil {
		return err
	}
	return errors.Join(h.more(300, "TitleTaken"), h.later())
}

// later lets somebody bid in the new build for a lot that the old build has opened. Each
// bid for such a lot moves its end, so the timer gets the new name.
func (h *house) later() error {
	p, err := newPerson(h.client.URL, &h.notes)
	if err != nil {
		return err
	}
	if refused, err := p.register("later"); refused != "" || err != nil {
		return errors.Join(err, errors.New(refused))
	}
	_, l := h.first()
	for refused := "?"; refused != ""; {
		if refused, err = p.bid(l.id, ""); err != nil {
			return err
		}
	}
	return nil
}

// more waits until so many more commands were acknowledged, and one was refused.
func (h *house) more(n int, refusal string) error {
	h.notes.mu.Lock()
	n += len(h.notes.taken)
	h.notes.mu.Unlock()
	for end := time.Now().Add(longest); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		h.notes.mu.Lock()
		enough := len(h.notes.taken) >= n && h.notes.refused[refusal] > 0
		h.notes.mu.Unlock()
		h.mu.Lock()
		err := h.failed
		h.mu.Unlock()
		if enough || err != nil {
			return err
		}
	}
	return fmt.Errorf("people did too little: %v", h.notes.refused)
}

var livePart = regexp.MustCompile(`(?s)<div id="live".*</div><p class="live-status"`)

// pages FILE writes what pages show.
func (h *house) pages(ts *testscript.TestScript, args ...string) error {
	head, err := h.number("SELECT max(position) FROM events")
	if err != nil {
		return err
	}
	open := auction.CatalogueRowIsOpen
	addresses := []string{auctionhttp.HouseURL(), auctionhttp.CatalogueURL(auction.CatalogueParams{}), auctionhttp.CatalogueURL(auction.CatalogueParams{Is: &open})}
	for n := range 30 {
		addresses = append(addresses, auctionhttp.RoomURL(pastLot(n)))
	}
	for _, l := range h.lots {
		addresses = append(addresses, auctionhttp.RoomURL(l.id))
	}
	var all strings.Builder
	read := func(p *person, address string) error {
		mark := "?"
		if strings.Contains(address, "?") {
			mark = "&"
		}
		page, err := p.again(fmt.Sprint(address, mark, "_after=", head))
		part := livePart.FindString(page)
		if part == "" && err == nil {
			err = fmt.Errorf("%s has no live part", address)
		}
		fmt.Fprintf(&all, "%s\n%s\n", address, part)
		return err
	}
	for _, a := range addresses {
		if err := read(h.people[0], a); err != nil {
			return err
		}
	}
	for _, p := range h.people {
		if err := read(p, auctionhttp.MineURL()); err != nil {
			return err
		}
	}
	return os.WriteFile(ts.MkAbs(args[0]), []byte(all.String()), 0o666)
}
