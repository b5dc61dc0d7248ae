package year

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"regexp"
	"strings"
	"sync"
	"time"
)

// What happens on day one: the changes of each list make a hundred events.
const (
	Lists   = 100
	PerList = lines + renamed + completed + reopened + removed
	Events  = Lists * PerList

	lines, renamed, completed, reopened, removed = 40, 25, 20, 5, 10
)

// ListName returns the name of the nth list.
func ListName(n int) string { return fmt.Sprintf("list-%02d", n) }

// Client does over HTTP what people do on pages. It has a session.
type Client struct {
	URL string // address of the server

	http http.Client
}

// NewClient returns a client that reuses its connections.
func NewClient(url string) *Client {
	jar, _ := cookiejar.New(nil) // only options can be wrong
	return &Client{URL: url, http: http.Client{Jar: jar, Transport: &http.Transport{MaxIdleConnsPerHost: 32}}}
}

// Line is a line of a list as a page shows it.
type Line struct {
	ID, Text string
	Done     bool
}

func (l Line) String() string {
	return fmt.Sprintf("%s %q %v", l.ID, l.Text, l.Done)
}

// Do sends a command to a list.
func (c *Client) Do(list, command string, fields map[string]string) error {
	status, said, err := c.Send("/todo/list/"+list+"/"+command, "", fields)
	if err == nil && status/100 != 2 {
		err = fmt.Errorf("%s of %s is answered %d %s: %s", command, list, status, http.StatusText(status), said)
	}
	return err
}

// Send sends a command to an address. If it has a key, it can be sent again with the same
// key, and takes effect once.
func (c *Client) Send(address, key string, fields map[string]string) (status int, said []byte, err error) {
	body, err := json.Marshal(fields)
	if err != nil {
		return 0, nil, err
	}
	r, err := http.NewRequest(http.MethodPost, c.URL+address, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	return c.answer(r)
}

// Page reads a page.
func (c *Client) Page(address string) (string, error) {
	r, err := http.NewRequest(http.MethodGet, c.URL+address, nil)
	if err != nil {
		return "", err
	}
	status, page, err := c.answer(r)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("the page %s is answered %d: %s", address, status, page)
	}
	return string(page), err
}

// Feed opens the feed of a page. The caller closes it.
func (c *Client) Feed(address string) (io.ReadCloser, error) {
	resp, err := c.http.Get(c.URL + address)
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

func (c *Client) answer(r *http.Request) (status int, said []byte, err error) {
	resp, err := c.http.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	said, err = io.ReadAll(resp.Body)
	return resp.StatusCode, said, err
}

var lineInPage = regexp.MustCompile(`<li id="([0-9a-f-]{36})" data-testid="todo-item" class="(completed)?"(?s:.*?)data-testid="todo-title"[^>]*>([^<]*)</label>`)

// Lines reads a list's page.
func (c *Client) Lines(list string) ([]Line, error) {
	page, err := c.Page("/todo/board/" + list)
	if err != nil {
		return nil, err
	}
	var all []Line
	for _, m := range lineInPage.FindAllStringSubmatch(page, -1) {
		all = append(all, Line{m[1], html.UnescapeString(m[3]), m[2] != ""})
	}
	return all, nil
}

// Await reads a list's page until right returns true: pages follow some time
// after the answer to a command.
func (c *Client) Await(list string, right func([]Line) bool) (all []Line, err error) {
	for start := time.Now(); time.Since(start) < patience; time.Sleep(10 * time.Millisecond) {
		if all, err = c.Lines(list); err != nil || right(all) {
			return all, err
		}
	}
	return nil, fmt.Errorf("after %v the page of %s is still not as expected: %v", patience, list, all)
}

// patience is long, so that a slow machine does not fail.
const patience = 15 * time.Second

// All reads all lists of day one and returns them as text.
func (c *Client) All() (string, error) {
	var b strings.Builder
	for n := range Lists {
		all, err := c.Lines(ListName(n))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "%s has %d lines\n", ListName(n), len(all))
		for _, l := range all {
			fmt.Fprintln(&b, l)
		}
	}
	return b.String(), nil
}

// Fill does everything of day one.
func (c *Client) Fill() error {
	const hands = 16
	errs := make(chan error, Lists) // capacity for all, so sending never blocks
	next := make(chan int)          // unbuffered: an idle goroutine takes the next
	var all sync.WaitGroup
	for range hands {
		all.Go(func() {
			for n := range next {
				errs <- c.fill(n)
			}
		})
	}
	for n := range Lists {
		next <- n
	}
	close(next)
	all.Wait()
	close(errs)
	var err error
	for e := range errs {
		err = errors.Join(err, e)
	}
	return err
}

// fill fills one list. Every command leads to one event.
func (c *Client) fill(n int) error {
	list := ListName(n)
	for i := range lines {
		if err := c.Do(list, "add", map[string]string{"text": text(n, i)}); err != nil {
			return err
		}
	}
	all, err := c.Await(list, func(all []Line) bool { return len(all) == lines })
	if err != nil {
		return err
	}
	for _, part := range []struct {
		command string
		lines   []Line
	}{
		{"rename", all[:renamed]}, {"complete", all[10 : 10+completed]}, {"reopen", all[12 : 12+reopened]},
		{"remove", all[:removed/2]}, {"remove", all[lines-removed/2:]},
	} {
		for i, l := range part.lines {
			fields := map[string]string{"id": l.ID}
			if part.command == "rename" {
				fields["text"] = text(n+1, i)
			}
			if err := c.Do(list, part.command, fields); err != nil {
				return err
			}
		}
	}
	_, err = c.Await(list, func(all []Line) bool { return len(all) == lines-removed })
	return err
}

// text returns typed text. Some of it matters later in the year.
func text(list, i int) string {
	switch i % 8 {
	case 1:
		return fmt.Sprintf("call %d before noon!", list*lines+i)
	case 2:
		return fmt.Sprintf("https://example.com/%d/%d", list, i)
	case 3:
		return fmt.Sprintf("Zürich, 東京 & <b>%d</b> 😀", list*lines+i)
	case 4:
		return fmt.Sprintf("%d %s", list*lines+i, strings.Repeat("é", 270))
	case 5:
		return strings.Repeat("!", 1+list%3) // nothing else
	}
	return fmt.Sprintf("line %d of list %d", i, list)
}
