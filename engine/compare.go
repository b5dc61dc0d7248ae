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

// Compared is what came of comparing this build with another.
type Compared struct {
	Verified
	Same    []string // views and kinds that both fold in the same way, so that nothing can differ
	Without []string // those of which the other build has kept no state
}

// Compare folds from nothing whatever another build has kept in snapshots, each
// state up to where the other had it, and says in which way this build's states
// are different. Of several other builds it takes the one that got furthest. The
// engine must not have started, and cannot after it; passed is called now and
// then. The error is about reading.
func (e *Engine) Compare(ctx context.Context, from Source, passed func(at, head ironstar.Position)) (Compared, error) {
	var c Compared
	head, err := from.Head(ctx)
	if err != nil {
		return c, fmt.Errorf("compare builds: %w", err)
	}
	t := trial{from: from, other: true, build: func(ctx context.Context, name, ours string) (string, error) {
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

// otherBuild is the fingerprint of a build other than ours that has snapshots of
// a name; of several, the one with the latest checkpoint. same says that there
// are only ours.
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

// differenceOf says in which places two states differ, "" if they do not: their
// forms may have members in another order.
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

// parsed is a JSON text as maps, slices and values. What is none is a text.
func parsed(text []byte) any {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return string(text)
	}
	return v
}

// compare tells of every place where two values differ.
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
				tell(fmt.Sprintf("%s has %d elements, and had %d", place(path), len(o), len(t)))
			}
			return
		}
	case json.Number, string, bool, nil:
		if theirs == ours {
			return
		}
	}
	tell(fmt.Sprintf("%s is %s, and was %s", place(path), shown(ours), shown(theirs)))
}

func compareMember(path, name string, theirs, ours map[string]any, tell func(string)) {
	t, was := theirs[name]
	o, is := ours[name]
	switch {
	case !was:
		tell(fmt.Sprintf("%s is new: %s", place(path), shown(o)))
	case !is:
		tell(fmt.Sprintf("%s is gone: it was %s", place(path), shown(t)))
	default:
		compare(path, t, o, tell)
	}
}

func place(path string) string {
	if path == "" {
		return "the state"
	}
	return strings.TrimPrefix(path, ".")
}

// shown is a value, cut where it gets long.
func shown(v any) string {
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
