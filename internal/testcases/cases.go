package testcases

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"iter"
	"math/rand/v2"
	"strconv"
	"strings"
	"unicode/utf8"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
	"ironstar.dev/wire/wiretest"
)

// Oracle is CUE: it decides whether JSON is valid for a path of a package, and
// computes upcasters.
type Oracle interface {
	Accepts(p *model.Package, path string, json []byte) bool
	Upcaster
}

// Question is a question for an Oracle.
type Question struct {
	Path string
	JSON []byte
}

// FastOracle is an Oracle that answers many questions at once, which is faster. The
// answers have the order of the questions.
type FastOracle interface {
	Oracle
	AcceptsAll(p *model.Package, questions []Question) []bool
}

// Case is JSON near a limit of a type.
type Case struct {
	Why  string // how a valid value was changed: "max_runes+1"
	JSON []byte // JSON as a client sends it
	Full []byte // with injected fields, in the form of ForCUE

	// AlwaysRefused means that Go must refuse the JSON regardless of CUE. These
	// are the intended differences: CUE unifies duplicate fields, fills in
	// missing constants and structs, reads lone surrogates as U+FFFD, has
	// integers beyond int64 and numbers beyond float64, and accepts any field
	// in a payload, because the meta-schema does. CUE refuses other fields next
	// to the signals of a page; no case has one.
	AlwaysRefused bool

	// OtherKind means that a value has the wrong kind, such as a list in place
	// of a string. No bound is involved.
	OtherKind bool
}

// ForCUE returns JSON in a form that CUE can judge. A bare U+FEFF in a string is
// valid JSON, but CUE refuses it as a misplaced byte order mark, so ForCUE escapes
// it. Go and CUE agree about all other control characters: both refuse bare ones
// below U+0020, and both accept escaped ones, including U+0000.
func ForCUE(json []byte) []byte {
	return bytes.ReplaceAll(json, []byte("\ufeff"), []byte(`\ufeff`))
}

// OK returns the verdict that Go must have on a case.
func (c Case) OK(o Oracle, p *model.Package, path string) bool {
	return !c.AlwaysRefused && o.Accepts(p, path, c.Full)
}

// Counts reports whether generated code must have the same verdict. CUE may refuse
// an older version because of its bounds, but Go no longer checks these.
func (c Case) Counts(r codegen.Root, accepted bool) bool {
	return !r.Old || accepted || c.AlwaysRefused || c.OtherKind
}

// casesGeneration changes when this package makes other cases from the same schema.
const casesGeneration = "cases 7"

// Numbers of recorded cases: those of a package, and the least and the greatest
// number of a type. CUE needs a tenth of a millisecond for each.
const (
	packageCases = 2000
	mostCases    = 40
	leastCases   = 3
)

// RecordCases returns the content of the file at CasesPath: cases of each type with
// the oracle's verdict, and old payloads with the results of upcasters. have is the
// current file. CUE is slow, so RecordCases reuses the lines of have for types and
// steps that have not changed. It returns nil for a package without cases.
func RecordCases(s *model.Schema, p *model.Package, o Oracle, have []byte) ([]byte, error) {
	roots, err := codegen.Roots(s, p)
	if err != nil {
		return nil, err
	}
	if len(roots) == 0 {
		return nil, nil
	}
	steps := recordedSteps(p)
	count := min(mostCases, max(leastCases, packageCases/(len(roots)+len(steps))))
	before := recorded(have)
	cases, leftOut := make([][]Case, len(roots)), make([]int, len(roots)) // nil and 0 for unchanged types
	for i, r := range roots {
		if _, ok := before[caseHeader(r, count)]; !ok {
			cases[i], leftOut[i] = distinct(r, count)
		}
	}
	accepted := ask(o, p, roots, cases)
	var b bytes.Buffer
	for i, r := range roots {
		header := caseHeader(r, count)
		b.WriteString(header)
		b.WriteString(before[header])
		if n := leftOut[i]; n > 0 {
			fmt.Fprintf(&b, leftOutLine, r.Path, n)
		}
		for _, c := range cases[i] {
			ok := false
			if !c.AlwaysRefused {
				ok, accepted = accepted[0], accepted[1:]
			}
			if !c.Counts(r, ok) {
				continue
			}
			line, err := json.Marshal(wiretest.Case{Type: r.Path, Why: c.Why, JSON: string(c.JSON), OK: ok})
			if err != nil {
				return nil, err
			}
			b.Write(append(line, '\n'))
		}
	}
	err = recordSteps(&b, steps, o, count, before)
	return b.Bytes(), err
}

