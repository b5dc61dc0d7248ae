package cuetest_test

import (
	"slices"
	"strings"
	"testing"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/load"

	"ironstar.dev/internal/compat"
	"ironstar.dev/internal/cueload"
)

// misjudged are rules about constraints that CUE compares as functions. For these,
// Subsume says that a type is not wider, even if it provably is. For another rule,
// this is an error in the check, unless Subsume says the same about two copies of one
// payload.
var misjudged = []string{"length-widened", "size-widened", "pattern-removed", "affix-widened", "multiple-widened", "unique-removed", "format-removed", "excluded-removed"}

// bothSchemas holds two schemas in one CUE context.
type bothSchemas struct {
	ctx       *cue.Context
	overlay   map[string]load.Source
	instances map[string]cue.Value // by folder
}

const bothSchemasRoot = "/beside"

func newBothSchemas(schemas map[string]map[string]string) *bothSchemas {
	b := &bothSchemas{cuecontext.New(), map[string]load.Source{
		bothSchemasRoot + "/cue.mod/pkg/ironstar.dev/schema/schema.cue": load.FromBytes(cueload.MetaSchema()),
		bothSchemasRoot + "/cue.mod/module.cue":                         load.FromString("module: \"schema.local\"\nlanguage: version: \"v0.17.0\"\n"),
	}, map[string]cue.Value{}}
	for side, files := range schemas {
		for name, text := range files {
			text = strings.ReplaceAll(text, `"schema.local/`, `"schema.local/`+side+"/")
			b.overlay[bothSchemasRoot+"/"+side+"/"+name] = load.FromString(text)
		}
	}
	return b
}

// at returns the payload of a version.
func (b *bothSchemas) at(t *testing.T, side string, is *presentVersion) cue.Value {
	t.Helper()
	pkg := is.of.Package
	folder := side + "/" + pkg.Dir
	v, ok := b.instances[folder]
	if !ok {
		all := load.Instances([]string{"./" + folder + ":" + pkg.Name}, &load.Config{Dir: bothSchemasRoot, Overlay: b.overlay, Env: []string{"CUE_REGISTRY=none"}})
		if err := all[0].Err; err != nil {
			t.Fatal(err)
		}
		v = b.ctx.BuildInstance(all[0])
		b.instances[folder] = v
	}
	at := v.LookupPath(cue.ParsePath(is.path))
	if err := at.Err(); err != nil {
		t.Fatal(err)
	}
	return at
}

// TestG16_SubsumeAgrees: if the check says that a payload is wider, CUE must agree. The
// test accepts a disagreement only if CUE provably misjudges the payload, and no JSON
// near the bounds proves CUE right.
func TestG16_SubsumeAgrees(t *testing.T) {
	asked, agreed, counted := 0, 0, map[string]int{}
	for _, one := range theMutations().wider {
		m, p, now := one.mutation, one.past, one.now
		b := newBothSchemas(map[string]map[string]string{"old": m.old, "again": m.old, "now": m.now})
		for _, v := range p.versions {
			is := now.events[v.key]
			if shapeOf(is).String() == v.shape {
				continue
			}
			before, after := b.at(t, "old", p.events[v.key]), b.at(t, "now", is)
			asked++
			if err := after.Subsume(before); err == nil {
				agreed++
				continue
			}
			rules := widenedBy(m, v.key)
			switch {
			case b.at(t, "again", p.events[v.key]).Subsume(before) != nil:
				rules = "no payload like this"
			case !knownMisjudged(rules):
				t.Errorf("CUE says that %s is not wider (%s): %s", v.key, rules, m)
			}
			counted[rules]++
			if o := p.hunt(now, opinion{}); o.broken != "" {
				t.Errorf("%s\nCUE is right about %s: %s", m, o.broken, o.sample)
			}
		}
	}
	t.Logf("asked about %d wider versions, %d times agreed; where not: %v", asked, agreed, counted)
	if agreed == 0 {
		t.Error("Subsume never agreed: is it asked at all?")
	}
}

// widenedBy returns the rules that found a version wider.
func widenedBy(m *mutation, key string) string {
	var own []compat.Finding
	for _, f := range m.widened {
		if f.Subject == key {
			own = append(own, f)
		}
	}
	return ruleNames(own)
}

func knownMisjudged(rules string) bool {
	return slices.ContainsFunc(strings.Fields(rules), func(rule string) bool { return slices.Contains(misjudged, rule) })
}
