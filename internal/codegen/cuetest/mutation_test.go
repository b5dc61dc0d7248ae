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
	"ironstar.dev/internal/testcases"
)

var (
	mutationCount = flag.Int("mutations", 2000, "how many mutations of schemas TestG16_AcceptedChangesAreRead tries")
	mutationSeed  = flag.Uint64("mutationseed", 1, "the first of their seeds")
)

// perRelease is the number of mutations that are tried for each released
// schema.
const perRelease = 15

// mutation is a released schema, its edits, and the findings.
type mutation struct {
	seed     uint64
	number   int
	edits    []string
	old, now map[string]string
	findings []compat.Finding // errors
	widened  []compat.Finding // warnings
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

// release makes the released schema of a seed. It returns nil if the loader
// refuses the schema.
func release(seed uint64) (*maker, []releasedPackage, *past) {
	m := &maker{Rand: rand.New(rand.NewPCG(seed, 16)), odd: int(seed%4) / 3}
	packages := m.released()
	p, err := newPast(m, m.files(packages))
	if err != nil {
		return nil, nil, nil
	}
	return m, packages, p
}

// mutated changes a released schema in one to three places and runs the check.
// It returns nil if the loader refuses the result.
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
	if out.opinion = p.judge(&own, now); !out.fine() && out.opinion.broken == "" {
		out.opinion = p.hunt(now, out.opinion)
	}
	return out, now, nil
}

// outputs computes, as ironstar release and check do, what steps return for
// golden samples. It does so only for steps whose text has changed.
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

// linesOf returns a file of outputs. ok is false if a step is hand-written or
// CUE cannot compute a sample.
func linesOf(p *present, s codegen.Step, golden [][]byte) (file []byte, ok bool) {
	if s.ByHand() {
		return nil, false
	}
	var lines [][]byte
	for _, json := range golden {
		whole, err := testcases.Complete(s, p.values, testcases.ForCUE(json))
		if err != nil {
			return nil, false
		}
		made, err := testcases.Upcast(s, p.values, whole)
		if err != nil {
			return nil, false
		}
		lines = append(lines, made)
	}
	return compat.Lines(lines), true
}