// ask returns the oracle's verdicts on the cases of each type, in order, except
// those that are always refused.
func ask(o Oracle, p *model.Package, roots []codegen.Root, cases [][]Case) (accepted []bool) {
	var questions []Question
	for i, r := range roots {
		for _, c := range cases[i] {
			if !c.AlwaysRefused {
				questions = append(questions, Question{r.Path, c.Full})
			}
		}
	}
	if fast, ok := o.(FastOracle); ok {
		return fast.AcceptsAll(p, questions)
	}
	for _, q := range questions {
		accepted = append(accepted, o.Accepts(p, q.Path, q.JSON))
	}
	return accepted
}

// leftOutLine follows the header of a type if values of it were omitted.
const leftOutLine = `{"leftOut":"%s","values":%d}` + "\n"

// LeftOut yields the types of which a file of cases omits values, and the number of
// these values.
func LeftOut(file []byte) iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		for line := range strings.Lines(string(file)) {
			var of struct {
				LeftOut string
				Values  int
			}
			if strings.HasPrefix(line, `{"leftOut":`) && json.Unmarshal([]byte(line), &of) == nil && !yield(of.LeftOut, of.Values) {
				return
			}
		}
	}
}

// caseHeader returns the line before the cases of a type. It changes if the cases
// could change.
func caseHeader(r codegen.Root, count int) string {
	parts := []string{casesGeneration, strconv.Itoa(count), r.Path, strconv.FormatBool(r.Open), shape.Of(r.Named.Type).String()}
	if r.Old {
		parts = append(parts, "old")
	}
	return `{"of":"` + r.Path + `","hash":"` + shape.Sum(parts...) + "\"}\n"
}

// recorded splits a file of cases: header of each type to its lines.
func recorded(file []byte) map[string]string {
	of, header := map[string]string{}, ""
	for line := range strings.Lines(string(file)) {
		if strings.HasPrefix(line, `{"of":`) {
			header = line
			of[header] = ""
		} else {
			of[header] += line
		}
	}
	return of
}

// distinct makes count different cases for a file. It gives up after four times as
// many attempts. It omits invalid UTF-8, which the file cannot hold. It omits and
// counts values that are too large.
func distinct(r codegen.Root, count int) (out []Case, leftOut int) {
	seen := map[string]bool{}
	g := newCaseMaker(r)
	for tries := 0; len(out) < count && tries < 4*count; tries++ {
		c := g.one(r, tries == 0) // at least one must be accepted
		if g.tooLarge {
			leftOut++
			continue
		}
		if utf8.Valid(c.JSON) && !seen[string(c.JSON)] {
			seen[string(c.JSON)] = true
			out = append(out, c)
		}
	}
	return out, leftOut
}

// Cases makes count cases of a type. They depend on the type only.
func Cases(r codegen.Root, count int) []Case {
	g := newCaseMaker(r)
	cases := make([]Case, 0, count)
	for len(cases) < count {
		cases = append(cases, g.one(r, false))
	}
	return cases
}

func newCaseMaker(r codegen.Root) *caseMaker {
	seed := sha256.Sum256([]byte(shape.Of(r.Named.Type).String()))
	return &caseMaker{Rand: rand.New(rand.NewPCG(binary.LittleEndian.Uint64(seed[:]), binary.LittleEndian.Uint64(seed[8:]))),
		heights: heights(&model.Type{Kind: model.Ref, Named: r.Named})}
}

// caseMaker makes values, and changes them at random.
type caseMaker struct {
	*rand.Rand
	heights  map[*model.Named]int
	depth    int
	parts    int  // number of parts of the current value
	tooLarge bool // the current value exceeds largestValue
}

// one makes a valid value. If whole is false, it usually changes the value in one
// place.
func (g *caseMaker) one(r codegen.Root, whole bool) Case {
	value := g.valueOf(r.Named)
	var c Case
	c.Why = "valid"
	if g.IntN(8) > 0 && !whole {
		places := value.all(nil)
		for range 20 { // some mutations do not apply to some values
			at := places[g.IntN(len(places))]
			kinds := mutations[at.kind()]
			m := kinds[g.IntN(len(kinds))]
			if r.Open && at == value && (m.why == fieldTooMany || m.why == fieldInAnotherCase) {
				continue
			}
			if was := at.token(); m.do(g, at) {
				c.Why, c.AlwaysRefused, c.OtherKind = m.why, m.alwaysRefused, at.token() != was
				break
			}
		}
	}
	c.JSON = value.text(nil, false)
	c.Full = ForCUE(value.text(nil, true))
	if at := value.firstRefused(); at != nil {
		c.AlwaysRefused = c.AlwaysRefused || at.alwaysRefused
	}
	return c
}
