package codegen

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"math/rand/v2"
	"strconv"
	"strings"
	"unicode/utf8"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
	"ironstar.dev/wire/wiretest"
)

// Oracle is CUE: whether JSON is a value of what is at a path of a package, and
// what it makes of old payloads.
type Oracle interface {
	Accepts(p *model.Package, path string, json []byte) bool
	Maker
}

// Question is what an Oracle is asked.
type Question struct {
	Path string
	JSON []byte
}

// FastOracle is an Oracle that answers many questions at once, in their order,
// faster than one by one.
type FastOracle interface {
	Oracle
	AcceptsAll(p *model.Package, questions []Question) []bool
}

// Case is JSON near the edge of what a type allows.
type Case struct {
	Why  string // what was done to a valid value: "max_runes+1"
	JSON []byte // as it comes from outside
	Full []byte // with the fields that the boundary fills in, as ForCUE spells it

	// Ours says that the JSON is refused whatever CUE says. These are the
	// agreed differences: CUE unifies duplicate fields, fills in constants and
	// whole structs that are missing, reads lone surrogates as U+FFFD, has
	// integers beyond int64 and numbers beyond float64, and lets a payload have
	// any field, because the meta-schema does. And CUE refuses other fields
	// beside the signals of a page: no case has one.
	Ours bool

	// Misfit says that the JSON has a value of another kind than belongs there,
	// a list for a text, which no bound has to do with.
	Misfit bool
}

// ForCUE is JSON in the one spelling that it needs to be judged by CUE: a bare
// U+FEFF in a text is JSON, and CUE refuses it before it looks at the value,
// as a byte order mark in the wrong place. Escaped, it is a character like any.
// All other control characters are agreed upon: bare ones below U+0020 are
// refused, escaped ones are part of the text, U+0000 too.
func ForCUE(json []byte) []byte {
	return bytes.ReplaceAll(json, []byte("\ufeff"), []byte(`\ufeff`))
}

// OK is the verdict that a case is to have.
func (c Case) OK(o Oracle, p *model.Package, path string) bool {
	return !c.Ours && o.Accepts(p, path, c.Full)
}

// Says is whether a case says anything about a type: what CUE refuses of older
// versions may be within their shape and beyond their bounds, which are not
// looked at any more.
func (c Case) Says(r Root, accepted bool) bool {
	return !r.Old || accepted || c.Ours || c.Misfit
}

// casesGeneration changes when other cases are made of the same schema.
const casesGeneration = "cases 5"

// How many cases an application keeps: of a package and, at most and at least,
// of one of its types. CUE takes a tenth of a millisecond for each.
const (
	packageCases = 2000
	mostCases    = 40
	leastCases   = 3
)

// RecordCases is the content of the file at CasesPath: cases of each type with
// the oracle's verdict, and old payloads with what its upcasters make of them.
// What have, the file as it is, says about types and steps that are as they were
// is kept, since asking is slow. It is nil for a package without cases.
func RecordCases(s *model.Schema, p *model.Package, o Oracle, have []byte) ([]byte, error) {
	plan, err := newPlan(s)
	if err != nil {
		return nil, err
	}
	roots := (&context{plan: plan, pkg: p}).roots()
	if len(roots) == 0 {
		return nil, nil
	}
	steps := recordedSteps(p)
	count := min(mostCases, max(leastCases, packageCases/(len(roots)+len(steps))))
	kept := recorded(have)
	made := make([][]Case, len(roots)) // nil for types that are kept
	for i, r := range roots {
		if _, ok := kept[caseHeader(r, count)]; !ok {
			made[i] = distinct(r, count)
		}
	}
	accepted := ask(o, p, roots, made)
	var b bytes.Buffer
	for i, r := range roots {
		header := caseHeader(r, count)
		b.WriteString(header)
		b.WriteString(kept[header])
		for _, c := range made[i] {
			ok := false
			if !c.Ours {
				ok, accepted = accepted[0], accepted[1:]
			}
			if !c.Says(r, ok) {
				continue
			}
			line, err := json.Marshal(wiretest.Case{Type: r.Path, Why: c.Why, JSON: string(c.JSON), OK: ok})
			if err != nil {
				return nil, err
			}
			b.Write(append(line, '\n'))
		}
	}
	err = recordSteps(&b, steps, o, count, kept)
	return b.Bytes(), err
}

