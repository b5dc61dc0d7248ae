package compat_test

import (
	"slices"
	"strings"
	"testing"

	"ironstar.dev/internal/compat"
	"ironstar.dev/internal/model"
)

// The schemas of these tests have several versions and are built in Go.

func place(line int) model.Pos { return model.Pos{File: "p.cue", Line: line, Col: 2} }

func payload(fields ...*model.Field) *model.Named {
	return &model.Named{Inline: true, Pos: place(9), Type: &model.Type{Kind: model.Struct, Fields: fields}}
}

func fieldOf(name string, k model.Kind) *model.Field {
	return &model.Field{Name: name, Pos: place(10), Type: &model.Type{Kind: k}}
}

// event returns an event whose versions have these payloads. Every step copies
// all fields.
func event(name string, payloads ...*model.Named) *model.Event {
	return &model.Event{Name: name, Pos: place(5), Versions: versions(payloads...)}
}

func versions(payloads ...*model.Named) []*model.EventVersion {
	var all []*model.EventVersion
	for i, p := range payloads {
		v := &model.EventVersion{Version: i + 1, Pos: place(20 + i), Payload: p}
		if i > 0 {
			v.Upcast = &model.Upcast{Pos: place(30 + i), From: payloads[i-1], To: p, Make: kept(payloads[i-1], p)}
		}
		all = append(all, v)
	}
	return all
}

func kept(from, to *model.Named) *model.Expr {
	e := &model.Expr{Op: model.MakeStruct, Type: &model.Type{Kind: model.Ref, Named: to}}
	for _, f := range to.Type.Fields {
		for _, g := range from.Type.Fields {
			if f.Name == g.Name {
				e.Parts = append(e.Parts, &model.FieldExpr{Field: f, Unchanged: true, Value: &model.Expr{Op: model.Select, Type: g.Type, Field: g, Args: []*model.Expr{{Op: model.Old}}}})
			}
		}
	}
	return e
}

// schemaOf returns a schema with one package p with one aggregate A.
func schemaOf(events []*model.Event, retired ...*model.Retired) *model.Schema {
	p := &model.Package{Name: "p", Path: "example.com/p", Files: []string{"p.cue"}}
	p.Aggregates = []*model.Aggregate{{Package: p, Name: "A", Pos: place(3), Events: events, Retired: retired}}
	return &model.Schema{Packages: []*model.Package{p}}
}

func one(e *model.Event, retired ...*model.Retired) *model.Schema {
	return schemaOf([]*model.Event{e}, retired...)
}

func retiredOf(name string, becomes []*model.Part, payloads ...*model.Named) *model.Retired {
	return &model.Retired{Name: name, Pos: place(40), Versions: versions(payloads...), Becomes: becomes}
}

func partOf(from *model.Named, e *model.Event) *model.Part {
	to := e.Versions[0].Payload
	return &model.Part{Pos: place(41), Event: e, Version: 1, Upcast: &model.Upcast{Pos: place(42), From: from, To: to, Make: kept(from, to)}}
}

// versionCase changes a schema in Go. want lists the rules that fail, in order.
type versionCase struct {
	name     string
	old, now *model.Schema
	want     []string
	says     string
}

