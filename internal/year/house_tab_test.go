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
	p := h.people[0]
	page, err := p.again(auctionhttp.RoomURL(h.lots[0].id))
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

// isStale opens the feed again, as the client of the page does, and wants the new build to
// say that it has another version of the page.
func (t *tab) isStale() error {
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
	var said strings.Builder
	for lines := bufio.NewScanner(feed); lines.Scan(); {
		if strings.Contains(lines.Text(), "_stale") {
			return nil
		}
		fmt.Fprintln(&said, lines.Text())
	}
	return fmt.Errorf("a page of the old build does not hear that it is out of date: %s", said.String())
}
