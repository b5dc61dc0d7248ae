package cueload_test

import (
	"go/token"
	"math/big"
	"path/filepath"
	"regexp"
	"testing"

	"ironstar.dev/internal/cueload"
	"ironstar.dev/internal/model"
)

// TestModelKeepsItsWord checks on every feature case what the comments of package
// model promise.
func TestModelKeepsItsWord(t *testing.T) {
	for _, dir := range cases(t, "testdata/features") {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			s, err := cueload.Load(dir)
			if err != nil {
				t.Fatal(report(t, err))
			}
			checkModel(t, s)
		})
	}
}

// checkModel checks what is promised about every model.
func checkModel(t *testing.T, s *model.Schema) {
	t.Helper()
	for i, p := range s.Packages {
		if i > 0 && s.Packages[i-1].Path >= p.Path {
			t.Errorf("package %s is out of order", p.Path)
		}
		w := &walk{t: t, pkg: p, names: map[string]bool{}, seen: map[*model.Named]bool{}}
		for _, n := range p.Types {
			w.named(n)
			if n.Inline {
				t.Errorf("%s is inline and in Types", n.GoName)
			}
		}
		for _, a := range p.Aggregates {
			w.aggregate(a)
		}
		for _, v := range p.Views {
			w.typ(v.State)
			w.named(v.Param)
			if v.Shows == nil && (v.Of == nil) == (len(v.On) == 0) || v.Key == "" || (v.List != nil) != (v.Of != nil && v.Key == "global") {
				t.Errorf("view %s: of, on and key do not fit", v.Name)
			}
		}
		for _, q := range p.Queries {
			w.query(q)
		}
		for _, x := range p.Processes {
			w.process(x)
		}
		for _, x := range p.Signals {
			w.named(x.Payload)
		}
	}
}

type walk struct {
	t     *testing.T
	pkg   *model.Package
	names map[string]bool
	seen  map[*model.Named]bool
}

func (w *walk) aggregate(a *model.Aggregate) {
	for _, c := range a.Commands {
		w.named(c.Payload)
	}
	for _, e := range a.Events {
		for _, v := range e.Versions {
			w.named(v.Payload)
		}
	}
	for _, f := range a.Refusals {
		w.named(f.Payload)
	}
	if a.State.Kind != model.Ref {
		w.t.Errorf("the state of %s is no Ref", a.Name)
	}
	w.typ(a.State)
}

func (w *walk) query(q *model.Query) {
	w.named(q.Param)
	w.named(q.Row)
	if len(q.Ways) == 0 || q.Rows < 1 || q.Fresh <= 0 || q.Within <= 0 || (q.Span == nil) != (q.Round == 0) {
		w.t.Errorf("query %s lacks something", q.Name)
	}
	for _, way := range q.Ways {
		if (way.Engine == "view") == (way.SQL != "") || way.Pos.Line == 0 {
			w.t.Errorf("query %s: engine %s lacks something", q.Name, way.Engine)
		}
	}
}

func (w *walk) process(p *model.Process) {
	w.typ(p.State)
	for _, t := range p.Timers {
		w.named(t.Payload)
	}
	for _, e := range p.Effects {
		w.named(e.Payload)
		if e.Within <= 0 {
			w.t.Errorf("effect %s is tried for %s", e.Name, e.Within)
		}
	}
	if len(p.On) == 0 || p.Key == "" || p.Start == "" || len(p.Commands())+len(p.Timers)+len(p.Effects) == 0 {
		w.t.Errorf("process %s lacks something", p.Name)
	}
}

func (w *walk) named(n *model.Named) {
	if n == nil || w.seen[n] || n.Package != w.pkg {
		return
	}
	w.seen[n] = true
	if w.names[n.GoName] || !token.IsExported(n.GoName) || n.TSName == "" || n.Pos.Line == 0 {
		w.t.Errorf("%+v: bad or repeated name, or no place", n)
	}
	w.names[n.GoName] = true
	if n.Type == nil {
		w.t.Fatalf("%s has no type", n.GoName)
	}
	w.typ(n.Type)
}

func (w *walk) typ(t *model.Type) {
	if t == nil {
		return
	}
	if t.Pos.Line == 0 {
		w.t.Errorf("a %s without a place", kinds[t.Kind])
	}
	for _, c := range t.Checks {
		w.check(t, c)
	}
	for _, f := range t.Fields {
		w.field(f)
	}
	for _, c := range t.Values {
		if c.GoName == "" || !token.IsExported(c.GoName) || c.Kind != t.Values[0].Kind || c.Kind == model.Bool {
			w.t.Errorf("enum value %+v", c)
		}
	}
	for _, a := range t.Arms {
		w.arm(t, a)
	}
	switch t.Kind {
	case model.Enum:
		if len(t.Values) == 0 {
			w.t.Error("an empty enum")
		}
	case model.Sum:
		if t.Tag == "" || len(t.Arms) == 0 {
			w.t.Errorf("a union without tag or cases at %s", at(t.Pos))
		}
	case model.List, model.Map:
		if t.Elem == nil || (t.Kind == model.Map) != (t.Key != nil) {
			w.t.Errorf("a %s without parts", kinds[t.Kind])
		}
	case model.Ref:
		w.named(t.Named)
	}
	w.typ(t.Elem)
	w.typ(t.Key)
}

func (w *walk) arm(t *model.Type, a *model.Named) {
	if a.Package != w.pkg && a.Inline {
		w.t.Errorf("case %s is of another package, and has no name there", a.Name)
	}
	for _, f := range a.Type.Fields {
		if f.Name == t.Tag && f.Const != nil && f.Const.Kind == model.String {
			w.named(a)
			return
		}
	}
	w.t.Errorf("case %s has no constant %s", a.Name, t.Tag)
}

func (w *walk) field(f *model.Field) {
	if f.Type == nil || f.Pos.Line == 0 { // its name may be "", which JSON allows
		w.t.Errorf("field %+v", f)
	}
	if f.Const == nil && !token.IsExported(f.GoName) {
		w.t.Errorf("field %s has the Go name %q", f.Name, f.GoName)
	}
	if f.Optional && (f.Default != nil || f.Const != nil) {
		w.t.Errorf("field %s is optional and has a value", f.Name)
	}
	w.typ(f.Type)
}

func (w *walk) check(t *model.Type, c model.Check) {
	if c.Pos.Line == 0 {
		w.t.Errorf("check %s has no place", check(c))
	}
	if c.Op == model.Match || c.Op == model.NotMatch {
		if _, err := regexp.Compile(c.Text); err != nil {
			w.t.Error(err)
		}
	}
	if n, ok := new(big.Rat).SetString(c.Num); c.Num != "" && (!ok || kindUnder(t) == model.Int && !n.IsInt()) {
		w.t.Errorf("check %s", check(c))
	}
}

func kindUnder(t *model.Type) model.Kind {
	for t.Kind == model.Ref {
		t = t.Named.Type
	}
	return t.Kind
}
