package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// peerWork and peerResult are the input and output of the program in peers.
type peerWork struct {
	Store string        `json:"store"`
	Do    string        `json:"do"`
	Dir   string        `json:"dir"`
	N     int           `json:"n"`
	Each  int           `json:"events"`
	For   time.Duration `json:"for"`
}

type peerResult struct {
	About   string          `json:"about"`
	Count   int             `json:"count"`
	Seconds float64         `json:"seconds"`
	Took    []time.Duration `json:"took"`

	busy float64 // processor time of the process, in seconds
}

// peers is the program that runs other libraries. Both sides run in new
// processes of it.
type peers struct {
	b   *bench
	bin string
}

// measurePeers replaces the floor by other libraries. It needs modules that
// nothing else here needs, so it runs only if it is requested.
func measurePeers(ctx context.Context, b *bench) error {
	if !slices.Contains(b.opts.only, "peers") {
		b.progress("  left out: it runs with -only peers")
		return nil
	}
	p := peers{b, filepath.Join(b.dir, "bin", "peers")}
	b.progress("  building ./bench/peers")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", p.bin, ".")
	build.Dir = filepath.Join(b.repo, "bench", "peers")
	if _, err := output(build); err != nil {
		return err
	}
	ours, err := p.run(ctx, peerWork{Store: "ironstar", Do: "about"})
	if err != nil {
		return err
	}
	b.setting("ours: %s", ours.About)
	for _, name := range []string{"hallgren-modernc", "hallgren-mattn"} {
		about, err := p.run(ctx, peerWork{Store: name, Do: "about"})
		if err != nil {
			b.progress("  %s is left out: %v", name, err)
			continue
		}
		b.setting("%s: %s", name, about.About)
		if err := p.compare(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

func (p peers) compare(ctx context.Context, name string) error {
	during := time.Duration(p.b.size(1000, 500)) * time.Millisecond
	const writers = 64
	for _, w := range []struct {
		do, name string
		aim      aim
	}{
		{"append", "append, 64 writers", ratioAtLeast(8)},
		{"command", "decide and append, 64 writers", nil},
	} {
		row := w.name + ", beside " + name
		err := p.b.compare(ctx, experiment{
			metrics: []metric{{row, perSecond, w.aim}, {row + ", p50", duration, nil}, {row + ", p99", duration, nil}},
			within:  time.Minute,
			ours:    p.side(row, peerWork{Store: "ironstar", Do: w.do, N: writers, For: during}, rateFigures),
			floor:   p.side(row, peerWork{Store: name, Do: w.do, N: writers, For: during}, rateFigures),
		})
		if err != nil {
			return err
		}
	}
	return p.compareReads(ctx, name)
}

// compareReads loads streams of 1 000 events, and folds all events of many
// lists into one view.
func (p peers) compareReads(ctx context.Context, name string) error {
	long := peerWork{Do: "load", N: p.b.size(20, 5), Each: 1000}
	many := peerWork{Do: "rebuild", N: p.b.size(2000, 200), Each: 100}
	for _, c := range []struct {
		row     string
		unit    unit
		aim     aim
		work    peerWork
		figures func(peerResult) []float64
	}{
		{"load a stream of 1000 events, beside " + name, duration, ratioAtMost(1. / 4), long, loadFigures},
		{fmt.Sprintf("rebuild a global view, %dk events, beside %s", many.N*many.Each/1000, name), perSecond, ratioAtLeast(8), many, rebuildFigures},
	} {
		ours, theirs := c.work, c.work
		ours.Store, theirs.Store = "ironstar", name
		for _, w := range []*peerWork{&ours, &theirs} {
			dir, err := p.b.folder("peers-" + w.Do + "-" + w.Store)
			if err != nil {
				return err
			}
			w.Dir = dir
			fill := *w
			fill.Do = "fill"
			if _, err := p.run(ctx, fill); err != nil {
				return err
			}
		}
		err := p.b.compare(ctx, experiment{
			metrics: []metric{{c.row, c.unit, c.aim}, {c.row + ", processor time each", duration, nil}}, within: time.Minute,
			ours: p.side(c.row, ours, c.figures), floor: p.side(c.row, theirs, c.figures),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func rateFigures(r peerResult) []float64 {
	return []float64{float64(r.Count) / r.Seconds, seconds(r.Took, 0.5), seconds(r.Took, 0.99)}
}

func loadFigures(r peerResult) []float64 {
	return []float64{seconds(r.Took, 0.5), r.busy / float64(r.Count)}
}

func rebuildFigures(r peerResult) []float64 {
	return []float64{float64(r.Count) / r.Seconds, r.busy / float64(r.Count)}
}

// side runs work in a new process, in a new folder if it names none.
func (p peers) side(row string, w peerWork, figures func(peerResult) []float64) func(context.Context, int) ([]float64, error) {
	return func(ctx context.Context, _ int) ([]float64, error) {
		w := w
		if w.Dir == "" {
			var err error
			if w.Dir, err = p.b.folder("peers"); err != nil {
				return nil, err
			}
		}
		r, err := p.run(ctx, w)
		if err != nil {
			return nil, err
		}
		observe(ctx, row, r.Took)
		return figures(r), nil
	}
}

func (p peers) run(ctx context.Context, w peerWork) (r peerResult, err error) {
	text, err := json.Marshal(w)
	if err != nil {
		return r, err
	}
	cmd := exec.CommandContext(ctx, p.bin, string(text))
	out, err := output(cmd)
	if err != nil {
		return r, err
	}
	r.busy = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	return r, json.Unmarshal(out, &r)
}
