package compat_test

import (
	"strings"
	"testing"

	"ironstar.dev/internal/compat"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
	"ironstar.dev/internal/testcases"
)

// TestSamplesFit: every golden sample of every feature has the shape of its
// type; recursive types too.
func TestSamplesFit(t *testing.T) {
	n := 0
	for name, s := range features(t) {
		for _, v := range compat.Versions(compat.LockOf(s), s) {
			for _, sample := range testcases.Samples(v.Payload) {
				n++
				if err := compat.Fits(v.Shape, sample); err != nil {
					t.Errorf("%s: %s: %s: %v", name, v.Subject(), sample, err)
				}
			}
		}
	}
	if n < 500 {
		t.Errorf("only %d samples", n)
	}
}

func TestFits(t *testing.T) {
	s := loadText(t, "fits", around("\tevent: Added: v1: {n: int, note?: string, q: *1 | number, tags: [...string], by: {[string]: bool}, pay: #Pay, tone: \"a\" | \"b\", top: #Tree, p: 1 | 2}\n",
		`#Pay: #Card | #Cash`, `#Card: {kind: "card", of?: #Pay, card?: #Card}`, `#Cash: kind: "cash"`,
		`#Tree: {kids: [...#Tree], mate?: #Leaf, other?: #Leaf}`, `#Leaf: {back?: #Tree, n: int}`))
	typ := compat.LockOf(s).Find("p.A", "Added", 1).Shape
	const good = `{"n":1,"tags":[],"by":{},"pay":{"kind":"cash"},"tone":"a","top":{"kids":[]},"p":1}`
	replace := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(good) }
	for _, json := range []string{
		good, replace(`"n":1`, `"note":"x","n":1`), replace(`"n":1`, `"q":1.5,"n":1`), replace(`,"tags":[]`, ``), replace(`"by":{}`, `"by":{"x":true}`),
		replace(`{"kind":"cash"}`, `{"kind":"card","of":{"kind":"cash"},"card":{"kind":"card"}}`),
		replace(`"kids":[]`, `"mate":{"back":{"mate":{"n":1},"kids":[]},"n":1},"other":{"n":2,"back":{"kids":[{"kids":[]}]}},"kids":[{"kids":[]}]`),
	} {
		if err := compat.Fits(typ, []byte(json)); err != nil {
			t.Errorf("%s: %v", json, err)
		}
	}
	for json, says := range map[string]string{
		``: "EOF", good + `{}`: "more text after the value", `[]`: "the value is not a struct", `null`: "the value is not a struct", good[1:]: "",
		replace(`"n":1`, `"n":"1"`): "n is not an int", replace(`"n":1`, `"n":1.0`): "n is not an int", replace(`"n":1`, `"n":null`): "n is not an int", replace(`"n":1,`, ``): "lacks field n",
		replace(`"n":1`, `"n":9223372036854775808`): "n is not an int", replace(`"n":1`, `"n":1,"n":1`): "twice", replace(`"n":1`, `"n":1,"x":1`): "unknown field x",
		replace(`"tags":[]`, `"tags":[1]`): "tags[0] is not a string", replace(`"tags":[]`, `"tags":{}`): "not a list", replace(`"by":{}`, `"by":{"x":1}`): "by{} is not a bool",
		replace(`"by":{}`, `"by":[]`): "not a map", replace(`"cash"`, `"gift"`): "no case of the union has kind gift", replace(`{"kind":"cash"}`, `"cash"`): "not a union",
		replace(`{"kind":"cash"}`, `{"kind":"card","card":{"kind":"cash"}}`): `kind is not "card"`, replace(`{"kind":"cash"}`, `{"kind":"card","of":{}}`): "no case",
		replace(`"a"`, `"c"`): "tone is not an enum", replace(`"p":1`, `"p":3`): "p is not an enum", replace(`"kids":[]`, `"kids":[{"kids":[1]}]`): "kids[0].kids[0] is not a struct",
		replace(`"kids":[]`, `"kids":[],"mate":{"n":1,"back":{"kids":[],"mate":{}}}`): "lacks field n",
	} {
		if err := compat.Fits(typ, []byte(json)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", json, err, says)
		}
	}
	if err := compat.Fits(&shape.Type{Kind: "up", Up: 1}, []byte("1")); err == nil {
		t.Error("a shape that refers to nothing is fitted")
	}
}

// TestCheckOutputs: there must be one output for each sample. Its shape must be
// that of the step's result; for a retired event, that of the parts that it
// becomes.
func TestCheckOutputs(t *testing.T) {
	v1, v2 := payload(fieldOf("n", model.Int)), payload(fieldOf("n", model.Int), fieldOf("text", model.String))
	kept := event("Kept", v2)
	steps := compat.Steps(schemaOf([]*model.Event{event("Added", v1, v2), kept}, retiredOf("Begun", []*model.Part{partOf(v1, kept), partOf(v1, kept)}, v1)))
	if len(steps) != 2 || steps[0].Subject() != "p.A.Added.v1" || steps[1].Outputs() != "samples/p.A.Begun.v1.up.jsonl" {
		t.Fatalf("%v", steps)
	}
	const part = `{"Kept.v1":{"n":1,"text":""}}`
	for _, c := range []struct {
		step        int
		out, refuse string
	}{
		{0, "{\"n\":1,\"text\":\"x\"}\n{\"n\":2,\"text\":\"x\"}\n", ""},
		{0, "{\"n\":1,\"text\":\"x\"}\r\n{\"n\":2,\"text\":\"x\"}\r\n", ""},
		{0, "{\"n\":1,\"text\":\"x\"}\n", "the file has 1 outputs for 2 samples"},
		{0, "{\"n\":1,\"text\":\"x\"}\n{\"n\":2}\n", "line 2: the value lacks field text"},
		{1, "[" + part + "," + part + "]\n[" + part + "," + part + "]\n", ""},
		{1, "[" + part + "]\n[" + part + "," + part + "]\n", "line 1: the output has 1 parts, want 2"},
		{1, "[" + part + ",{\"Added.v1\":{\"n\":1}}]\n[]\n", "part 1 is Added.v1, want Kept.v1"},
		{1, "[" + part + ",{\"Kept.v1\":{\"n\":1}}]\n[]\n", "part 1: the value lacks field text"},
		{1, "[" + part + ",{}]\n[]\n", "part 1"},
		{1, "{}\n{}\n", "not a list of parts"},
	} {
		err := steps[c.step].CheckOutputs([]byte("{\"n\":1}\n{\"n\":2}\n"), []byte(c.out))
		if c.refuse == "" && err != nil || c.refuse != "" && (err == nil || !strings.Contains(err.Error(), c.refuse)) {
			t.Errorf("%q: %v, want %q", c.out, err, c.refuse)
		}
	}
}
