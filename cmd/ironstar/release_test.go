package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ironstar.dev/internal/compat"
	"ironstar.dev/internal/model"
)

// steps is a schema with a second version: v1 {n}, v2 {n, text}. hand is the
// hand-written method that makes text; if it is empty, text is the constant
// "x".
func steps(hand string) *model.Schema {
	number := &model.Field{Name: "n", Type: &model.Type{Kind: model.Int}}
	text := &model.Field{Name: "text", Type: &model.Type{Kind: model.String}}
	payload := func(fields ...*model.Field) *model.Named {
		return &model.Named{Inline: true, GoName: "LampSwitched", Type: &model.Type{Kind: model.Struct, Fields: fields}}
	}
	v1, v2 := payload(number), payload(number, text)
	made := &model.Expr{Op: model.Literal, Value: &model.Value{JSON: `"x"`}}
	if hand != "" {
		made = &model.Expr{Op: model.Hand, Name: hand}
	}
	keep := &model.Expr{Op: model.Select, Type: number.Type, Field: number, Args: []*model.Expr{{Op: model.Old}}}
	up := &model.Upcast{Pos: model.Pos{File: "lamp/lamp.cue", Line: 9, Col: 3}, From: v1, To: v2,
		Make: &model.Expr{Op: model.MakeStruct, Parts: []*model.FieldExpr{{Field: number, Value: keep}, {Field: text, Value: made}}}}
	p := &model.Package{Name: "lamp", Path: "example.com/app/schema/lamp", Dir: "lamp", Files: []string{"lamp/lamp.cue"}}
	e := &model.Event{Name: "Switched", Versions: []*model.EventVersion{{Version: 1, Payload: v1}, {Version: 2, Payload: v2, Upcast: up}}}
	state := &model.Named{Package: p, Inline: true, GoName: "LampState", Type: &model.Type{Kind: model.Struct}}
	p.Aggregates = []*model.Aggregate{{Package: p, Name: "Lamp", State: &model.Type{Kind: model.Ref, Named: state}, Events: []*model.Event{e}}}
	return &model.Schema{Packages: []*model.Package{p}}
}

// releasing is a release of such a schema in its own folder.
type releasing struct {
	t              *testing.T
	dir            string
	stdout, stderr bytes.Buffer
}

func (r *releasing) evolution(s *model.Schema) *evolution {
	r.t.Helper()
	r.stdout.Reset()
	r.stderr.Reset()
	p := &project{schema: filepath.Join(r.dir, "schema"), module: r.dir, modPath: "example.com/app"}
	e, err := (&session{stdout: &r.stdout, stderr: &r.stderr, dir: r.dir, format: "text"}).evolution(p, s)
	if err != nil {
		r.t.Fatal(err)
	}
	return e
}

// release checks and releases, and reports whether it did.
func (r *releasing) release(s *model.Schema, make upcaster) bool {
	r.t.Helper()
	e := r.evolution(s)
	if failed, err := e.checked(make); err != nil {
		r.t.Fatal(err)
	} else if failed > 0 {
		return false
	}
	err := (&releaser{evolution: e, next: compat.Next(e.lock, s), files: map[string][]byte{}}).release(make)
	if err != nil && err != errRefused {
		r.t.Fatal(err)
	}
	return err == nil
}

func (r *releasing) write(name, text string) {
	r.t.Helper()
	name = filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		r.t.Fatal(err)
	}
}

// record records the results of the step for the samples, as the application's
// test does.
func (r *releasing) record(make upcaster) {
	r.t.Helper()
	samples, err := os.ReadFile(filepath.Join(r.dir, "schema/samples/lamp.Lamp.Switched.v1.jsonl"))
	if err != nil {
		r.t.Fatal(err)
	}
	lines, err := make(compat.Step{}, bytes.Split(bytes.TrimSuffix(samples, []byte("\n")), []byte("\n")))
	if err != nil {
		r.t.Fatal(err)
	}
	r.write("schema/samples/lamp.Lamp.Switched.v1.up.jsonl", string(compat.Lines(lines)))
}

// adding is a step that adds text to its input.
func adding(text string) upcaster {
	return func(_ compat.Step, samples [][]byte) (out [][]byte, err error) {
		for _, s := range samples {
			out = append(out, fmt.Appendf(nil, `%s,"text":%s}`, bytes.TrimSuffix(s, []byte("}")), text))
		}
		return out, nil
	}
}

