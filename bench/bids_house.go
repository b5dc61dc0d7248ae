package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"ironstar.dev"
	gen "ironstar.dev/gen/auction"
	"ironstar.dev/gen/auction/auctionhttp"
)

// auctionHouse is the application as its bidders see it. All that the bench knows of
// lots and bids is in this file.
type auctionHouse struct {
	server  *process
	seller  string   // a cookie
	bidders []string // cookies
}

// openAuction starts the application, and registers bidders and a seller.
func (b *bench) openAuction(ctx context.Context, app string, bidders int) (*auctionHouse, error) {
	dir, err := b.folder("bids")
	if err != nil {
		return nil, err
	}
	h := &auctionHouse{}
	if h.server, err = startProcess(ctx, nil, app, "-addr", "127.0.0.1:0", "-db", filepath.Join(dir, "app.db")); err != nil {
		return nil, err
	}
	if h.seller, err = h.register("seller"); err == nil {
		for i := range bidders {
			var cookie string
			if cookie, err = h.register(fmt.Sprintf("bidder-%03d", i)); err != nil {
				break
			}
			h.bidders = append(h.bidders, cookie)
		}
	}
	if err != nil {
		h.server.stop()
		return nil, err
	}
	return h, nil
}

// registerForm finds where the page “My bids” sends the name of its session.
var registerForm = regexp.MustCompile(`action="([^"]*/register)"`)

// register makes a session with a name, and returns its cookie.
func (h *auctionHouse) register(handle string) (cookie string, err error) {
	answer, err := (&http.Client{Timeout: patience}).Get(h.server.url + auctionhttp.MineURL())
	if err != nil {
		return "", err
	}
	page, err := io.ReadAll(answer.Body)
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return "", err
	}
	form, cookies := registerForm.FindSubmatch(page), answer.Cookies()
	if form == nil || len(cookies) != 1 {
		return "", fmt.Errorf("%s has no form to register, or no cookie: %s", auctionhttp.MineURL(), answer.Status)
	}
	cookie = cookies[0].Name + "=" + cookies[0].Value
	return cookie, h.must(cookie, string(form[1]), `{"handle":"`+handle+`"}`)
}

// must gives a command that has to succeed, on a connection of its own.
func (h *auctionHouse) must(cookie, address, body string) error {
	l, err := dial(h.server.url)
	if err != nil {
		return err
	}
	defer l.conn.Close()
	answer, err := l.post(cookie, address, body)
	if err == nil && answer.status != http.StatusAccepted {
		err = fmt.Errorf("%s: %d %s", address, answer.status, answer.said)
	}
	return err
}

// sell opens a lot for an hour, for bids of 1 and more, each at least 1 more than the
// one before.
func (h *auctionHouse) sell() (*sale, error) {
	id := ironstar.NewUUID().String()
	draft := `{"title":"A chair","description":"It has four legs.","start":"1","step":"1","grace":"PT1S"}`
	if err := h.must(h.seller, auctionhttp.LotDraftURL(id), draft); err != nil {
		return nil, err
	}
	ends := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	return &sale{
		server: h.server, feed: h.server.url + auctionhttp.RoomFeedURL(id), bid: auctionhttp.LotBidURL(id), bidders: h.bidders,
		body:   func(amount int64) string { return `{"amount":"` + strconv.FormatInt(amount, 10) + `"}` },
		tooLow: func(a answer) bool { return strings.Contains(a.said, gen.LotTooLow{}.Code()) },
	}, h.must(h.seller, auctionhttp.LotOpenURL(id), `{"ends":"`+ends+`"}`)
}
