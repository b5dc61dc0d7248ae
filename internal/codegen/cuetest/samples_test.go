package cuetest_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/testcases"
)

// TestSamplesAreValid: CUE accepts every golden sample of every event of every
// schema. Samples are the same each time, and none occurs twice.
func TestSamplesAreValid(t *testing.T) {
	for _, s := range schemas(t) {
		ask := newOracle(t, s)
		for _, p := range s.Packages {
			for _, a := range p.Aggregates {
				for _, e := range a.Events {
					for _, v := range e.Versions {
						checkSamples(t, s, ask, p, a, e, v)
					}
				}
			}
		}
	}
}

func checkSamples(t *testing.T, s schema, ask testcases.Oracle, p *model.Package, a *model.Aggregate, e *model.Event, v *model.EventVersion) {
	t.Helper()
	samples := testcases.Samples(v.Payload)
	if len(samples) == 0 {
		t.Errorf("%s: %s.%s has no samples", s.name, a.Name, e.Name)
	}
	again := testcases.Samples(v.Payload)
	seen := map[string]bool{}
	for i, sample := range samples {
		if !bytes.Equal(again[i], sample) || seen[string(sample)] {
			t.Errorf("%s: %s.%s: %s occurs twice, or another time not", s.name, a.Name, e.Name, sample)
		}
		seen[string(sample)] = true
		if !ask.Accepts(p, fmt.Sprintf("#%s.event.%s.v%d", a.Name, e.Name, v.Version), sample) {
			t.Errorf("%s: %s.%s.v%d: CUE refuses %s", s.name, a.Name, e.Name, v.Version, sample)
		}
	}
}

const edges = `package p

import (
	"strings"

	"ironstar.dev/schema"
)

#Pay: #Card | #Cash
#Card: {kind: "card", last: string}
#Cash: kind: "cash"

#A: schema.#Aggregate & {
	state: n: int
	command: Do: {}
	event: Added: v1: {
		text:  strings.MinRunes(1) & strings.MaxRunes(5)
		n:     int
		b:     int & >=3 & <7
		tone:  "low" | "high"
		note?: string
		qty:   *1 | int
		pay:   #Pay
		tags: [...string]
		by: [string]: bool
	}
}
`

// TestSamplesHaveTheEdges: there are samples at the edges of each kind of
// constraint.
func TestSamplesHaveTheEdges(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string][]byte{"p/p.cue": []byte(edges)})
	s := loadSchema(t, "edges", dir)
	all := string(bytes.Join(testcases.Samples(s.Packages[0].Aggregates[0].Events[0].Versions[0].Payload), []byte("\n")))
	for what, want := range map[string]string{
		"the least":     `{"text":"milk","n":0,"b":3,"tone":"low","pay":{"kind":"card","last":""},"tags":[],"by":{}}`,
		"one character": `"text":"a"`, "as many as there can be": `"text":"aaaaa"`, "one less": `"text":"aaaa"`, "two bytes": `"text":"é"`,
		"three": `"text":"€"`, "four": `"text":"😀😀😀😀😀"`, "2^53-1": `"n":9007199254740991,`, "2^53+1": `"n":9007199254740993,`,
		"-2^53-1": `"n":-9007199254740993,`, "the largest": `"n":9223372036854775807`, "a bound": `"b":3,`, "its neighbour": `"b":4,`, "the other bound": `"b":6,`,
		"an enum's value": `"tone":"high"`, "an optional field": `"note":"`, "a default": `"qty":1,`, "a case": `"pay":{"kind":"cash"}`,
		"a full list": `"tags":["`, "a full map": `"by":{"`,
	} {
		if !strings.Contains(all, want) {
			t.Errorf("%s: no sample has %s", what, want)
		}
	}
	for _, outside := range []string{`"b":2,`, `"b":7,`, `"text":""`, `"text":"aaaaaa"`} {
		if strings.Contains(all, outside) {
			t.Errorf("a sample has %s, which is out of bounds", outside)
		}
	}
}