func versionCases() []versionCase {
	id, text := fieldOf("id", model.UUID), fieldOf("text", model.String)
	v1, v2 := payload(id, text), payload(id, text, &model.Field{Name: "note", Optional: true, Type: text.Type})
	number := fieldOf("text", model.Int)
	changed := one(event("Added", v1, v2))
	changed.Packages[0].Aggregates[0].Events[0].Versions[1].Upcast.Make.Parts[1].Value = &model.Expr{Op: model.Literal, Value: &model.Value{JSON: `"x"`}}
	byHand := one(event("Added", v1, v2))
	byHand.Packages[0].Aggregates[0].Events[0].Versions[1].Upcast.Hand = "AddedToV2"
	noStep := one(event("Added", v1, v2))
	noStep.Packages[0].Aggregates[0].Events[0].Versions[1].Upcast = nil
	wrongStep := one(event("Added", v1, v2))
	wrongStep.Packages[0].Aggregates[0].Events[0].Versions[1].Upcast.From = v2
	wrongEnd := one(event("Added", v1, v2))
	wrongEnd.Packages[0].Aggregates[0].Events[0].Versions[1].Upcast.To = v1
	late := one(event("Added", v1))
	late.Packages[0].Aggregates[0].Events[0].Versions[0].Version = 3
	reused := one(event("Added", v1, payload(id), payload(id, number)))
	unsafe := one(event("Added", payload(safe("n")), payload(fieldOf("n", model.Int))))
	gap := one(event("Added", v1, v2))
	gap.Packages[0].Aggregates[0].Events[0].Versions[1].Version = 3
	twice := one(event("Added", v1, v2))
	twice.Packages[0].Aggregates[0].Events[0].Versions[1].Version = 1
	kept := event("Kept", payload(id))
	begun := retiredOf("Begun", []*model.Part{partOf(v1, kept)}, v1)
	forgotten := retiredOf("Begun", nil, v1)
	pin := partOf(v1, kept)
	pin.Version = 7
	stranger := partOf(v1, event("Stranger", payload(id)))
	both := retiredOf("Begun", []*model.Part{partOf(v1, kept)}, v1)
	both.Hand = "UpcastBegun"
	round, back := retiredOf("Round", nil, v1), retiredOf("Back", nil, v1)
	to := func(r *model.Retired) *model.Part {
		return &model.Part{Pos: place(41), Retired: r, Version: 1, Upcast: &model.Upcast{From: v1, To: v1, Make: &model.Expr{}}}
	}
	round.Becomes, back.Becomes = []*model.Part{to(back)}, []*model.Part{to(round)}
	return []versionCase{
		{"a new version", one(event("Added", v1)), one(event("Added", v1, v2)), nil, ""},
		{"a released second version", one(event("Added", v1, v2)), one(event("Added", v1, v2)), nil, ""},
		{"retired", schemaOf([]*model.Event{event("Begun", v1), kept}), one(kept, begun), nil, ""},
		{"forgotten", schemaOf([]*model.Event{event("Begun", v1), kept}), one(kept, forgotten), nil, ""},
		{"retired and gone", one(kept, begun), one(kept), []string{"event-removed"}, "p.A.Begun is retired, but `retired` no longer has it"},
		{"a retired name again", one(kept, begun), schemaOf([]*model.Event{event("Begun", v1), kept}), []string{"retired-reused"}, "p.A.Begun is retired"},
		{"becomes something else", one(kept, begun), one(kept, forgotten), []string{"upcaster-changed"}, "the step from p.A.Begun is released, but its text changed"},
		{"a retired event has a version more", one(kept, begun), one(kept, retiredOf("Begun", []*model.Part{partOf(v2, kept)}, v1, v2)), []string{"upcaster-changed"}, "p.A.Begun is retired, but has a version that was never released"},
		{"a version less", one(event("Added", v1, v2)), one(event("Added", v1)), []string{"version-removed"}, "p.A.Added.v2 was released, but the schema no longer has it"},
		{"the first version is changed, with a second", one(event("Added", v1)), one(event("Added", payload(id), v2)), []string{"field-removed"}, "text (string) was removed"},
		{"a step is changed", one(event("Added", v1, v2)), changed, []string{"upcaster-changed"}, "the step to p.A.Added.v2 is released, but its text changed"},
		{"two steps", one(event("Added", v1)), byHand, []string{"path-twice"}, "two steps lead to Added.v2"},
		{"no step", one(event("Added", v1)), noStep, []string{"path-missing"}, "no step leads to Added.v2"},
		{"a step of something else", one(event("Added", v1)), wrongStep, []string{"path-missing"}, "has other payloads as its source or result"},
		{"a step to something else", one(event("Added", v1)), wrongEnd, []string{"path-missing"}, "has other payloads as its source or result"},
		{"only a third version", one(event("Added", v1)), late, []string{"version-removed", "version-gap"}, "p.A.Added.v1 was released, but the schema no longer has it"},
		{"a name came back in a release", reused, reused, nil, ""},
		{"an integer got too large in a release", unsafe, unsafe, nil, ""},
		{"an integer stays small", one(event("Added", payload(safe("n")))), one(event("Added", payload(safe("n")), payload(safe("n"), text))), nil, ""},
		{"a version is skipped", one(event("Added", v1)), gap, []string{"version-gap"}, "Added has v3, but the next version must be v2"},
		{"a version twice", one(event("Added", v1)), twice, []string{"version-gap"}, "Added has v1, but the next version must be v2"},
		{"becomes a version that is not there", one(kept), one(kept, retiredOf("Begun", []*model.Part{pin}, v1)), []string{"path-missing"}, "Kept.v7, but the event has no such version"},
		{"becomes an event of nobody", one(kept), one(kept, retiredOf("Begun", []*model.Part{stranger}, v1)), []string{"path-missing"}, "Stranger.v1, which is not an event of p.A"},
		{"becomes two things", one(kept), one(kept, both), []string{"path-twice"}, "says twice"},
		{"becomes itself", one(kept), one(kept, round, back), []string{"becomes-cycle"}, "Round becomes Back becomes Round"},
		{"a name comes back as another type", one(event("Added", v1, payload(id))), one(event("Added", v1, payload(id), payload(id, number))),
			[]string{"name-reused"}, "Added had text as string in v1, and now has that name again as int"},
		{"a name comes back as it was", one(event("Added", v1, payload(id))), one(event("Added", v1, payload(id), payload(id, text))), nil, ""},
		{"a type is another in the next version", one(event("Added", v1)), one(event("Added", v1, payload(id, number))), nil, ""},
		{"an integer gets too large for browsers", one(event("Added", payload(safe("n")))), one(event("Added", payload(safe("n")), payload(fieldOf("n", model.Int)))), []string{"int-unsafe"}, "n can exceed 2^53"},
	}
}

