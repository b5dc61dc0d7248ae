package codegen

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"unicode/utf8"

	"ironstar.dev/internal/model"
	"ironstar.dev/wire/wiretest"
)

// Oracle is CUE: whether JSON is a value of what is at a path of a package.
type Oracle interface {
	Accepts(p *model.Package, path string, json []byte) bool
}

// Case is JSON near the edge of what a type allows.
type Case struct {
	Why  string // what was done to a valid value: "max_runes+1"
	JSON []byte // as it comes from outside
	Full []byte // with the fields that the boundary fills in, for CUE

	// Ours says that the JSON is refused whatever CUE says. These are the
	// agreed differences: CUE unifies duplicate fields, fills in constants and
	// whole structs that are missing, reads lone surrogates as U+FFFD, has
	// integers beyond int64 and numbers beyond float64, and lets a payload have
	// any field, because the meta-schema does. And CUE refuses other fields
	// beside the signals of a page: no case has one.
	Ours bool
}

// OK is the verdict that a case is to have.
func (c Case) OK(o Oracle, p *model.Package, path string) bool {
	return !c.Ours && o.Accepts(p, path, c.Full)
}

// casesGeneration changes when other cases are made of the same schema.
const casesGeneration = "cases 3"

// An application keeps some cases of each type, about recordedCases in all:
// CUE needs some 50 µs for each, and ironstar generate is to be fast.
const (
	recordedCases = 400
	fewestCases   = 2
	mostCases     = 40
)

// RecordCases is the content of the file at CasesPath: cases of each type with
// the oracle's verdict. If have, the file as it is, is of the same schema, it is
// returned, since asking is slow. It is nil for a package without cases.
func RecordCases(s *model.Schema, p *model.Package, o Oracle, have []byte) ([]byte, error) {
	plan, err := newPlan(s)
	if err != nil {
		return nil, err
	}
	c := &context{plan: plan, pkg: p}
	roots := c.roots()
	if len(roots) == 0 {
		return nil, nil
	}
	all := []string{casesGeneration}
	for _, r := range roots {
		all = append(all, r.Path, Normal(r.Named.Type, false))
	}
	first := `{"schema":"` + hash(all...) + "\"}\n"
	if strings.HasPrefix(string(have), first) {
		return have, nil
	}
	var b strings.Builder
	b.WriteString(first)
	each := min(max(recordedCases/len(roots), fewestCases), mostCases)
	for _, r := range roots {
		for _, one := range distinct(Cases(r, 4*each), each) {
			line, err := json.Marshal(wiretest.Case{Type: r.Path, Why: one.Why, JSON: string(one.JSON), OK: one.OK(o, p, r.Path)})
			if err != nil {
				return nil, err
			}
			b.Write(append(line, '\n'))
		}
	}
	return []byte(b.String()), nil
}

// distinct takes the first count cases that differ and that can be written
// down: invalid UTF-8 would not survive it.
func distinct(cases []Case, count int) []Case {
	seen := map[string]bool{}
	var out []Case
	for _, c := range cases {
		if len(out) < count && utf8.Valid(c.JSON) && !seen[string(c.JSON)] {
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
	seed := sha256.Sum256([]byte(Normal(r.Named.Type, false)))
	g := &caseMaker{Rand: rand.New(rand.NewPCG(binary.LittleEndian.Uint64(seed[:]), binary.LittleEndian.Uint64(seed[8:])))}
	cases := make([]Case, 0, count)
	for len(cases) < count {
		cases = append(cases, g.one(r))
	}
	return cases
}

// caseMaker makes values and spoils them.
type caseMaker struct {
	*rand.Rand
	depth int
}

// one makes a valid value and, mostly, spoils it in one place.
func (g *caseMaker) one(r Root) Case {
	value := g.value(&model.Type{Kind: model.Ref, Named: r.Named})
	var c Case
	c.Why = "valid"
	if g.IntN(8) > 0 {
		places := value.all(nil)
		for range 20 { // not everything can be done everywhere
			at := places[g.IntN(len(places))]
			kinds := mutations[at.kind()]
			m := kinds[g.IntN(len(kinds))]
			if r.Open && at == value && (m.why == fieldTooMany || m.why == fieldInAnotherCase) {
				continue
			}
			if m.do(g, at) {
				c.Why, c.Ours = m.why, m.ours
				break
			}
		}
	}
	c.JSON = value.text(nil, false)
	c.Full = value.text(nil, true)
	if at := value.spoiled(); at != nil {
		c.Ours = c.Ours || at.ours
	}
	return c
}
