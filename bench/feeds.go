package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"ironstar.dev"
	gen "ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
)

// listSize is the number of lines of the list that everybody watches: a patch
// has about 7.5 kB.
const listSize = 5

// measureFeeds opens many feeds of one list, and another client ticks a line on
// and off. The next command is sent when all have the patch of the one before.
func measureFeeds(ctx context.Context, b *bench) error {
	app, err := b.binary(ctx, "./cmd/app")
	if err != nil {
		return err
	}
	for _, c := range []struct{ feeds, posts int }{{100, b.size(200, 30)}, {1000, b.size(30, 8)}, {5000, b.size(8, 2)}} {
		if err := b.compareFeeds(ctx, app, c.feeds, c.posts); err != nil {
			return err
		}
	}
	return b.compareIdle(ctx, app, b.size(5000, 1000))
}

// compareFeeds has three servers: the application for plain feeds, the
// application for compressed feeds, and the floor.
func (b *bench) compareFeeds(ctx context.Context, app string, feeds, posts int) error {
	plain, err := b.openHouse(ctx, app, feeds, "")
	if err != nil {
		return err
	}
	defer plain.close()
	packed, err := b.openHouse(ctx, app, feeds, "zstd")
	if err != nil {
		return err
	}
	defer packed.close()
	floor, err := b.openFloor(ctx, plain.list, feeds)
	if err != nil {
		return err
	}
	defer floor.close()
	b.progress("  %d feeds on each of three servers; a patch has %d bytes", feeds, len(plain.list.frame))
	name := fmt.Sprintf("POST to patch, %d feeds", feeds)
	plain.name, packed.name, floor.name = name, name+", zstd", name
	return b.compare(ctx, experiment{
		within: time.Duration(b.size(40, 10)) * time.Second,
		metrics: []metric{
			{name + ", CPU per delivery", duration, ratioAtMost(1.3)},
			{name + ", p50", duration, aim{}}, {name + ", p99", duration, aim{}}, {name + ", POST answered, p50", duration, aim{}},
			{name + ", zstd, CPU per delivery", duration, ratioAtMost(1)},
			{name + ", zstd, p50", duration, aim{}},
			{name + ", bytes per patch", times, aim{}}, {name + ", zstd, bytes per patch", times, atMost(times, 150)},
		},
		ours: func(ctx context.Context, _ int) ([]float64, error) {
			p, err := plain.hear(ctx, posts)
			if err != nil {
				return nil, err
			}
			z, err := packed.hear(ctx, posts)
			return []float64{p.cpu, p.p50, p.p99, p.answered, z.cpu, z.p50, p.bytes, z.bytes}, err
		},
		floor: func(ctx context.Context, _ int) ([]float64, error) {
			f, err := floor.hear(ctx, posts)
			return []float64{f.cpu, f.p50, f.p99, f.answered, f.cpu, f.p50, f.bytes, f.bytes}, err
		},
	})
}

// compareIdle opens feeds without changes. The garbage collectors of both
// servers run more often than usual, so that there is little garbage.
func (b *bench) compareIdle(ctx context.Context, app string, feeds int) error {
	const setting = "GOGC=10"
	idle := func(open func(context.Context) (*house, error)) func(context.Context, int) ([]float64, error) {
		return func(ctx context.Context, _ int) ([]float64, error) {
			h, err := open(ctx)
			if err != nil {
				return nil, err
			}
			defer h.close()
			before := h.server.resident()
			if h.audience, err = openAudience(h.feed, feeds, ""); err != nil {
				return nil, err
			}
			return []float64{(h.server.resident() - before) / 1e3 / float64(feeds)}, nil
		}
	}
	var list *sharedList // the last list
	return b.compare(ctx, experiment{
		within:  time.Duration(b.size(60, 10)) * time.Second,
		metrics: []metric{{fmt.Sprintf("memory of %d idle feeds, kB each", feeds), times, ratioAtMost(1.3)}},
		ours: idle(func(ctx context.Context) (*house, error) {
			h, err := b.openHouse(ctx, app, 0, "", setting)
			if err == nil {
				list = h.list
			}
			return h, err
		}),
		floor: idle(func(ctx context.Context) (*house, error) { return b.openFloor(ctx, list, 0, setting) }),
	})
}

// house is a server with an audience.
type house struct {
	name     string // name of its latencies
	server   *process
	list     *sharedList
	feed     string
	post     func(context.Context) error // changes the watched list
	audience *audience
}

// openHouse starts the application with its own database.
func (b *bench) openHouse(ctx context.Context, app string, feeds int, coding string, env ...string) (*house, error) {
	dir, err := b.folder("feeds" + coding)
	if err != nil {
		return nil, err
	}
	h := &house{}
	if h.server, err = startProcess(ctx, env, app, "-addr", "127.0.0.1:0", "-db", filepath.Join(dir, "app.db")); err != nil {
		return nil, err
	}
	if h.list, err = newList(ctx, h.server.url); err == nil {
		h.feed, h.post = h.list.feed, h.list.toggle
		h.audience, err = openAudience(h.feed, feeds, coding)
	}
	return h.opened(ctx, err)
}