// tryMutations tries most mutations, beginning with a seed, on all processors.
// It calls see for each, one at a time.
func tryMutations(from uint64, most int, see func(*mutation, *past, *present)) (refused int, failed error) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // CUE allocates much
	seeds := make(chan uint64)                        // unbuffered
	done := make(chan struct{})
	var mu sync.Mutex
	tried, enough := 0, false
	one := func(m *maker, packages []releasedPackage, p *past, seed uint64, number int) bool {
		out, now, err := mutated(m, packages, p, seed, number)
		mu.Lock()
		defer mu.Unlock()
		switch {
		case enough:
			return false
		case err != nil:
			failed = fmt.Errorf("seed %d, mutation %d: %w", seed, number, err)
		case out == nil:
			refused++
		default:
			tried++
			if see(out, p, now); tried == most {
				enough = true
				close(done)
			}
		}
		return !enough
	}
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for seed := range seeds {
				m, packages, p := release(seed)
				if p == nil || len(p.versions) == 0 {
					continue
				}
				for number := 0; number < perRelease && one(m, packages, p, seed, number); number++ {
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
	return refused, failed
}

// frozen are rules that forbid a change although old events are still read:
// docs/EVOLUTION.md has the reasons. Findings of these rules are not false
// alarms.
var frozen = []string{"field-added", "field-optional", "default-added", "field-type", "encoding-changed", "arm-added", "int-unsafe", "name-reused"}

// byDesign reports whether a finding is of a frozen rule.
func byDesign(f compat.Finding) bool { return slices.Contains(frozen, f.Rule) }

// tally counts results of mutations.
type tally struct {
	tried, fine, widened, breaking, undecided, unsound int
	byDesign, alarms                                   map[string]int // by rules; findings although everything is still read
}

func newTally() *tally { return &tally{byDesign: map[string]int{}, alarms: map[string]int{}} }

func (c *tally) add(m *mutation) {
	c.tried++
	harmless := m.opinion.broken == "" && m.opinion.unknown == ""
	switch {
	case m.fine() && m.opinion.broken != "":
		c.unsound++
	case m.opinion.broken == "" && m.opinion.unknown != "":
		c.undecided++
	case m.fine():
		c.fine++
		if len(m.widened) > 0 {
			c.widened++
		}
	default:
		c.breaking++
	}
	switch {
	case !harmless || m.fine():
	case slices.ContainsFunc(m.findings, byDesign):
		c.byDesign[ruleNames(m.findings)]++
	default:
		c.alarms[ruleNames(m.findings)]++
	}
}

// falseAlarmPercent returns the percentage of harmless mutations that are called breaking.
func (c *tally) falseAlarmPercent() float64 {
	alarms := 0
	for _, n := range c.alarms {
		alarms += n
	}
	return 100 * float64(alarms) / float64(max(1, c.fine+alarms))
}

// pair is a mutation that passed the check, with both schemas.
type pair struct {
	*mutation
	past *past
	now  *present
	name string
}

// outcomes are the results of all mutations.
type outcomes struct {
	all     []*mutation
	wider   []*pair // the first that passed with a warning, for a comparison with Subsume
	fine    []*pair // the first that passed, for the compiler
	refused int
	err     error
}

const secondOpinions = 25

func (o *outcomes) add(m *mutation, p *past, now *present) {
	o.all = append(o.all, m)
	if m.fine() && m.opinion.broken != "" {
		return // to be printed
	}
	one := &pair{m, p, now, fmt.Sprintf("pair%d", len(o.fine))}
	kept := false
	if m.fine() && len(m.widened) > 0 && len(o.wider) < secondOpinions {
		o.wider, kept = append(o.wider, one), true
	}
	if m.fine() && len(o.fine) < *pairCount && compiles(one) {
		o.fine, kept = append(o.fine, one), true
	}
	if !kept {
		m.old, m.now = nil, nil
	}
}

// compiles reports whether no name is one that Go refuses.
func compiles(p *pair) bool {
	_, err := codegen.Generate(p.now.Schema, codegen.Options{Module: "golden.test/" + p.name})
	return err == nil
}

// theMutations tries the mutations once for all tests.
var theMutations = sync.OnceValue(func() *outcomes {
	o := &outcomes{}
	o.refused, o.err = tryMutations(*mutationSeed, *mutationCount, o.add)
	return o
})

// TestG16_AcceptedChangesAreRead: if the check passes a mutation, everything that was
// released is still read with the same meaning. And the check does not refuse
// too much.
func TestG16_AcceptedChangesAreRead(t *testing.T) {
	o, c := theMutations(), newTally()
	if o.err != nil {
		t.Fatal(o.err)
	}
	for _, m := range o.all {
		before := len(c.alarms)
		if c.add(m); m.fine() && m.opinion.broken != "" {
			t.Errorf("the check says fine: %s", m)
		}
		if len(c.alarms) > before {
			t.Logf("a false alarm: seed %d, mutation %d (%s): %s", m.seed, m.number, strings.Join(m.edits, ", "), rulesOf(m.findings))
		}
	}
	t.Logf("%d tried, seeds from %d: %d fine (%d of them wider), %d breaking, %d undecided, %d unsound; %d more refused by the loader",
		c.tried, *mutationSeed, c.fine, c.widened, c.breaking, c.undecided, c.unsound, o.refused)
	t.Logf("read all the same, and breaking by design: %v", c.byDesign)
	t.Logf("false alarms: %.1f%% of the harmless: %v", c.falseAlarmPercent(), c.alarms)
	if c.falseAlarmPercent() > 2 && c.tried >= 1000 {
		t.Error("harmless changes are called breaking too often")
	}
	if c.fine < c.tried/5 || c.breaking < c.tried/5 {
		t.Error("too few of one result: the edits are too uniform")
	}
}

// planted are possible mistakes of the check, as the findings that it would
// miss.
var planted = map[string]func(compat.Finding) bool{
	"removed fields are not seen":                     rule("field-removed", "field-renamed"),
	"required is as good as optional":                 rule("field-required"),
	"a default may become another":                    rule("default-changed", "default-removed"),
	"lower bounds may rise":                           rule("bound-narrowed"),
	"lengths and sizes may shrink":                    rule("length-narrowed", "size-narrowed"),
	"patterns are not compared":                       rule("pattern-changed"),
	"enums may shrink":                                rule("enum-narrowed"),
	"cases of unions may go":                          rule("arm-removed", "tag-changed", "constant-changed"),
	"texts are texts":                                 rule("encoding-changed"),
	"types are not compared":                          rule("field-type"),
	"events may go":                                   rule("event-removed", "event-moved"),
	"aggregates and packages may be called otherwise": rule("aggregate-removed", "package-renamed"),
	"versions may go":                                 rule("version-removed"),
	"steps may change":                                rule("upcaster-changed"),
	"retired names are free":                          rule("retired-reused"),
	"lists are not looked into":                       func(f compat.Finding) bool { return strings.Contains(f.Path, "[]") },
	"unions are not looked into":                      func(f compat.Finding) bool { return strings.Contains(f.Path, "(") },
	"keys of maps are not looked at":                  func(f compat.Finding) bool { return strings.Contains(f.Path, "{key}") },
	"only the first version is looked at": func(f compat.Finding) bool {
		return f.Level == compat.NewVersion && !strings.HasSuffix(f.Subject, ".v1")
	},
	"only what is at the top is looked at": func(f compat.Finding) bool { return strings.ContainsAny(f.Path, ".[{(") },
}

func rule(ids ...string) func(compat.Finding) bool {
	return func(f compat.Finding) bool { return slices.Contains(ids, f.Rule) }
}

// TestG16_MistakesAreFound plants one mistake at a time: for each there is a
// mutation that the check then passes although it breaks what was released.
func TestG16_MistakesAreFound(t *testing.T) {
	found := map[string]int{}
	tried := theMutations().all
	for i, m := range tried {
		if m.opinion.broken == "" {
			continue
		}
		for name, overlooks := range planted {
			if found[name] == 0 && !slices.ContainsFunc(m.findings, func(f compat.Finding) bool { return !overlooks(f) }) {
				found[name] = i + 1
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(planted)) {
		if found[name] == 0 {
			t.Errorf("%d mutations did not find the mistake: %s", len(tried), name)
		} else {
			t.Logf("%5d mutations until it was found: %s", found[name], name)
		}
	}
}

// ruleNames returns the distinct rules of findings.
func ruleNames(all []compat.Finding) string {
	var names []string
	for _, f := range all {
		names = append(names, f.Rule)
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), " ")
}
