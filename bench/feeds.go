package main

import (
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

// listSize is how many lines the list has that everybody watches.
const listSize = 10

// measureFeeds lets many clients watch one list, and one other tick a line of
// it off and on again. The next command is sent when all have the patch of the
// one before.
func measureFeeds(ctx context.Context, b *bench) error {
	app, err := b.binary(ctx, "./cmd/app")
	if err != nil {
		return err
	}
	for _, c := range []struct{ feeds, posts int }{{100, b.size(100, 30)}, {1000, b.size(25, 8)}} {
		if err := b.compareFeeds(ctx, app, c.feeds, c.posts); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) compareFeeds(ctx context.Context, app string, feeds, posts int) error {
	dir, err := b.folder("feeds")
	if err != nil {
		return err
	}
	server, err := startProcess(ctx, app, "-addr", "127.0.0.1:0", "-db", filepath.Join(dir, "app.db"))
	if err != nil {
		return err
	}
	defer server.stop()
	list, err := newList(ctx, server.url)
	if err != nil {
		return err
	}
	floor, err := startFloor(ctx, dir, list.frame)
	if err != nil {
		return err
	}
	defer floor.stop()
	b.say("  opening 2 × %d feeds; a patch has %d bytes", feeds, len(list.frame))
	ours, err := openAudience(list.feed, feeds)
	if err != nil {
		return err
	}
	defer ours.close()
	bare, err := openAudience(floor.url+"/feed", feeds)
	if err != nil {
		return err
	}
	defer bare.close()
	name := fmt.Sprintf("POST to patch, %d feeds", feeds)
	return b.compare(ctx, experiment{
		metrics: []metric{{name + ", p50", duration, aim{}}, {name + ", p99", duration, aim{}}, {name + ", POST answered, p50", duration, aim{}}},
		ours: func(ctx context.Context, _ int) ([]float64, error) {
			return feedFigures(ours.hear(ctx, posts, list.toggle))
		},
		floor: func(ctx context.Context, _ int) ([]float64, error) {
			return feedFigures(bare.hear(ctx, posts, func(ctx context.Context) error {
				return list.post(ctx, floor.url+"/append", list.body)
			}))
		},
	})
}

func feedFigures(heard, answered []time.Duration, err error) ([]float64, error) {
	return []float64{seconds(heard, 0.5), seconds(heard, 0.99), seconds(answered, 0.5)}, err
}

// sharedList is a list on a server, and its first line.
type sharedList struct {
	client *http.Client
	url    string // of the server
	id     string
	body   []byte // of a command about the first line
	done   bool   // that line
	feed   string // goes on from what the page shows
	frame  []byte // a patch, as it is sent
}

// newList adds lines to a list and then looks at its page.
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
	from := regexp.MustCompile(`from(?:=|\\u003d)(\d+\.[0-9a-f]+)`).FindSubmatch(page) // in a script
	line := regexp.MustCompile(`<li[^>]* id="([0-9a-f-]{36})"`).FindSubmatch(page)
	if from == nil || line == nil {
		return nil, errors.New("the page of the list has no id of its feed, or no line")
	}
	l.body = fmt.Appendf(nil, `{"id":"%s"}`, line[1])
	feed := url + todohttp.BoardFeedURL(l.id, gen.BoardParams{Show: gen.BoardParamsShowAll})
	l.feed = feed + "?from=" + string(from[1])
	conn, events, err := openFeed(feed)
	if err != nil {
		return nil, err
	}
	l.frame, err = readEvent(events, []byte{})
	return l, errors.Join(err, conn.Close())
}

// page waits until the page shows all lines.
func (l *sharedList) page(ctx context.Context) ([]byte, error) {
	address := l.url + todohttp.BoardURL(l.id, gen.BoardParams{Show: gen.BoardParamsShowAll})
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address+fmt.Sprintf("?after=%d", listSize), nil)
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
	said, err := io.ReadAll(answer.Body) // to the end, so that the connection is used again
	err = errors.Join(err, answer.Body.Close())
	if err == nil && answer.StatusCode != http.StatusAccepted {
		err = fmt.Errorf("%s: %s %s", address, answer.Status, said)
	}
	return err
}

// startFloor starts this command again as the floor's server.
func startFloor(ctx context.Context, dir string, frame []byte) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "frame")
	if err := os.WriteFile(file, frame, 0o644); err != nil {
		return nil, err
	}
	return startProcess(ctx, self, floorServer, filepath.Join(dir, "floor.db"), file)
}