// openFloor starts this command again as the floor's server.
func (b *bench) openFloor(ctx context.Context, list *sharedList, feeds int, env ...string) (*house, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	dir, err := b.folder("floor")
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "frame")
	if err := os.WriteFile(file, list.frame, 0o644); err != nil {
		return nil, err
	}
	h := &house{}
	if h.server, err = startProcess(ctx, env, self, floorServer, filepath.Join(dir, "floor.db"), file); err != nil {
		return nil, err
	}
	h.feed = h.server.url + "/feed"
	h.post = func(ctx context.Context) error { return list.post(ctx, h.server.url+"/append", list.body) }
	h.audience, err = openAudience(h.feed, feeds, "")
	return h.opened(ctx, err)
}

// opened makes one change that is not measured: the first compressed patch
// contains the whole page.
func (h *house) opened(ctx context.Context, err error) (*house, error) {
	if err == nil {
		_, err = h.hear(ctx, 1)
	}
	if err != nil {
		h.close()
		return nil, err
	}
	return h, nil
}

func (h *house) close() {
	if h.audience != nil {
		h.audience.close()
	}
	h.server.stop()
}

// feedCost is the cost of some changes.
type feedCost struct {
	cpu, bytes float64 // per delivery; the processor time is the server's
	p50, p99   float64 // from before the POST to the end of the patch, for all clients and changes
	answered   float64 // p50 of the POST
}

func (h *house) hear(ctx context.Context, posts int) (feedCost, error) {
	cpu, bytes := h.server.cpu(), h.audience.bytes.Load()
	took, answered, err := h.audience.hear(ctx, posts, h.post)
	observe(ctx, h.name, took)
	deliveries := float64(len(took))
	return feedCost{
		(h.server.cpu() - cpu) / deliveries, float64(h.audience.bytes.Load()-bytes) / deliveries,
		seconds(took, 0.5), seconds(took, 0.99), seconds(answered, 0.5),
	}, err
}

// sharedList is a list on a server, and its first line.
type sharedList struct {
	client *http.Client
	url    string // address of the server
	id     string
	body   []byte // body of a command about the first line
	done   bool   // whether that line is done
	feed   string // address of the feed that continues from the page
	frame  []byte // a patch as it is sent
}

// newList adds lines to a list and then reads its page.
func newList(ctx context.Context, url string) (*sharedList, error) {
	l := &sharedList{client: &http.Client{Timeout: patience}, url: url, id: ironstar.NewUUID().String()}
	for i := range listSize {
		body := fmt.Sprintf(`{"text":"line %d: buy milk, bread and a newspaper"}`, i)
		if err := l.post(ctx, url+todohttp.ListAddURL(l.id), []byte(body)); err != nil {
			return nil, err
		}
	}
	page, err := l.page(ctx)
	if err != nil {
		return nil, err
	}
	from := regexp.MustCompile(`_from(?:=|\\u003d)(\d+\.[0-9a-f]+)`).FindSubmatch(page) // in a script
	line := regexp.MustCompile(`<li[^>]* id="([0-9a-f-]{36})"`).FindSubmatch(page)
	if from == nil || line == nil {
		return nil, errors.New("the page of the list has no id of its feed, or no line")
	}
	l.body = fmt.Appendf(nil, `{"id":"%s"}`, line[1])
	feed := url + todohttp.BoardFeedURL(l.id, gen.BoardParams{})
	l.feed = feed + "?_from=" + string(from[1])
	conn, events, err := openFeed(feed, "", 0)
	if err != nil {
		return nil, err
	}
	l.frame, err = readEvent(bufio.NewReader(events), []byte{})
	return l, errors.Join(err, conn.Close())
}

// page waits until the page shows all lines.
func (l *sharedList) page(ctx context.Context) ([]byte, error) {
	address := l.url + todohttp.BoardURL(l.id, gen.BoardParams{})
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address+fmt.Sprintf("?_after=%d", listSize), nil)
	if err != nil {
		return nil, err
	}
	answer, err := l.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err == nil && strings.Count(string(page), "buy milk") != listSize {
		err = fmt.Errorf("%s: %s, and not all %d lines are there", address, answer.Status, listSize)
	}
	return page, err
}

// toggle ticks the first line off, or on again.
func (l *sharedList) toggle(ctx context.Context) error {
	address := todohttp.ListCompleteURL(l.id)
	if l.done {
		address = todohttp.ListReopenURL(l.id)
	}
	l.done = !l.done
	return l.post(ctx, l.url+address, l.body)
}

// post sends a command as an API client would.
func (l *sharedList) post(ctx context.Context, address string, body []byte) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", ironstar.NewUUID().String())
	answer, err := l.client.Do(r)
	if err != nil {
		return err
	}
	said, err := io.ReadAll(answer.Body) // to the end, so that the connection is reused
	err = errors.Join(err, answer.Body.Close())
	if err == nil && answer.StatusCode != http.StatusAccepted {
		err = fmt.Errorf("%s: %s %s", address, answer.Status, said)
	}
	return err
}
