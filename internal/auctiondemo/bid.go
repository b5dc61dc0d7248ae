package auctiondemo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"ironstar.dev/ops"
)

// visitors are the names of those who bid on a server. They come back with a number.
var visitors = []string{"mara", "nico", "olga", "piet", "rosa", "sven", "tilda", "umut", "vera", "wim"}

// Bid is the command app bid.
type Bid struct {
	URL     string        `name:"url" default:"http://127.0.0.1:8080" placeholder:"URL" help:"The address of the server."`
	Bidders int           `default:"5" placeholder:"N" help:"How many visitors bid, from 1 to 10."`
	Pause   time.Duration `default:"8s" placeholder:"TIME" help:"How long a visitor looks around before each bid, on average."`
}

// Help is what stands below the sentence of the table of commands.
func (*Bid) Help() string {
	return `Each visitor is a browser without a screen: it registers, looks into the catalogue,
opens the page of a lot that is open, and bids what the page asks for, or more. The
server tells visitors what it tells people, and what they hear is printed.`
}

// Run bids until Ctrl-C.
func (b *Bid) Run(c *ops.Call) error {
	if b.Bidders < 1 || b.Bidders > len(visitors) {
		return fmt.Errorf("--bidders %d: from 1 to %d", b.Bidders, len(visitors))
	}
	if b.Pause <= 0 {
		return fmt.Errorf("--pause %v: more than nothing", b.Pause)
	}
	ctx, stop := context.WithCancelCause(c.Context)
	defer stop(nil)
	out := &lines{out: c.Stdout}
	var all sync.WaitGroup
	for _, name := range visitors[:b.Bidders] {
		all.Go(func() {
			if err := b.visit(ctx, name, out); err != nil && ctx.Err() == nil {
				stop(fmt.Errorf("%s: %w", name, err))
			}
		})
	}
	all.Wait()
	if c.Context.Err() != nil {
		return nil // it was asked to end
	}
	return context.Cause(ctx)
}

// visit registers somebody who then bids now and then.
func (b *Bid) visit(ctx context.Context, name string, out *lines) error {
	v, err := newVisitor(ctx, b.URL)
	if err != nil {
		return err
	}
	if name, err = v.register(ctx, name); err != nil {
		return err
	}
	for pause(ctx, b.Pause) {
		lots, err := v.openLots(ctx)
		if err != nil {
			return err
		}
		if len(lots) == 0 {
			out.say("%s finds no open lot", name)
			continue
		}
		lot := lots[rand.N(len(lots))]
		said, err := v.bid(ctx, lot)
		if errors.Is(err, errOver) {
			continue // it ended while the visitor was on the way
		}
		if err != nil {
			return err
		}
		out.say("%s, %s: %s", name, lot, said)
	}
	return nil
}

// pause waits between nothing and twice as long, and returns false if ctx ends.
func pause(ctx context.Context, average time.Duration) bool {
	select {
	case <-time.After(rand.N(2 * average)):
		return true
	case <-ctx.Done():
		return false
	}
}

// lines prints what several visitors do, one at a time.
type lines struct {
	mu  sync.Mutex
	out io.Writer
}

func (l *lines) say(format string, parts ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(l.out, time.Now().Format("15:04:05 ")+format+"\n", parts...)
}