// TestMovedAggregate: if an aggregate moves to another package and its own
// package still exists, that is no renaming of the package. An aggregate that
// shares few events with another is not mistaken for it.
func TestMovedAggregate(t *testing.T) {
	events := []*model.Event{event("Added", payload()), event("Kept", payload()), event("Lost", payload())}
	old, now := schemaOf(events), schemaOf(events)
	now.Packages[0].Name, now.Packages[0].Aggregates[0].Package.Name = "q", "q"
	stays := schemaOf([]*model.Event{event("Added", payload())})
	stays.Packages[0].Aggregates[0].Name = "Other"
	now.Packages = append(now.Packages, stays.Packages[0])
	all := compat.Compare(compat.LockOf(old), now, compat.Options{})
	if len(all) != 1 || all[0].Rule != "aggregate-removed" || strings.Contains(all[0].Message, "looks like") {
		t.Errorf("found\n%s", show(all))
	}
}

func safe(name string) *model.Field {
	f := fieldOf(name, model.Int)
	f.Type.Checks = []model.Check{{Op: model.GreaterOrEqual, Num: "-9007199254740991"}, {Op: model.LessOrEqual, Num: "9007199254740991"}}
	return f
}

func TestVersions(t *testing.T) {
	for _, c := range versionCases() {
		lock, err := compat.ParseLock(compat.LockOf(c.old).Bytes())
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		all := compat.Failing(compat.Compare(lock, c.now, compat.Options{}))
		var rules []string
		for _, f := range all {
			rules = append(rules, f.Rule)
			if f.Pos.File == "" || f.Pos.Line == 0 {
				t.Errorf("%s: %s has no place", c.name, f.Message)
			}
		}
		if !slices.Equal(rules, c.want) || len(all) > 0 && !strings.Contains(all[0].Message, c.says) {
			t.Errorf("%s: found\n%swant %v saying %q", c.name, show(all), c.want, c.says)
		}
	}
}

