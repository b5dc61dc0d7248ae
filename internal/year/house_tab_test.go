package year_test

import (
	"bufio"
	"errors"
	"fmt"
	"html"
	"io"
	"regexp"
	"strings"
	"time"

	"ironstar.dev/gen/auction/auctionhttp"
)

// tab is a page that the old build has sent, and that stays open.
type tab struct {
	*person
	feed  string
	ended chan error // of the feed from the old build
}

var feedAddress = regexp.MustCompile(`data-live-feed="([^"]*)"`)

// openTab opens the room of a lot.
func (h *house) openTab() (*tab, error) {
	p, l := h.first()
	page, err := p.again(auctionhttp.RoomURL(l.id))
	if err != nil {
		return nil, err
	}
	m := feedAddress.FindStringSubmatch(page)
	if m == nil {
		return nil, errors.New("a room has no feed")
	}
	t := &tab{p, html.UnescapeString(m[1]), make(chan error, 1)}
	old, err := p.Feed(t.feed)
	if err != nil {
		return nil, err
	}
	go func() {
		_, err := io.Copy(io.Discard, old)
		t.ended <- errors.Join(err, old.Close())
	}()
	return t, nil
}

// goesOn opens the feed again, as the client of the page does, and wants what the page
// shows now. The new build has the same signals and assets, so the page need not be
// loaded again.
func (t *tab) goesOn() error {
	select {
	case err := <-t.ended:
		if err != nil {
			return fmt.Errorf("the feed of the old build does not end cleanly: %w", err)
		}
	case <-time.After(longest):
		return errors.New("the feed of the old build does not end")
	}
	feed, err := t.Feed(t.feed)
	if err != nil {
		return err
	}
	defer feed.Close()
	late := time.AfterFunc(longest, func() { _ = feed.Close() })
	defer late.Stop()
	lines := bufio.NewScanner(feed)
	for lines.Buffer(nil, 4<<20); lines.Scan(); {
		switch line := lines.Text(); {
		case strings.Contains(line, "_stale"):
			return errors.New("a page of the old build is loaded again")
		case strings.Contains(line, `<div id="live"`):
			return nil
		}
	}
	return fmt.Errorf("a page of the old build shows nothing: %w", lines.Err())
}