// ask is what the oracle says about the cases of each type, in order, without
// those that are refused whatever it says.
func ask(o Oracle, p *model.Package, roots []Root, cases [][]Case) (accepted []bool) {
	var questions []Question
	for i, r := range roots {
		for _, c := range cases[i] {
			if !c.Ours {
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

// caseHeader is the line before the cases of a type. It says what they depend
// on.
func caseHeader(r Root, count int) string {
	parts := []string{casesGeneration, strconv.Itoa(count), r.Path, strconv.FormatBool(r.Open), shape.Of(r.Named.Type).String()}
	if r.Old {
		parts = append(parts, "old")
	}
	return `{"of":"` + r.Path + `","hash":"` + shape.Sum(parts...) + "\"}\n"
}

// recorded takes a file of cases apart: the header of each type to its lines.
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

// distinct makes count cases that differ and that can be written down: invalid
// UTF-8 would not survive it. It gives up after four times as many.
func distinct(r Root, count int) []Case {
	seen := map[string]bool{}
	var out []Case
	g := newCaseMaker(r)
	for tries := 0; len(out) < count && tries < 4*count; tries++ {
		c := g.one(r, tries == 0) // at least one is to be accepted
		if utf8.Valid(c.JSON) && !seen[string(c.JSON)] {
			seen[string(c.JSON)] = true
			out = append(out, c)
		}
	}
	return out
}

// Roots lists the types of a package that have cases.
func Roots(s *model.Schema, p *model.Package) ([]Root, error) {
	plan, err := newPlan(s)
	if err != nil {
		return nil, err
	}
	return (&context{plan: plan, pkg: p}).roots(), nil
}

// Cases makes count cases of a type. They depend on the type alone.
func Cases(r Root, count int) []Case {
	g := newCaseMaker(r)
	cases := make([]Case, 0, count)
	for len(cases) < count {
		cases = append(cases, g.one(r, false))
	}
	return cases
}

func newCaseMaker(r Root) *caseMaker {
	seed := sha256.Sum256([]byte(shape.Of(r.Named.Type).String()))
	return &caseMaker{Rand: rand.New(rand.NewPCG(binary.LittleEndian.Uint64(seed[:]), binary.LittleEndian.Uint64(seed[8:])))}
}

// caseMaker makes values and spoils them.
type caseMaker struct {
	*rand.Rand
	depth int
}

// one makes a valid value and, mostly, unless it is to stay whole, spoils it in
// one place.
func (g *caseMaker) one(r Root, whole bool) Case {
	value := g.value(&model.Type{Kind: model.Ref, Named: r.Named})
	var c Case
	c.Why = "valid"
	if g.IntN(8) > 0 && !whole {
		places := value.all(nil)
		for range 20 { // not everything can be done everywhere
			at := places[g.IntN(len(places))]
			kinds := mutations[at.kind()]
			m := kinds[g.IntN(len(kinds))]
			if r.Open && at == value && (m.why == fieldTooMany || m.why == fieldInAnotherCase) {
				continue
			}
			if was := at.token(); m.do(g, at) {
				c.Why, c.Ours, c.Misfit = m.why, m.ours, at.token() != was
				break
			}
		}
	}
	c.JSON = value.text(nil, false)
	c.Full = ForCUE(value.text(nil, true))
	if at := value.spoiled(); at != nil {
		c.Ours = c.Ours || at.ours
	}
	return c
}