// TestRemedies: the advice depends on what the schema already has.
func TestRemedies(t *testing.T) {
	id, text := fieldOf("id", model.UUID), fieldOf("text", model.String)
	v1, v2 := payload(id, text), payload(id)
	kept := event("Kept", payload(id))
	for hint, c := range map[string]struct{ old, now *model.Schema }{
		"leave v1 as it was released, and add v2":                   {one(event("Added", v1)), one(event("Added", payload(id, fieldOf("text", model.Int))))},
		"leave v1 as it was released, and put the change into v2":   {one(event("Added", v1)), one(event("Added", payload(text), v2))},
		"Begun is retired: leave v1 as it was released":             {one(kept, retiredOf("Begun", nil, v1)), one(kept, retiredOf("Begun", nil, payload(text)))},
		"leave v2 as it was released, and add v3; it needs no toV3": {one(event("Added", v2, v1)), one(event("Added", v2, payload(id)))},
	} {
		all := compat.Failing(compat.Compare(compat.LockOf(c.old), c.now, compat.Options{}))
		last := all[len(all)-1]
		if last.Hint != hint || strings.Contains(last.Write, "\nv2: ") != strings.HasSuffix(hint, "add v2") {
			t.Errorf("want the hint %q\n%s", hint, show(all))
		}
	}
}

// TestOutputsDecide: a step with another text and the same results for all
// samples counts as the same step. One with the same text and other results
// counts as another.
func TestOutputsDecide(t *testing.T) {
	id, text := fieldOf("id", model.UUID), fieldOf("text", model.String)
	v1, v2 := payload(id, text), payload(id, text)
	same, other := one(event("Added", v1, v2)), one(event("Added", v1, v2))
	other.Packages[0].Aggregates[0].Events[0].Versions[1].Upcast.Make.Parts[0].Value = &model.Expr{Op: model.Literal, Value: &model.Value{JSON: "1"}}
	lock := compat.LockOf(same)
	path := compat.OutputsPath("p.A", "Added", 1)
	lock.Find("p.A", "Added", 2).Outputs = &compat.File{Path: path, Sum: "s"}
	if kept := compat.Next(lock, same).Find("p.A", "Added", 2).Outputs; kept == nil || kept.Sum != "s" {
		t.Errorf("the next release has the outputs %v", kept)
	}
	for _, c := range []struct {
		name string
		now  *model.Schema
		sum  string
		want int
	}{
		{"the same", same, "s", 0}, {"written otherwise", other, "s", 0}, {"something else comes out", same, "t", 1},
		{"nobody knows what comes out", other, "", 1}, {"nobody knows, and it is written the same", same, "", 0},
	} {
		o := compat.Options{Outputs: map[string]string{}}
		if c.sum != "" {
			o.Outputs[path] = c.sum
		}
		if all := compat.Compare(lock, c.now, o); len(all) != c.want {
			t.Errorf("%s: want %d\n%s", c.name, c.want, show(all))
		}
	}
}

// TestShapeChanged: a difference that no specific rule covers is still found.
func TestShapeChanged(t *testing.T) {
	lock := compat.LockOf(one(event("Added", payload())))
	lock.Find("p.A", "Added", 1).Hash = "another"
	all := compat.Compare(lock, one(event("Added", payload())), compat.Options{})
	if len(all) != 1 || all[0].Rule != "shape-changed" || all[0].Hint == "" {
		t.Errorf("%s", show(all))
	}
}

