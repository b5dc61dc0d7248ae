package auctiondemo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
	"ironstar.dev/gen/auction/auctionhttp"
)

// visitor is a browser without a screen: it has a session, and reads pages.
type visitor struct {
	site   string
	client *http.Client
}

func newVisitor(ctx context.Context, site string) (*visitor, error) {
	if at, err := url.Parse(site); err != nil || at.Host == "" {
		return nil, fmt.Errorf("--url %s: an address such as http://127.0.0.1:8080", site)
	}
	jar, err := cookiejar.New(nil)
	return &visitor{strings.TrimSuffix(site, "/"), &http.Client{Jar: jar, Timeout: 30 * time.Second}}, err
}

// What a visitor reads in pages.
var (
	ownStream = regexp.MustCompile(`action="(/auction/bidder/[^"]+/register)"`)
	roomLink  = regexp.MustCompile(`href="/auction/room/([^"]+)"`)
	leastBid  = regexp.MustCompile(`id="least">([0-9.]+)<`)
)

// errOver means that nobody can bid for a lot.
var errOver = errors.New("the lot is over")

// register takes a name, with a number if somebody has it, and returns it.
func (v *visitor) register(ctx context.Context, name string) (string, error) {
	page, err := v.page(ctx, auctionhttp.MineURL())
	if err != nil {
		return "", err
	}
	form := ownStream.FindStringSubmatch(page)
	if form == nil {
		return "", errors.New("the page “My bids” has no form to register: is this the auction house?")
	}
	for n := 1; ; n++ {
		handle := name
		if n > 1 {
			handle = fmt.Sprint(name, "-", n)
		}
		refusal, said, err := v.command(ctx, form[1], map[string]string{"handle": handle})
		if err != nil || refusal == "" {
			return handle, err
		}
		if refusal != (auction.BidderHandleTaken{}).Code() {
			return "", errors.New(said)
		}
	}
}

// openLots returns the ids of lots for which people bid.
func (v *visitor) openLots(ctx context.Context) (ids []string, err error) {
	open := auction.CatalogueRowIsOpen
	page, err := v.page(ctx, auctionhttp.CatalogueURL(auction.CatalogueParams{Is: &open}))
	for _, m := range roomLink.FindAllStringSubmatch(page, -1) {
		ids = append(ids, m[1])
	}
	slices.Sort(ids)
	return slices.Compact(ids), err
}

// bid bids what the page of a lot asks for, or a little more, and returns what is said.
func (v *visitor) bid(ctx context.Context, lot string) (string, error) {
	page, err := v.page(ctx, auctionhttp.RoomURL(lot))
	if err != nil {
		return "", err
	}
	found := leastBid.FindStringSubmatch(page)
	if found == nil {
		return "", errOver
	}
	amount, err := ironstar.ParseDecimal(found[1])
	if err != nil {
		return "", err
	}
	fields, what := map[string]string{"amount": amount.String()}, "bids "+amount.String()
	if rand.N(3) == 0 {
		fields["maximum"] = amount.Add(ironstar.MustDecimal("25")).String()
		what += ", and has a maximum"
	}
	refusal, said, err := v.command(ctx, auctionhttp.LotBidURL(lot), fields)
	if refusal != "" {
		what += ". The house says: " + said
	}
	return what, err
}

// page returns the HTML of a page.
func (v *visitor) page(ctx context.Context, path string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, v.site+path, nil)
	if err != nil {
		return "", err
	}
	status, body, err := v.send(r)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("GET %s is answered with %d", path, status)
	}
	return string(body), err
}

// command sends a command. It returns the code of a refusal, and what the refusal says.
func (v *visitor) command(ctx context.Context, path string, fields map[string]string) (refusal, said string, err error) {
	text, err := json.Marshal(fields)
	if err != nil {
		return "", "", err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, v.site+path, strings.NewReader(string(text)))
	if err != nil {
		return "", "", err
	}
	r.Header.Set("Content-Type", "application/json")
	status, body, err := v.send(r)
	if err != nil || status == http.StatusAccepted {
		return "", "", err
	}
	var p struct{ Code, Detail string }
	if err := json.Unmarshal(body, &p); err != nil || p.Code == "" {
		return "", "", fmt.Errorf("POST %s is answered with %d: %s", path, status, body)
	}
	return p.Code, p.Detail, nil
}

func (v *visitor) send(r *http.Request) (status int, body []byte, err error) {
	resp, err := v.client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(io.LimitReader(resp.Body, 4<<20))
	return resp.StatusCode, body, err
}
