package dev

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// work is what has to be done. What fails stays to be done.
type work struct {
	saved
	schema, assets, build bool
	templ                 []string // files
}

// everything is what has to be done at first.
func (s *supervisor) everything() work {
	return work{saved: saved{at: time.Now()}, schema: true, assets: true, build: true, templ: s.watcher.files(templFile)}
}

// add adds what follows from a change.
func (w *work) add(c saved) {
	w.at = c.at
	for _, f := range c.files {
		if !slices.Contains(w.files, f) {
			w.files = append(w.files, f)
		}
		w.addInput(f)
	}
}

// addInput adds what follows from one file.
func (w *work) addInput(file string) {
	switch kindOf(file) {
	case cueFile:
		w.schema = true
	case sqlFile:
		w.schema, w.build = true, true
	case templFile:
		if !slices.Contains(w.templ, file) {
			w.templ = append(w.templ, file)
		}
	case assetFile:
		w.assets = true
	case goFile:
		w.build = true
	}
}

// name says which files were saved.
func (w *work) name() string {
	switch n := len(w.files); n {
	case 0:
		return "first build"
	case 1, 2:
		return strings.Join(w.files, " and ") + " changed"
	default:
		return fmt.Sprintf("%s and %d more files changed", w.files[0], n-1)
	}
}

// pass does what has to be done. If ctx ends, it stops soon and leaves the rest.
// run ends with the program: replacing a server is not interrupted at once.
func (s *supervisor) pass(ctx, run context.Context) {
	r := &report{name: s.todo.name(), begun: s.todo.at}
	s.board.set(func(now *state) { now.Note = "" })
	generated := s.generate(ctx, r)
	templated := s.template(ctx, r)
	s.buildAssets(ctx, r)
	if generated && templated && s.todo.build {
		s.rebuild(ctx, run, r)
	}
	s.board.set(func(now *state) { now.Working = "" })
	if ctx.Err() != nil {
		return
	}
	s.todo.files = nil
	s.finish(r)
}

// stage runs one stage: it measures it, and shows its problems. It reports whether
// there were none.
func (s *supervisor) stage(ctx context.Context, r *report, name string, run func() []Problem) bool {
	if ctx.Err() != nil {
		return false
	}
	s.board.set(func(now *state) { now.Working = name })
	begun := time.Now()
	found := run()
	if ctx.Err() != nil {
		return false
	}
	r.add(name, time.Since(begun))
	s.show(name, found)
	return len(found) == 0
}

// show sets the problems of a stage.
func (s *supervisor) show(stage string, found []Problem) {
	for i := range found {
		found[i] = found[i].withSource(s.Root)
	}
	before := s.problems[stage]
	s.problems[stage] = found
	all := []Problem{}
	for _, name := range []string{StageSchema, StageTempl, StageAssets, StageBuild, StageDatabase, StageServer} {
		all = append(all, s.problems[name]...)
	}
	s.board.set(func(now *state) { now.Problems = all })
	if slices.Equal(found, before) {
		return // they are in the terminal already
	}
	for _, p := range found {
		fmt.Fprint(s.out, p.String())
	}
}

func (s *supervisor) generate(ctx context.Context, r *report) bool {
	if s.todo.schema {
		s.todo.schema = !s.stage(ctx, r, StageSchema, func() []Problem {
			wrote, problems := s.Generate(ctx)
			s.wrote(wrote)
			return problems
		})
	}
	return !s.todo.schema
}

func (s *supervisor) template(ctx context.Context, r *report) bool {
	if len(s.todo.templ) == 0 {
		return true
	}
	var broken []string
	ok := s.stage(ctx, r, StageTempl, func() (all []Problem) {
		for _, name := range s.todo.templ {
			wrote, problems := generateTempl(s.Root, name)
			if wrote != "" {
				s.wrote([]string{wrote})
			}
			if problems != nil {
				broken = append(broken, name)
			}
			all = append(all, problems...)
		}
		return all
	})
	if ok || broken != nil {
		s.todo.templ = broken
	}
	return ok
}

func (s *supervisor) buildAssets(ctx context.Context, r *report) {
	if !s.todo.assets {
		return
	}
	s.todo.assets = !s.stage(ctx, r, StageAssets, func() []Problem { return s.Assets(ctx) })
	if ctx.Err() == nil && s.readManifest() {
		r.changed = true
		r.change = s.board.get().Change
		s.await(r)
	}
}

// wrote adds what follows from files that a stage wrote.
func (s *supervisor) wrote(files []string) {
	s.watcher.wrote(files)
	for _, f := range files {
		s.todo.addInput(f)
	}
}

// rebuild builds the application and replaces the server, if it differs.
func (s *supervisor) rebuild(ctx, run context.Context, r *report) {
	s.builds++
	binary := filepath.Join(s.folder.path, fmt.Sprintf("app%d", s.builds))
	built := s.stage(ctx, r, StageBuild, func() []Problem {
		problems, err := goBuild(ctx, s.Root, s.Package, binary)
		if err != nil {
			return []Problem{{Stage: StageBuild, Message: err.Error()}} // not shown if ctx has ended
		}
		return append(s.missing(problems), s.inTempl(problems)...)
	})
	if !built || ctx.Err() != nil {
		_ = os.Remove(binary) // there may be none
		return
	}
	s.todo.build = false
	if s.isServing() && sameContent(binary, s.binary) {
		_ = os.Remove(binary) // the folder is removed at the end
		r.same = true
		s.show(StageServer, nil) // what another build did wrong is undone
		return
	}
	if !s.stage(run, r, StageServer, func() []Problem { return s.restart(ctx, run, binary) }) {
		_ = os.Remove(binary)
		return
	}
	if s.binary != "" {
		_ = os.Remove(s.binary)
	}
	s.binary = binary
	s.board.set(func(now *state) { now.Server++; now.Change++ })
	r.changed = true
	r.change = s.board.get().Change
	s.await(r)
}

// missing returns the methods that are not written, if that is why Go code does not
// build.
func (s *supervisor) missing(problems []Problem) []Problem {
	if slices.ContainsFunc(problems, func(p Problem) bool { return strings.Contains(p.Message, "missing method ") }) {
		return s.Missing()
	}
	return nil
}

func sameContent(a, b string) bool {
	if b == "" {
		return false
	}
	x, okX := digestOf(a)
	y, okY := digestOf(b)
	return okX && okY && x == y
}
