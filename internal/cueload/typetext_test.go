package cueload_test

import (
	"fmt"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ironstar.dev/internal/cueload"
)

// TestG18_TextAndValuesAgree reads every schema twice: with types from the text
// where possible, and with all types from CUE's values.
func TestG18_TextAndValuesAgree(t *testing.T) {
	dirs := append(cases(t, "testdata/features"), cases(t, "testdata/errors")...)
	dirs = append(dirs, "../../schema", oddSchema(t))
	for _, dir := range dirs {
		got, gotErr := cueload.Load(dir)
		want, wantErr := cueload.LoadByValue(dir)
		if d := cmp.Diff(fmt.Sprint(wantErr), fmt.Sprint(gotErr)); d != "" {
			t.Errorf("%s: other errors (-values +text):\n%s", dir, d)
			continue
		}
		if wantErr != nil || reflect.DeepEqual(got, want) {
			continue
		}
		t.Errorf("%s: other models; what the dump shows of it (-values +text):\n%s", dir, cmp.Diff(dump(want), dump(got)))
	}
}

// oddSchema has many names that refer to something unexpected, and fields that
// other text adds to.
func oddSchema(t *testing.T) string {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "cue.mod", "module.cue"), "module: \"odd.test\"\nlanguage: version: \"v0.17.0\"\n")
	write(t, filepath.Join(dir, "other", "a.cue"), "package other\n\n#Name: *\"a\" | \"b\"\n#Part: {name: #Name, time: int}\n")
	write(t, filepath.Join(dir, "odd", "a.cue"), oddText)
	write(t, filepath.Join(dir, "odd", "b.cue"), "package odd\n\n#Split: b: int & <=7\n#Split: a: >=3\n#Twice: x: <5\n")
	if _, err := cueload.LoadByValue(dir); err != nil {
		t.Fatal(report(t, err)) // the test would check nothing
	}
	return dir
}

const oddText = `package odd

import (
	"strings"
	clock "time"

	"odd.test/other"
	"ironstar.dev/schema"
)

#Name: strings.MinRunes(1) & strings.MaxRunes(9)
#Level: *"low" | "high"
#Twice: x: int & >1
#Split: {a: int, "quoted": string, c: number & >-4}
#Kinds: {"string": int & >=0, text: string}
#Alike: {"string": =~"^a", text: string}
#Inner: {#Name: int, name: #Name}
#Base: {a: string, b?: int}
#More: #Base & {a: strings.HasPrefix("x")}
#Embeds: {#Base, c: string}
#Bounds: {
	a: int & >=-5 & <=0
	b: >0
	c: int & >-0
	d: number & >=1 & <10
	e: =~"^a" & !~"b$"
	f: string & strings.Contains("x") & strings.HasSuffix("y")
	g: (int & >0)
	h: int & >1_000
	i: int & >0x10
	j: int & (>2 & <9)
	k: >0 & int
	l: schema.#Int
	m: clock.Time
	n: other.#Name
	o: [...other.#Part]
	p?: [...[...#Name]]
	q: [...int & >0]
	r: #Level
	t: int & #Number
	u: *3 | int
	v!: string
	w: schema.#Time @go(type="time.Time")
	x: [...#Level]
	y: [...schema.#UUID]
	z: bool
}
#Number: int & <10
#Rec: {kids: [...#Rec], up?: #Rec}
#Sum: {kind: "a", n: int} | {kind: "b", n: string}

#Thing: schema.#Aggregate & {
	state: {
		items: [...{name: #Name, n: int & >2}]
		by: [string]: #Base
	}
	command: Do: {
		a: #Name @trim()
		b: int & >0 & <=100
		c?: string
		d: _hidden
		e: close({x: int})
		at: schema.#Time @inject(now)
	}
	command: Undo: {}
	event: Done: v1: {a: #Name, b: int & >0}
	event: Done: v1: {b: <50, c: [...string]}
}
_hidden: string & strings.MaxRunes(3)
#Form: schema.#Signals & {text: *"" | string, n: int}
`
