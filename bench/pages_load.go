package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"
)

// pageRounds is how often a run measures each set of pages.
const pageRounds = 6

// pageCost is the cost of commands about one set of pages.
type pageCost struct {
	commands   int
	cpu, bytes float64         // sums; the processor time is the server's
	took       []time.Duration // from before each POST to the patch
}

// run measures the sets of pages by turns: those that are watched, and at last
// those that are not.
func (l *pageLoad) run(ctx context.Context, slice time.Duration) ([]float64, error) {
	costs := make([]pageCost, len(pageCodings)+1)
	for range pageRounds {
		for set := range costs {
			if err := l.add(ctx, &costs[set], set, slice); err != nil {
				return nil, err
			}
		}
	}
	alone := costs[len(pageCodings)]
	unwatched := alone.cpu / float64(alone.commands)
	var figures []float64
	for set, coding := range pageCodings {
		c := costs[set]
		n := float64(c.commands)
		observe(ctx, l.name(coding)+", POST to patch", c.took)
		figures = append(figures, c.cpu/n-unwatched, c.cpu/n, c.bytes/n, seconds(c.took, 0.5), seconds(c.took, 0.999))
	}
	return figures, nil
}

// add sends commands for the time of a slice, and waits for all their patches.
func (l *pageLoad) add(ctx context.Context, c *pageCost, set int, slice time.Duration) error {
	cpu, bytes, until := l.server.cpu(), l.bytes.Load(), time.Now().Add(slice)
	took := make([][]time.Duration, commandClients)
	sent := make([]int, commandClients)
	faults := make([]error, commandClients)
	var done sync.WaitGroup
	for client := range commandClients {
		done.Go(func() { sent[client], took[client], faults[client] = l.client(ctx, set, client, until) })
	}
	done.Wait()
	if err := errors.Join(faults...); err != nil {
		return err
	}
	c.cpu += l.server.cpu() - cpu
	c.bytes += float64(l.bytes.Load() - bytes)
	for client := range commandClients {
		c.commands += sent[client]
	}
	c.took = append(c.took, slices.Concat(took...)...)
	return nil
}

// client sends commands about every sixteenth page of a set, on one connection.
// It waits for a patch before it sends the next command about the same page.
func (l *pageLoad) client(ctx context.Context, set, client int, until time.Time) (sent int, took []time.Duration, err error) {
	conn, err := net.DialTimeout("tcp", l.host, patience)
	if err != nil {
		return 0, nil, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(until.Add(patience)); err != nil {
		return 0, nil, err
	}
	answers := bufio.NewReader(conn)
	waiting := map[*watchedPage]bool{} // for a patch
	for at := client; time.Now().Before(until); at += commandClients {
		if at >= l.pages {
			at = client
		}
		page := set*l.pages + at
		if set < len(pageCodings) {
			w := l.watched[page]
			if took, err = l.await(ctx, w, waiting, took); err != nil {
				return 0, nil, err
			}
			waiting[w] = true
			w.posted.Store(time.Now().UnixNano())
		}
		if err := command(conn, answers, l.host, l.command(page, l.second[page]), l.body); err != nil {
			return 0, nil, fmt.Errorf("page %d: %w", page, err)
		}
		l.second[page] = !l.second[page]
		sent++
	}
	for w := range waiting {
		if took, err = l.await(ctx, w, waiting, took); err != nil {
			return 0, nil, err
		}
	}
	return sent, took, nil
}

// await waits until a page has its patch, if it waits for one.
func (l *pageLoad) await(ctx context.Context, w *watchedPage, waiting map[*watchedPage]bool, took []time.Duration) ([]time.Duration, error) {
	if !waiting[w] {
		return took, nil
	}
	delete(waiting, w)
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case t := <-w.arrived:
		return append(took, t), nil
	case err := <-l.faults:
		return nil, err
	case <-ctx.Done():
		return nil, fmt.Errorf("a patch did not come: %w", ctx.Err())
	}
}
