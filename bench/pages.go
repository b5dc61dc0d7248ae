package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"ironstar.dev"
	gen "ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
	"ironstar.dev/sqlite"
)

// pageCodings are the content codings of the watched pages of a server: one set of
// pages each. A further set of pages is not watched.
var pageCodings = []string{"", "zstd"}

// measurePages has two servers with many different pages, each watched by one
// client. Each command changes one page. What watching adds to a command is the
// difference to commands about pages that nobody watches.
func measurePages(ctx context.Context, b *bench) error {
	pages := b.size(1000, 200)
	ours, err := b.openPages(ctx, pages)
	if err != nil {
		return err
	}
	defer ours.close()
	floor, err := b.openPagesFloor(ctx, pages)
	if err != nil {
		return err
	}
	defer floor.close()
	return b.comparePages(ctx, ours, floor)
}

func (b *bench) comparePages(ctx context.Context, ours, floor *pageLoad) error {
	var metrics []metric
	for _, coding := range pageCodings {
		name := ours.name(coding)
		metrics = append(metrics,
			metric{name + ", render and send, CPU", duration, ratioAtMost(1.3)},
			metric{name + ", the whole command, CPU", duration, aim{}},
			metric{name + ", bytes per patch", times, aim{}},
			metric{name + ", POST to patch, p50", duration, aim{}}, metric{name + ", POST to patch, p99.9", duration, aim{}})
	}
	slice := time.Duration(b.size(250, 100)) * time.Millisecond
	return b.compare(ctx, experiment{
		within: time.Duration(b.size(60, 10)) * time.Second, metrics: metrics,
		ours:  func(ctx context.Context, _ int) ([]float64, error) { return ours.run(ctx, slice) },
		floor: func(ctx context.Context, _ int) ([]float64, error) { return floor.run(ctx, slice) },
	})
}

// pageLoad sends commands about the pages of a server.
type pageLoad struct {
	server  *process
	host    string
	pages   int // of each set
	body    string
	command func(page int, second bool) string // address of the two commands that undo each other
	feed    func(page int) string
	watched []*watchedPage
	second  []bool // by page, whether the second command is next
	bytes   atomic.Int64
	faults  chan error // of watchers; when it is full further ones are dropped
	closed  chan struct{}
	done    sync.WaitGroup
}

// watchedPage is a page and the client that watches it.
type watchedPage struct {
	conn    net.Conn
	posted  atomic.Int64       // when the last command was sent; Unix nanoseconds
	arrived chan time.Duration // from then to the patch; capacity 1, and a command is sent only when it is empty
}

// openPages starts the application with a list for each page.
func (b *bench) openPages(ctx context.Context, pages int) (*pageLoad, error) {
	app, err := b.binary(ctx, "./cmd/app")
	if err != nil {
		return nil, err
	}
	dir, err := b.folder("pages")
	if err != nil {
		return nil, err
	}
	db := filepath.Join(dir, "app.db")
	line, err := fillPages(ctx, db, (len(pageCodings)+1)*pages)
	if err != nil {
		return nil, err
	}
	server, err := startProcess(ctx, nil, app, "-addr", "127.0.0.1:0", "-db", db)
	if err != nil {
		return nil, err
	}
	l := &pageLoad{server: server, faults: make(chan error, 1), closed: make(chan struct{}), pages: pages, body: fmt.Sprintf(`{"id":"%s"}`, line)}
	l.command = func(page int, second bool) string {
		if second {
			return todohttp.ListReopenURL(strconv.Itoa(page))
		}
		return todohttp.ListCompleteURL(strconv.Itoa(page))
	}
	l.feed = func(page int) string { return todohttp.BoardFeedURL(strconv.Itoa(page), gen.BoardParams{}) }
	return l.open()
}

// fillPages makes the file of an application with lists. It returns the id of the
// first line, which is the same in all lists.
func fillPages(ctx context.Context, path string, lists int) (line ironstar.UUID, err error) {
	store, err := sqlite.Open(ctx, path, sqlite.Options{Shapes: gen.ListShapes})
	if err != nil {
		return line, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	lines, err := addLists(ctx, store, lists, listSize)
	if err != nil {
		return line, err
	}
	return lines[0], nil
}

// openPagesFloor starts this command again as the floor's server.
func (b *bench) openPagesFloor(ctx context.Context, pages int) (*pageLoad, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	dir, err := b.folder("pagesfloor")
	if err != nil {
		return nil, err
	}
	server, err := startProcess(ctx, nil, self, pagesFloor, filepath.Join(dir, "floor.db"), strconv.Itoa((len(pageCodings)+1)*pages))
	if err != nil {
		return nil, err
	}
	l := &pageLoad{server: server, faults: make(chan error, 1), closed: make(chan struct{}), pages: pages, body: fmt.Sprintf(`{"id":"%s"}`, ironstar.NewUUID())}
	l.command = func(page int, _ bool) string { return "/toggle/" + strconv.Itoa(page) }
	l.feed = func(page int) string { return "/feed/" + strconv.Itoa(page) }
	return l.open()
}

// open opens a feed for each page that is watched.
func (l *pageLoad) open() (*pageLoad, error) {
	at, err := url.Parse(l.server.url)
	if err != nil {
		return nil, errors.Join(err, l.close())
	}
	l.host, l.second = at.Host, make([]bool, (len(pageCodings)+1)*l.pages)
	for set, coding := range pageCodings {
		for i := range l.pages {
			if err := l.watch(set*l.pages+i, coding); err != nil {
				return nil, errors.Join(err, l.close())
			}
		}
	}
	return l, nil
}

// watch opens the feed of a page, and waits for its first patch.
func (l *pageLoad) watch(page int, coding string) error {
	conn, body, err := openFeed(l.server.url+l.feed(page), coding, page)
	if err != nil {
		return err
	}
	w := &watchedPage{conn: conn, arrived: make(chan time.Duration, 1)}
	l.watched = append(l.watched, w)
	counted := &counter{body, &l.bytes}
	next := func() error { return blocks(counted) }
	if coding == "" {
		r := bufio.NewReaderSize(counted, 512)
		next = func() error { _, err := readEvent(r, nil); return err }
	}
	if err := next(); err != nil {
		return fmt.Errorf("the first patch of page %d: %w", page, err)
	}
	l.done.Go(func() {
		for {
			if err := next(); err != nil {
				select {
				case l.faults <- fmt.Errorf("read the feed of page %d: %w", page, err):
				default:
				}
				return
			}
			select {
			case w.arrived <- time.Duration(time.Now().UnixNano() - w.posted.Load()):
			case <-l.closed:
				return
			}
		}
	})
	return nil
}

func (l *pageLoad) close() error {
	for _, w := range l.watched {
		_ = w.conn.Close() // nothing is written
	}
	l.server.stop()
	close(l.closed)
	l.done.Wait()
	return nil
}

func (l *pageLoad) name(coding string) string {
	name := fmt.Sprintf("%d different pages", l.pages)
	if coding != "" {
		name += ", " + coding
	}
	return name
}
