package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"ironstar.dev/internal/compat"
	"ironstar.dev/internal/dev"
	"ironstar.dev/internal/plan"
)

// applyPlan writes generated files and returns those that it changed, from the
// module's folder.
func (d *developer) applyPlan(ctx context.Context, p *project, todo *plan.Plan) (wrote []string, err error) {
	changes, err := todo.Apply(ctx, plan.Options{Root: p.module, Schema: p.schemaPath()})
	if err != nil {
		return nil, d.diskError(err, p)
	}
	for _, c := range changes {
		if c.Kind != plan.Note {
			wrote = append(wrote, c.Path)
		}
	}
	return wrote, nil
}

// released returns which versions of events the lock has.
func (d *developer) released() (func(dev.EventVersion) bool, error) {
	none := func(dev.EventVersion) bool { return false }
	p, err := d.open("")
	if err != nil {
		return none, err
	}
	e := &evolution{session: d.session, project: p, lock: &compat.Lock{}}
	text, there, err := e.read(compat.LockName)
	if err != nil || !there {
		return none, err
	}
	lock, err := compat.ParseLock(text)
	if err != nil {
		return none, e.lockTrouble(err)
	}
	return func(v dev.EventVersion) bool {
		for _, entry := range lock.Entries {
			if entry.What == compat.Event && entry.Of == v.Kind && entry.Name == v.Type && entry.Version == v.Version {
				return true
			}
		}
		return false
	}, nil
}

// check is ironstar check.
func (d *developer) check() []dev.Problem {
	var said bytes.Buffer
	s := &session{stdout: d.stdout, stderr: &said, dir: d.root, format: "json"}
	if s.fail((&checkCmd{}).Run(s)) == exitDone {
		return nil
	}
	return readProblems(dev.StageDatabase, said.Bytes())
}

// missing returns the methods that generated code needs and that are not written,
// as ironstar check finds them.
func (d *developer) missing() (all []dev.Problem) {
	p, err := d.open("")
	if err != nil {
		return nil // the schema's own stage says so
	}
	loaded, _, err := d.loadValues(p)
	if err != nil {
		return nil
	}
	for _, l := range d.lacking(p, loaded) {
		for _, found := range problemsOf(dev.StageBuild, l.trouble, d.session) {
			found.Hint = strings.Replace(found.Hint, "paste the code from standard output", "paste this into the file", 1)
			found.Code = l.code
			all = append(all, found)
		}
	}
	return all
}

// problemsOf converts an error of a command as --error-format json prints it.
func problemsOf(stage string, err error, s *session) []dev.Problem {
	if err == nil {
		return nil
	}
	var said bytes.Buffer
	as := &session{stdout: s.stdout, stderr: &said, dir: s.dir, format: "json"}
	as.fail(err)
	return readProblems(stage, said.Bytes())
}

// readProblems reads errors as --error-format json prints them. Warnings are no
// problems.
func readProblems(stage string, text []byte) (all []dev.Problem) {
	for line := range bytes.Lines(text) {
		var e struct {
			Level, Code, File, Message, Hint, Source string
			Line, Col                                int
		}
		if json.Unmarshal(line, &e) != nil || e.Level != "error" {
			continue
		}
		all = append(all, dev.Problem{Stage: stage, File: e.File, Line: e.Line, Col: e.Col,
			Message: fmt.Sprintf("%s (%s)", e.Message, e.Code), Source: e.Source, Hint: e.Hint})
	}
	return all
}
