package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ironstar.dev"
)

// Compared is the result of comparing this build with another.
type Compared struct {
	Verified
	Same    []string // views and kinds that both fold in the same way, so that nothing can differ
	Without []string // those for which the other build has no snapshot
}

// Compare folds everything that another build has in snapshots, each state up
// to the position of the snapshot, and reports how the states differ. If there
// are several other builds it uses the one that is furthest. The engine must
// not have started, and cannot start afterwards. passed is called from time to
// time. The error is about reading.
func (e *Engine) Compare(ctx context.Context, from Source, passed func(at, head ironstar.Position)) (Compared, error) {
	var c Compared
	head, err := from.Head(ctx)
	if err != nil {
		return c, fmt.Errorf("compare builds: %w", err)
	}
	t := comparison{from: from, other: true, build: func(ctx context.Context, name, ours string) (string, error) {
		theirs, same, err := otherBuild(ctx, from, name, ours)
		switch {
		case err != nil:
		case theirs != "":
		case same:
			c.Same = append(c.Same, name)
		default:
			c.Without = append(c.Without, name)
		}
		return theirs, err
	}}
	err = e.verify(ctx, &t, head, func(_, at ironstar.Position) { passed(at, head) })
	c.Verified = t.Verified
	if err != nil {
		return c, fmt.Errorf("compare builds: %w", err)
	}
	return c, nil
}

// otherBuild returns the fingerprint of another build that has snapshots of a
// name; of several, the one with the latest checkpoint. same means that all
// snapshots are of this build.
func otherBuild(ctx context.Context, from Source, name, ours string) (theirs string, same bool, err error) {
	all, err := from.Fingerprints(ctx, name)
	if err != nil {
		return "", false, err
	}
	latest := ironstar.Position(-1)
	for _, fingerprint := range all {
		if fingerprint == ours {
			same = true
			continue
		}
		c, _, err := from.Checkpoint(ctx, name, fingerprint)
		if err != nil {
			return "", false, err
		}
		if c.Position > latest {
			theirs, latest = fingerprint, c.Position
		}
	}
	return theirs, same, nil
}

// maxDifferences is how many places of one state are named.
const maxDifferences = 3

// differenceOf returns the paths at which two states differ, or "" if they are
// equal. The order of members does not count.
func differenceOf(theirs, ours []byte) string {
	var places []string
	more := 0
	compare("", parsed(theirs), parsed(ours), func(place string) {
		if len(places) < maxDifferences {
			places = append(places, place)
		} else {
			more++
		}
	})
	if more > 0 {
		places = append(places, fmt.Sprintf("%d more", more))
	}
	return strings.Join(places, "; ")
}

// parsed returns a JSON text as maps, slices and values. It returns text that
// is not JSON unchanged.
func parsed(text []byte) any {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return string(text)
	}
	return v
}

// compare reports every path at which two values differ.
func compare(path string, theirs, ours any, tell func(string)) {
	switch t := theirs.(type) {
	case map[string]any:
		if o, ok := ours.(map[string]any); ok {
			both := maps.Clone(t)
			maps.Copy(both, o)
			for _, name := range slices.Sorted(maps.Keys(both)) {
				compareMember(path+"."+name, name, t, o, tell)
			}
			return
		}
	case []any:
		if o, ok := ours.([]any); ok {
			for i := range min(len(t), len(o)) {
				compare(fmt.Sprintf("%s[%d]", path, i), t[i], o[i], tell)
			}
			if len(t) != len(o) {
				tell(fmt.Sprintf("%s has %d elements, and had %d", pathOrState(path), len(o), len(t)))
			}
			return
		}
	case json.Number, string, bool, nil:
		if theirs == ours {
			return
		}
	}
	tell(fmt.Sprintf("%s is %s, and was %s", pathOrState(path), shortened(ours), shortened(theirs)))
}

func compareMember(path, name string, theirs, ours map[string]any, tell func(string)) {
	t, was := theirs[name]
	o, is := ours[name]
	switch {
	case !was:
		tell(fmt.Sprintf("%s is new: %s", pathOrState(path), shortened(o)))
	case !is:
		tell(fmt.Sprintf("%s is gone: it was %s", pathOrState(path), shortened(t)))
	default:
		compare(path, t, o, tell)
	}
}

func pathOrState(path string) string {
	if path == "" {
		return "the state"
	}
	return strings.TrimPrefix(path, ".")
}

// shortened returns a value as text, shortened if it is long.
func shortened(v any) string {
	const most = 60
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	if len(text) > most {
		return strings.ToValidUTF8(string(text[:most]), "") + "…"
	}
	return string(text)
}
