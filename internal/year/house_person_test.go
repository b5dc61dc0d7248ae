package year_test

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"time"

	"ironstar.dev/gen/auction/auctionhttp"
	"ironstar.dev/internal/year"
)

// person is a visitor of the auction house. It knows its addresses and fields, which
// stay the same in all releases.
type person struct {
	*year.Client
	notes   *notes
	session string
}

// taken is a command that was acknowledged.
type taken struct {
	key, command, about, session, stream string
	first, last                          int64
}

// notes are what the server said to all visitors.
type notes struct {
	mu      sync.Mutex
	taken   []taken
	refused map[string]int // by code
	longest time.Duration  // that somebody waited for an answer
}

var ownAddress = regexp.MustCompile(`action="[^"]*/bidder/([0-9a-f]+)/register"`)

// newPerson opens the page where people register.
func newPerson(url string, n *notes) (*person, error) {
	p := &person{Client: year.NewClient(url), notes: n}
	page, err := p.again(auctionhttp.MineURL())
	if err != nil {
		return nil, err
	}
	m := ownAddress.FindStringSubmatch(page)
	if m == nil {
		return nil, errors.New("a page does not say which session it has")
	}
	p.session = m[1]
	return p, nil
}

// longest is how long a visitor tries something.
const longest = 3 * time.Minute

// again reads a page, again until there is one.
func (p *person) again(address string) (page string, err error) {
	for end := time.Now().Add(longest); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if page, err = p.Page(address); err == nil {
			return page, nil
		}
	}
	return "", err
}

// send sends a command as the client of a page does: again with the same key until there
// is an answer. It returns the code of a refusal.
func (p *person) send(address string, t taken, fields map[string]string) (refused string, err error) {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	t.key, t.session = hex.EncodeToString(random[:]), p.session
	begin := time.Now()
	for end := begin.Add(longest); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		status, said, failed := p.Send(address, t.key, fields)
		if failed != nil || slices.Contains([]int{408, 425, 429, 502, 503, 504}, status) {
			err = errors.Join(failed, fmt.Errorf("answered %d: %s", status, said))
			continue
		}
		return p.notes.add(t, address, time.Since(begin), status, said)
	}
	return "", fmt.Errorf("%s: %w", address, err)
}

// add notes an answer.
func (n *notes) add(t taken, address string, waited time.Duration, status int, said []byte) (string, error) {
	var answer struct {
		First, Last int64
		Code        string
	}
	if err := json.Unmarshal(said, &answer); err != nil || status >= 500 || status != http.StatusAccepted && answer.Code == "" {
		return "", fmt.Errorf("%s is answered %d: %s", address, status, said)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.longest = max(n.longest, waited)
	if status != http.StatusAccepted {
		n.refused[answer.Code]++
		return answer.Code, nil
	}
	t.first, t.last = answer.First, answer.Last
	n.taken = append(n.taken, t)
	return "", nil
}

// register takes a name.
func (p *person) register(handle string) (string, error) {
	return p.send(auctionhttp.BidderRegisterURL(p.session), taken{command: "register", stream: p.session, about: handle}, map[string]string{"handle": handle})
}

// draft describes a lot. A bid so shortly before the end as grace moves the end.
func (p *person) draft(lot, title, grace string) (string, error) {
	return p.send(auctionhttp.LotDraftURL(lot), taken{command: "draft", stream: lot, about: title}, map[string]string{
		"title": title, "description": "It is for sale.", "start": "1.00", "step": "1.00", "grace": grace})
}

// open lets people bid for some time.
func (p *person) open(lot string, long time.Duration) (string, error) {
	ends := time.Now().Add(long).UTC().Format(time.RFC3339Nano)
	return p.send(auctionhttp.LotOpenURL(lot), taken{command: "open", stream: lot, about: ends}, map[string]string{"ends": ends})
}

// withdraw ends a lot for which nobody has bid.
func (p *person) withdraw(lot string) (string, error) {
	return p.send(auctionhttp.LotWithdrawURL(lot), taken{command: "withdraw", stream: lot}, map[string]string{})
}

var leastBid = regexp.MustCompile(`id="least">([0-9.]+)<`)

// bid bids what the page of a lot asks for. With a maximum, the house goes further.
func (p *person) bid(lot, maximum string) (string, error) {
	page, err := p.again(auctionhttp.RoomURL(lot))
	if err != nil {
		return "", err
	}
	m := leastBid.FindStringSubmatch(page)
	if m == nil {
		return "NotOpen", nil
	}
	fields := map[string]string{"amount": m[1]}
	if maximum != "" {
		fields["maximum"] = maximum
	}
	return p.send(auctionhttp.LotBidURL(lot), taken{command: "bid", stream: lot}, fields)
}
