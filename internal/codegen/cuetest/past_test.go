package cuetest_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/compat"
	"ironstar.dev/internal/cueload"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
	"ironstar.dev/internal/testcases"
	"ironstar.dev/wire/wiretest"
)

// present is the schema after an edit.
type present struct {
	*model.Schema
	values *cueload.Values
	events map[string]*presentVersion // "shop.Cart.Added.v1"
	steps  map[string]codegen.Step    // by the version that they convert
}

type presentVersion struct {
	*model.EventVersion
	of   *model.Aggregate
	path string // in CUE
	last bool   // the current version
}

// loadFiles loads a schema from memory. An error comes from the loader.
func loadFiles(files map[string]string) (*present, error) {
	dir, err := os.MkdirTemp("", "mutation")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	for name, text := range files {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	s, values, err := cueload.LoadValues(dir)
	if err != nil {
		return nil, err
	}
	p := &present{Schema: s, values: values, events: map[string]*presentVersion{}, steps: map[string]codegen.Step{}}
	for _, pkg := range s.Packages {
		for _, a := range pkg.Aggregates {
			p.aggregate(a)
		}
	}
	return p, nil
}

func (p *present) aggregate(a *model.Aggregate) {
	add := func(section, name string, versions []*model.EventVersion, written bool) {
		for i, v := range versions {
			path := fmt.Sprintf("#%s.%s.%s.v%d", a.Name, section, name, v.Version)
			p.events[versionKey(a, name, v.Version)] = &presentVersion{v, a, path, written && i == len(versions)-1}
		}
	}
	for _, e := range a.Events {
		add("event", e.Name, e.Versions, true)
	}
	for _, e := range a.Retired {
		add("retired", e.Name, e.Versions, false)
	}
	for _, s := range codegen.Steps(a) {
		p.steps[versionKey(a, s.Event, s.Version)] = s
	}
}

func versionKey(a *model.Aggregate, event string, version int) string {
	return fmt.Sprintf("%s.%s.v%d", compat.Kind(a), event, version)
}

// past is a released schema: the events that may be stored, and how they were
// read.
type past struct {
	*present
	files    map[string]string
	lock     *compat.Lock
	versions []*pastVersion
}

type pastVersion struct {
	key, shape string
	golden     [][]byte
	samples    []*pastSample // some golden ones and some random ones
}

type pastSample struct {
	json  []byte
	whole []byte // with its defaults
	made  []byte // result of the step to the next version, if CUE can compute it
}

const (
	keptGolden = 16 // golden samples of each version
	keptRandom = 8
)

// newPast releases a schema. An error comes from the loader.
func newPast(m *maker, files map[string]string) (*past, error) {
	now, err := loadFiles(files)
	if err != nil {
		return nil, err
	}
	p := &past{present: now, files: files}
	if p.lock, err = compat.ParseLock(compat.LockOf(now.Schema).Bytes()); err != nil {
		return nil, err
	}
	for _, e := range p.lock.Entries {
		if e.What == compat.Event {
			p.versions = append(p.versions, p.version(m, e))
		}
	}
	return p, nil
}

func (p *past) version(m *maker, e *compat.Entry) *pastVersion {
	v := &pastVersion{key: e.Subject(), shape: e.Shape.String()}
	is := p.events[v.key]
	v.golden = testcases.Samples(is.Payload)
	some := slices.Clone(v.golden)
	if len(some) > keptGolden {
		m.Shuffle(len(some)-2, func(i, j int) { some[i+2], some[j+2] = some[j+2], some[i+2] })
		some = some[:keptGolden]
	}
	some = append(some, testcases.Payloads(is.Payload, keptRandom)...)
	var questions []cueload.Question
	for _, json := range some {
		questions = append(questions, cueload.Question{Path: is.path, JSON: testcases.ForCUE(json)})
	}
	answers, _ := p.values.Accepts(is.of.Package, questions)
	for i, ok := range answers {
		if ok { // random ones may be outside some bound
			v.samples = append(v.samples, &pastSample{json: some[i]})
		}
	}
	return v
}

// wholeOf returns a sample with its defaults.
func (p *past) wholeOf(v *pastVersion, s *pastSample) []byte {
	if s.whole == nil {
		is := p.events[v.key]
		s.whole, _ = p.values.Completes(is.of.Package, is.path, testcases.ForCUE(s.json))
	}
	return s.whole
}

// runStep returns the result of the released step for a sample. It returns nil if
// there is no step, or if the step is hand-written.
func (p *past) runStep(v *pastVersion, s *pastSample) []byte {
	step, ok := p.steps[v.key]
	if !ok || step.Hand() {
		return nil
	}
	if s.made == nil {
		made, err := testcases.Upcast(step, p.values, p.wholeOf(v, s))
		if err != nil {
			made = []byte("none")
		}
		s.made = made
	}
	return s.made
}

// opinion says whether everything that was released is still read with the same
// meaning.
type opinion struct {
	broken  string // the reason why it is not, or ""
	sample  string // a sample of the broken version
	unknown string // a question that the test could not decide
}

func brokenOpinion(s *pastSample, format string, args ...any) opinion {
	o := opinion{broken: fmt.Sprintf(format, args...)}
	if s != nil {
		o.sample = string(s.json)
	}
	return o
}

// judge reads the past with the present schema, by CUE and by the interpreter
// of shapes, without compatibility rules.
//
// CUE is slow. So judge asks CUE about only one random version of those whose shape
// and step have not changed.
func (p *past) judge(m *maker, now *present) opinion {
	var all opinion
	asked := m.IntN(len(p.versions))
	for i, v := range p.versions {
		is := now.events[v.key]
		if is == nil {
			return brokenOpinion(nil, "%s is gone", v.key)
		}
		if i != asked && p.same(now, v, is) {
			if o := v.fits(is); o.broken != "" {
				return o
			}
			continue
		}
		o := p.judgeVersion(now, v, is)
		if o.broken != "" {
			return o
		}
		if o.unknown != "" {
			all.unknown = o.unknown
		}
	}
	return all
}

// hunted is the number of JSON values near the bounds of a changed version that hunt
// tries.
const hunted = 200

// hunt searches for JSON near the current bounds that the old schema accepted and the
// new one refuses. It only searches if no sample is such JSON.
func (p *past) hunt(now *present, so opinion) opinion {
	for _, v := range p.versions {
		was, is := p.events[v.key], now.events[v.key]
		if is == nil || shapeOf(is).String() == v.shape {
			continue
		}
		var before, after []cueload.Question
		for _, c := range testcases.Cases(codegen.Root{Named: is.Payload}, hunted) {
			if compat.Fits(shapeOf(was), c.JSON) == nil && !c.AlwaysRefused {
				before = append(before, cueload.Question{Path: was.path, JSON: c.Full})
				after = append(after, cueload.Question{Path: is.path, JSON: c.Full})
			}
		}
		accepted, err := p.values.Accepts(was.of.Package, before)
		if err != nil {
			continue
		}
		again, err := now.values.Accepts(is.of.Package, after)
		for i := range again {
			if err == nil && accepted[i] && !again[i] {
				return brokenOpinion(&pastSample{json: before[i].JSON}, "%s: CUE refuses it", v.key)
			}
		}
	}
	return so
}

// same reports whether a version has the same shape and step as before.
func (p *past) same(now *present, v *pastVersion, is *presentVersion) bool {
	was, released := p.steps[v.key]
	step, there := now.steps[v.key]
	return shapeOf(is).String() == v.shape && released == there && (!released || hashOf(was) == hashOf(step))
}

func shapeOf(v *presentVersion) *shape.Type {
	return shape.Of(&model.Type{Kind: model.Ref, Named: v.Payload})
}

func (v *pastVersion) fits(is *presentVersion) opinion {
	t := shapeOf(is)
	for _, s := range v.samples {
		if err := compat.Fits(t, s.json); err != nil {
			return brokenOpinion(s, "%s does not fit: %v", v.key, err)
		}
	}
	return opinion{}
}

func (p *past) judgeVersion(now *present, v *pastVersion, is *presentVersion) opinion {
	if o := v.fits(is); o.broken != "" {
		return o
	}
	t := shapeOf(is)
	samples, lifts := v.samples, 8
	if t.String() == v.shape {
		samples, lifts = samples[:min(6, len(samples))], 2
	}
	var questions []cueload.Question
	for _, s := range samples {
		questions = append(questions, cueload.Question{Path: is.path, JSON: testcases.ForCUE(s.json)})
	}
	answers, err := now.values.Accepts(is.of.Package, questions)
	if err != nil {
		return opinion{unknown: err.Error()}
	}
	for i, s := range samples {
		if !answers[i] {
			return brokenOpinion(s, "%s: CUE refuses it", v.key)
		}
	}
	for i, s := range samples {
		if i >= lifts && t.String() == v.shape {
			break
		}
		whole, err := now.values.Completes(is.of.Package, is.path, testcases.ForCUE(s.json))
		if was := p.wholeOf(v, s); err != nil || !wiretest.Same(whole, was) {
			return brokenOpinion(s, "%s means something else: %s, was %s (%v)", v.key, whole, was, err)
		}
	}
	return p.judgeSteps(now, v, samples, lifts)
}

// judgeSteps converts samples to current events. A released step must have the
// same result as before.
func (p *past) judgeSteps(now *present, v *pastVersion, samples []*pastSample, lifts int) opinion {
	var all opinion
	was, released := p.steps[v.key]
	is, there := now.steps[v.key]
	switch {
	case released && (!there || (was.Hop == nil) != (is.Hop == nil)):
		return brokenOpinion(nil, "%s has another kind of step now, or none", v.key)
	case released && hashOf(was) != hashOf(is):
		samples, lifts = v.samples, len(v.samples)
	}
	if !there {
		return all
	}
	for _, s := range samples[:min(lifts, len(samples))] {
		if made := p.runStep(v, s); released && made != nil && string(made) != "none" {
			if is.Hand() || is.ByHand() && !was.ByHand() {
				all.unknown = v.key + ": made by hand now"
				continue
			}
			again, err := testcases.Upcast(is, now.values, p.wholeOf(v, s))
			if err != nil || !wiretest.Same(again, made) {
				return brokenOpinion(s, "%s becomes %s, was %s (%v)", v.key, again, made, err)
			}
		}
		if o := now.lift(v.key, s, p.wholeOf(v, s), true); o.broken != "" {
			return o
		} else if o.unknown != "" && !released {
			all.unknown = o.unknown
		}
	}
	return all
}

func hashOf(s codegen.Step) string {
	if s.Hop != nil {
		return shape.Step(s.Hop)
	}
	return shape.Becomes(s.Retired)
}

// lift converts a payload to current events. sure means that it is within all
// bounds.
func (p *present) lift(key string, s *pastSample, whole []byte, sure bool) opinion {
	v, step := p.events[key], p.steps[key]
	switch {
	case v == nil:
		return brokenOpinion(s, "%s has no next version", key)
	case v.last:
		return opinion{}
	case step.Aggregate == nil:
		return brokenOpinion(s, "there is no step for %s", key)
	case step.ByHand():
		return opinion{unknown: key + " is lifted by hand"}
	}
	made, err := testcases.Upcast(step, p.values, whole)
	if err != nil && sure {
		return brokenOpinion(s, "%s cannot be lifted: %v", key, err)
	} else if err != nil {
		return opinion{unknown: key + ": " + err.Error()}
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(made, &parts); err != nil {
		return brokenOpinion(s, "%s: %v", key, err)
	}
	for _, part := range parts {
		next := versionKey(v.of, step.Event, step.Version+1)
		if step.Hop == nil {
			var named map[string]json.RawMessage
			if err := json.Unmarshal(part, &named); err != nil {
				return brokenOpinion(s, "%s: %v", key, err)
			}
			for name, payload := range named {
				next, part = compat.Kind(v.of)+"."+name, payload
			}
		}
		if o := p.arrive(next, s, part); o.broken+o.unknown != "" {
			return o
		}
	}
	return opinion{}
}

// arrive checks the result of a step, and converts it to current events.
func (p *present) arrive(key string, s *pastSample, whole []byte) opinion {
	to := p.events[key]
	if to == nil {
		return brokenOpinion(s, "%s is not there", key)
	}
	if err := compat.Fits(shapeOf(to), whole); err != nil {
		return brokenOpinion(s, "made as %s it does not fit: %v: %s", key, err, whole)
	}
	_, err := p.values.Completes(to.of.Package, to.path, testcases.ForCUE(whole))
	return p.lift(key, s, whole, err == nil)
}
