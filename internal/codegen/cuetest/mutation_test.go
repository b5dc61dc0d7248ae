package cuetest_test

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/compat"
)

var (
	mutationCount = flag.Int("mutations", 2000, "how many mutations of schemas TestG16_FineIsRead tries")
	mutationSeed  = flag.Uint64("mutationseed", 1, "the first of their seeds")
)

// perRelease is how many mutations a released schema is tried with.
const perRelease = 10

// mutation is a released schema, what was made of it, and what is said of that.
type mutation struct {
	seed     uint64
	number   int
	edits    []string
	old, now map[string]string
	findings []compat.Finding // that fail
	widened  []compat.Finding // that warn
	opinion  opinion
}

func (m *mutation) fine() bool { return len(m.findings) == 0 }

func (m *mutation) String() string {
	return fmt.Sprintf("seed %d, mutation %d (%s)\n%s\nsample %s\n=== released\n%s=== now\n%s%s", m.seed, m.number, strings.Join(m.edits, ", "),
		m.opinion.broken, m.opinion.sample, listing(m.old), listing(m.now), rulesOf(m.findings))
}

func rulesOf(all []compat.Finding) string {
	var b strings.Builder
	for _, f := range all {
		fmt.Fprintf(&b, "%s %s %s: %s\n", f.Rule, f.Subject, f.Path, f.Message)
	}
	return b.String()
}

// release makes the released schema of a seed, or nothing when the loader
// refuses it.
func release(seed uint64) (*maker, []releasedPackage, *past) {
	m := &maker{Rand: rand.New(rand.NewPCG(seed, 16)), odd: int(seed%4) / 3}
	packages := m.released()
	p, err := newPast(m, m.files(packages))
	if err != nil {
		return nil, nil, nil
	}
	return m, packages, p
}

// mutated changes a released schema in one to three places, and asks all.
// It is nothing when the loader refuses the outcome.
func mutated(m *maker, packages []releasedPackage, p *past, seed uint64, number int) (*mutation, *present, error) {
	own := *m
	own.Rand, own.packages = rand.New(rand.NewPCG(seed, 1000+uint64(number))), slices.Clone(m.packages)
	e, err := own.edit(packages)
	if err != nil {
		return nil, nil, err
	}
	out := &mutation{seed: seed, number: number, old: p.files}
	for range []int{1, 1, 1, 2, 3}[own.IntN(5)] {
		out.edits = append(out.edits, e.one())
	}
	if out.now, err = e.files(); err != nil {
		return nil, nil, err
	}
	now, err := loadFiles(out.now)
	if err != nil {
		return nil, nil, nil
	}
	all := compat.Compare(p.lock, now.Schema, compat.Options{})
	if slices.ContainsFunc(all, func(f compat.Finding) bool { return f.Rule == "upcaster-changed" }) {
		lock, outputs := p.outputs(now)
		all = compat.Compare(lock, now.Schema, compat.Options{Outputs: outputs})
	}
	out.findings = compat.Failing(all)
	out.widened = slices.DeleteFunc(all, compat.Finding.Fails)
	out.opinion = p.judge(&own, now)
	return out, now, nil
}

// outputs computes, as ironstar release and check do, what steps make of golden
// samples: those of which it matters, because they are written otherwise.
func (p *past) outputs(now *present) (*compat.Lock, map[string]string) {
	lock := &compat.Lock{}
	for _, e := range p.lock.Entries {
		own := *e
		lock.Entries = append(lock.Entries, &own)
	}
	outputs := map[string]string{}
	for _, s := range compat.Steps(now.Schema) {
		e := s.Entry(lock)
		was, released := p.steps[s.Subject()]
		if e == nil || !released || hashOf(was) == hashOf(now.steps[s.Subject()]) {
			continue
		}
		before, ok := linesOf(p.present, was, p.golden(s.Subject()))
		after, now := linesOf(now, now.steps[s.Subject()], p.golden(s.Subject()))
		if ok && now {
			e.Outputs = &compat.File{Path: s.Outputs(), Sum: compat.FileSum(before)}
			outputs[s.Outputs()] = compat.FileSum(after)
		}
	}
	return lock, outputs
}

func (p *past) golden(key string) [][]byte {
	for _, v := range p.versions {
		if v.key == key {
			return v.golden
		}
	}
	return nil
}

// linesOf is a file of outputs; not ok when a step is written by hand, or CUE
// makes nothing of a sample.
func linesOf(p *present, s codegen.Step, golden [][]byte) (file []byte, ok bool) {
	if s.ByHand() {
		return nil, false
	}
	var lines [][]byte
	for _, json := range golden {
		whole, err := s.Complete(p.values, codegen.ForCUE(json))
		if err != nil {
			return nil, false
		}
		made, err := s.Made(p.values, whole)
		if err != nil {
			return nil, false
		}
		lines = append(lines, made)
	}
	return compat.Lines(lines), true
}

// tryMutations tries as many as asked for, from the seeds on, on all processors,
// and hands each to see, one at a time, with both schemas.
func tryMutations(t *testing.T, from uint64, count int, see func(*mutation, *past, *present)) (refused int) {
	t.Helper()
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // CUE makes much garbage
	seeds := make(chan uint64) // unbuffered: workers take what they can
	done := make(chan struct{})
	var mu sync.Mutex
	tried := 0
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for seed := range seeds {
				m, packages, p := release(seed)
				if p == nil || len(p.versions) == 0 {
					continue
				}
				for number := range perRelease {
					out, now, err := mutated(m, packages, p, seed, number)
					mu.Lock()
					switch {
					case err != nil:
						t.Errorf("seed %d, mutation %d: %v", seed, number, err)
					case out == nil:
						refused++
					case tried < count:
						if tried++; tried == count {
							close(done)
						}
						see(out, p, now)
					}
					mu.Unlock()
				}
			}
		})
	}
	for seed, ended := from, false; !ended; seed++ {
		select {
		case seeds <- seed:
		case <-done:
			ended = true
		}
	}
	close(seeds)
	workers.Wait()
	return refused
}

// TestG16_FineIsRead: whatever is done to a schema, when the check says that it
// is fine, everything that was released is read as what it was.
func TestG16_FineIsRead(t *testing.T) {
	count := map[string]int{}
	byEdit, timid := map[string]int{}, map[string]int{}
	refused := tryMutations(t, *mutationSeed, *mutationCount, func(m *mutation, _ *past, _ *present) {
		count["tried"]++
		harmless := m.opinion.broken == ""
		switch {
		case m.fine() && !harmless:
			t.Errorf("the check says fine: %s", m)
		case m.fine() && m.opinion.unknown != "":
			count["undecided"]++
		case m.fine():
			count["fine"]++
			byEdit[strings.Join(m.edits, ", ")]++
			if len(m.widened) > 0 {
				count["widened"]++
			}
		default:
			count["breaking"]++
			if harmless {
				timid[ruleNames(m.findings)]++
				fmt.Println("TIMID", m.edits, rulesOf(m.findings))
			}
		}
	})
	t.Logf("%v, refused by the loader %d", count, refused)
	for _, name := range slices.Sorted(maps.Keys(timid)) {
		t.Logf("%5d read all the same, and called breaking: %s", timid[name], name)
	}
}

// ruleNames are the rules of findings, each once.
func ruleNames(all []compat.Finding) string {
	var names []string
	for _, f := range all {
		names = append(names, f.Rule)
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), " ")
}