// TestLockGap: a missing line of the lock is reported if the lock has a later
// version.
func TestLockGap(t *testing.T) {
	v1, v2 := payload(), payload(fieldOf("text", model.String))
	lost := func(l *compat.Lock, lose func(*compat.Entry) bool) *compat.Lock {
		l.Entries = slices.DeleteFunc(l.Entries, lose)
		l, err := compat.ParseLock(l.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	now := one(event("Added", v1, v2), retiredOf("Begun", nil, v1))
	for name, lock := range map[string]*compat.Lock{
		"v1":                       lost(compat.LockOf(now), func(e *compat.Entry) bool { return e.Name == "Added" && e.Version == 1 }),
		"what a retired event was": lost(compat.LockOf(now), func(e *compat.Entry) bool { return e.Name == "Begun" && e.What == compat.Event }),
	} {
		all := compat.Compare(lock, now, compat.Options{})
		if len(all) != 1 || all[0].Rule != "lock-gap" || all[0].Pos.File != compat.LockName || all[0].Pos.Line == 0 || all[0].Hash != "" {
			t.Errorf("%s is lost:\n%s", name, show(all))
		}
	}
}

// TestExprHashes: expressions that do different things have different hashes.
func TestExprHashes(t *testing.T) {
	f, g := fieldOf("f", model.String), fieldOf("g", model.String)
	lit := func(json string) *model.Expr { return &model.Expr{Op: model.Literal, Value: &model.Value{JSON: json}} }
	field := func(f *model.Field) *model.Expr {
		return &model.Expr{Op: model.Select, Field: f, Args: []*model.Expr{{Op: model.Old}}}
	}
	table := func(key, value string) *model.Expr {
		return &model.Expr{Op: model.Table, Args: []*model.Expr{field(f)}, Entries: []model.Entry{{Key: key, Value: lit(value)}}}
	}
	part := func(f *model.Field, when *model.Expr) *model.Expr {
		return &model.Expr{Op: model.MakeStruct, Parts: []*model.FieldExpr{{Field: f, Value: lit("1"), When: when}}}
	}
	seen := map[string]int{}
	for i, e := range []*model.Expr{
		lit("1"), lit("2"), field(f), field(g), table("a", "1"), table("b", "1"), table("a", "2"), part(f, nil), part(g, nil), part(f, field(f)), part(f, field(g)),
		{Op: model.Call, Name: "a"}, {Op: model.Call, Name: "b"}, {Op: model.Each, Name: "a"},
		{Op: model.MakeStruct, Parts: []*model.FieldExpr{{Field: f, Value: lit("1"), If: field(f)}}},
		{Op: model.Each, Name: "a", Args: []*model.Expr{field(f), lit("1")}}, {Op: model.Each, Name: "a", Args: []*model.Expr{field(f), lit("1"), field(g)}},
		{Op: model.Compare, Name: "<", Args: []*model.Expr{field(f), lit("1")}}, {Op: model.Compare, Name: ">", Args: []*model.Expr{field(f), lit("1")}},
		{Op: model.Choose, Args: []*model.Expr{field(f), lit("1"), lit("2")}}, {Op: model.Choose, Args: []*model.Expr{field(g), lit("1"), lit("2")}},
		{Op: model.Join, Args: []*model.Expr{lit("1"), lit("2")}}, {Op: model.Join, Args: []*model.Expr{lit("2"), lit("1")}},
	} {
		u := one(event("Added", payload(), payload()))
		u.Packages[0].Aggregates[0].Events[0].Versions[1].Upcast.Make = e
		step := compat.LockOf(u).Find("p.A", "Added", 2).Step
		if other, ok := seen[step]; ok {
			t.Errorf("expressions %d and %d have the same hash", other, i)
		}
		seen[step] = i
	}
}

// TestExprNames: every operation of upcasters has its own name in hashes, so
// that different expressions have different hashes.
func TestExprNames(t *testing.T) {
	seen := map[string]model.ExprOp{}
	for op := model.Old; op <= model.Hand; op++ {
		u := one(event("Added", payload(), payload()))
		u.Packages[0].Aggregates[0].Events[0].Versions[1].Upcast.Make = &model.Expr{Op: op}
		step := compat.LockOf(u).Find("p.A", "Added", 2).Step
		if other, ok := seen[step]; ok {
			t.Errorf("operations %d and %d are the same in hashes", op, other)
		}
		seen[step] = op
	}
}
