package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"path"
	"path/filepath"
	"sync"
	"syscall"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/cueload"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/plan"
)

// generateCmd is `ironstar generate`.
type generateCmd struct {
	Check bool   `help:"Write nothing; print what is missing, different or orphaned as a unified diff, and exit with 1 if there is anything."`
	Force bool   `help:"Overwrite generated files that were edited by hand. Files that ironstar never wrote stay, always."`
	Dir   string `arg:"" optional:"" help:"The schema's folder, or the one above it. Without it: looked for from the working folder upwards."`
}

// Help is shown by ironstar generate --help.
func (generateCmd) Help() string {
	return `Generated files end in _gen.go, or lie in gen/ts and testdata folders; they are overwritten, and deleted when
nothing asks for them any more. Stubs in internal/app/ are written once, when absent, and then yours.

ironstar.gen.json beside the schema remembers what was generated. A generated file that no longer matches it stops
the run with a diff; nothing is written then. Commit it with the generated files.

Examples:

    ironstar generate            write what changed
    ironstar generate --check    in CI: fail when somebody forgot to
    ironstar generate --force    after edits of generated files, or a merge conflict in them`
}

// Run writes, or compares.
func (c *generateCmd) Run(ctx context.Context, s *session) error {
	p, err := s.open(c.Dir)
	if err != nil {
		return err
	}
	defer s.watch("generating from " + s.rel(p.schema))()
	loaded, values, err := s.loadValues(p)
	if err != nil {
		return err
	}
	todo, out, err := s.plan(p, loaded, values)
	if err != nil {
		return err
	}
	defer s.orphans("warning", p, loaded, func() *codegen.Output { return out })
	options := plan.Options{Root: p.module, Schema: p.schemaPath(), Force: c.Force}
	if c.Check {
		return s.compare(p, todo, options)
	}
	return s.apply(ctx, p, todo, options)
}

// load reads the schema and says what is odd about it.
func (s *session) load(p *project) (*model.Schema, error) {
	loaded, _, err := s.loadValues(p)
	return loaded, err
}

func (s *session) loadValues(p *project) (*model.Schema, *cueload.Values, error) {
	loaded, values, err := cueload.LoadValues(p.schema)
	var errs cueload.Errors
	if errors.As(err, &errs) {
		return nil, nil, &schemaErrors{errs, p}
	}
	return loaded, values, err
}

// output is everything that follows from a schema.
func (s *session) output(p *project, loaded *model.Schema) (*codegen.Output, error) {
	out, err := codegen.Generate(loaded, p.options())
	if err != nil {
		return nil, impossible(p, err)
	}
	return out, nil
}

// outputLater is output when it is asked for, of a schema that has passed
// [codegen.Possible].
func (s *session) outputLater(p *project, loaded *model.Schema) func() *codegen.Output {
	return sync.OnceValue(func() *codegen.Output {
		out, err := s.output(p, loaded)
		if err != nil {
			return &codegen.Output{} // then nothing is declared, and generate says why
		}
		return out
	})
}

// impossible gives an error of the generator its place and code.
func impossible(p *project, err error) error {
	var wrong *codegen.Error
	if errors.As(err, &wrong) {
		return &schemaErrors{cueload.Errors{{Code: codeGo, Pos: wrong.Pos, Message: wrong.Message, Width: 1}}, p}
	}
	return err
}

// plan is everything that follows from a schema, without the stubs of types and
// tests that people have written somewhere else. CUE, which knows one thread only, is
// asked while the code is written.
func (s *session) plan(p *project, loaded *model.Schema, values *cueload.Values) (*plan.Plan, *codegen.Output, error) {
	var cases map[string][]byte
	var casesErr error
	var asking sync.WaitGroup
	asking.Go(func() { cases, casesErr = recordCases(p, loaded, values) })
	out, err := s.output(p, loaded)
	asking.Wait()
	if err = cmp.Or(err, casesErr); err != nil {
		return nil, nil, err
	}
	maps.Copy(out.Files, cases)
	once := maps.Clone(out.Stubs)
	for _, side := range sides(p, loaded) {
		if exists(filepath.Join(p.module, side.File)) {
			continue
		}
		if _, ok := readFolder(p.module, path.Dir(side.File)).implementer(side.Type); ok {
			s.detail("%s is not needed: %s is somewhere else in its folder", side.File, side.Type)
			delete(once, side.File)
		}
	}
	for _, pkg := range loaded.Packages {
		if h := historyOf(p, pkg); len(h.tests) > 0 && !h.isStubbed() {
			delete(once, h.tests[0].File)
		}
	}
	todo, err := plan.New(out.Files, once)
	return todo, out, err
}

// apply writes, and says what was done. Ctrl-C is only caught here: before,
// nothing has been written and the process may as well end at once.
func (s *session) apply(ctx context.Context, p *project, todo *plan.Plan, options plan.Options) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	changes, err := todo.Apply(ctx, options)
	if err != nil {
		return s.diskError(err, p)
	}
	written := 0
	for _, c := range changes {
		name := s.rel(filepath.Join(p.module, c.Path))
		switch c.Kind {
		case plan.Note:
			continue
		case plan.Once:
			s.print("wrote %s: yours from now on", name)
		case plan.Delete:
			s.print("deleted %s", name)
		case plan.Forget:
			s.say("left %s, which was edited by hand and is no longer generated: delete it, or rename it and keep it", name)
		default:
			s.print("wrote %s", name)
		}
		written++
	}
	if written == 0 {
		s.detail("everything is as the schema says")
	}
	return nil
}

// compare prints what apply would do, and says no when that is anything.
func (s *session) compare(p *project, todo *plan.Plan, options plan.Options) error {
	c, err := todo.Compare(options)
	if err != nil {
		return s.diskError(err, p)
	}
	for _, change := range c.Changes {
		reason := map[plan.Kind]string{
			plan.Create: "missing", plan.Once: "missing: it would be written once", plan.Update: "out of date",
			plan.Delete: "orphaned: nothing in the schema asks for it any more", plan.Forget: "orphaned and edited by hand", plan.Note: "out of date",
		}[change.Kind]
		s.problem("error", &trouble{code: codeDiffers, file: s.rel(filepath.Join(p.module, change.Path)), message: reason})
		_, _ = s.stdout.Write(paint(s.stdout, change.Diff(), paintDiff))
	}
	if len(c.Changes) > 0 {
		s.say("%s: run ironstar generate", plural(len(c.Changes), "difference"))
		return errRefused
	}
	s.detail("everything is as the schema says")
	return nil
}

// print writes one line of result to standard output.
func (s *session) print(format string, args ...any) {
	fmt.Fprintf(s.stdout, format+"\n", args...)
}