func (r *releasing) want(did bool, released bool, says string) {
	r.t.Helper()
	if did != released || !strings.Contains(r.stderr.String()+r.stdout.String(), says) {
		r.t.Errorf("released is %v, want %v, saying %q; it says\n%s%s", did, released, says, &r.stdout, &r.stderr)
	}
}

// TestReleaseOfSteps: CUE or the application's test records the results of a step
// for samples. Without results, release releases nothing. After a release, the
// results must not change.
func TestReleaseOfSteps(t *testing.T) {
	t.Run("computed", func(t *testing.T) {
		r := &releasing{t: t, dir: t.TempDir()}
		r.want(r.release(steps(""), adding("1")), false, "is not a string (upcaster-output)")
		r.want(r.release(steps(""), adding(`"x"`)), true, "wrote schema/samples/lamp.Lamp.Switched.v1.up.jsonl")
		r.want(r.release(steps(""), adding(`"x"`)), true, "nothing new to release")
		other := steps("")
		other.Packages[0].Aggregates[0].Events[0].Versions[1].Upcast.Make.Parts[1].Value.Value = &model.Value{JSON: `"y"`}
		r.want(r.release(other, adding(`"y"`)), false, "(upcaster-changed)")
		r.want(r.release(other, adding(`"x"`)), true, "wrote schema/ironstar.lock") // another text with the same result
	})
	t.Run("by hand", func(t *testing.T) {
		r := &releasing{t: t, dir: t.TempDir()}
		r.write("internal/app/lamp/lamp.go", "package lamp\n\nfunc (Lamp) SwitchedToV2Text() {}\n")
		s := steps("SwitchedToV2Text")
		r.want(r.release(s, adding(`"x"`)), false, "the file with the results of SwitchedToV2Text for the samples, is missing (outputs-missing)")
		r.want(true, true, "go test ./internal/app/... -update")
		r.record(adding("1"))
		r.want(r.release(s, nil), false, "(upcaster-output)")
		r.record(adding(`"x"`))
		r.want(r.release(s, nil), true, "released lamp.Lamp.Switched.v2")
		r.want(r.release(s, nil), true, "nothing new to release")
		r.record(adding(`"y"`))
		r.want(r.release(s, nil), false, "gives other results for the samples now (upcaster-changed)")
		hash := r.stderr.String()[strings.Index(r.stderr.String(), "change: write ")+len("change: write "):][:16]
		r.write("schema/ironstar.exempt", hash+" it was wrong\n")
		r.want(r.release(s, nil), true, "wrote schema/ironstar.lock")
		r.want(r.release(s, nil), true, "exemption-unused")
	})
}

// TestImpure: an impure hand-written step is found, also in functions that it
// calls. A pure step is accepted, regardless of the rest of its file.
func TestImpure(t *testing.T) {
	const head = "package lamp\n\nimport (\n\t\"os\"\n\t\"time\"\n\n\tr \"math/rand/v2\"\n)\n\n"
	for name, c := range map[string]struct{ body, want string }{
		"pure":             {"func (Lamp) SwitchedToV2Text() { _ = time.Duration(1) }\nfunc other() { time.Now(); os.Exit(1) }\n", ""},
		"clock":            {"func (Lamp) SwitchedToV2Text() { _ = time.Now() }\n", "lamp.go:10:38: SwitchedToV2Text uses time.Now (upcaster-impure)"},
		"environment":      {"func (Lamp) SwitchedToV2Text() { _ = os.Getenv(\"X\") }\n", "uses os.Getenv"},
		"chance":           {"func (Lamp) SwitchedToV2Text() { _ = r.Int() }\n", "uses r.Int"},
		"goroutine":        {"func (Lamp) SwitchedToV2Text() { go other() }\n", "uses a goroutine"},
		"called":           {"func (l Lamp) SwitchedToV2Text() { l.one() }\nfunc (Lamp) one() { two() }\nfunc two() { _ = time.Since }\n", "uses time.Since"},
		"one that recurs":  {"func (l Lamp) SwitchedToV2Text() { l.SwitchedToV2Text() }\n", ""},
		"one that is gone": {"", ""},
	} {
		r := &releasing{t: t, dir: t.TempDir()}
		r.write("internal/app/lamp/lamp.go", head+c.body)
		e := r.evolution(steps("SwitchedToV2Text"))
		all, err := e.impure()
		if err != nil {
			t.Fatal(err)
		}
		e.printFindings(all)
		if got := r.stderr.String(); !strings.Contains(got, c.want) || (c.want == "") != (got == "") {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
