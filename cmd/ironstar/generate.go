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
	Check bool   `help:"Write nothing. Print missing, different and orphaned files as a unified diff, and exit with 1 if there are any."`
	Force bool   `help:"Overwrite generated files that were edited by hand. It never overwrites files that ironstar did not write."`
	Dir   string `arg:"" optional:"" help:"The schema's folder, or the folder that contains it. By default, ironstar searches from the working folder upwards."`
}

// Help is shown by ironstar generate --help.
func (generateCmd) Help() string {
	return `Names of generated files end in _gen.go, or the files are in gen/ts or in testdata folders. ironstar overwrites
generated files, and deletes them when the schema no longer needs them. It writes a stub in internal/app/ only if
the file does not exist; from then on the file is yours.

ironstar.gen.json in the schema's folder lists the generated files. If a generated file was edited by hand, the run
writes nothing and prints a diff. Commit ironstar.gen.json with the generated files.

Examples:

    ironstar generate            write changed files
    ironstar generate --check    in CI: fail if generated files are out of date
    ironstar generate --force    overwrite generated files after an edit or a merge conflict`
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
		return s.unlessNew(p, err)
	}
	todo, out, err := s.plan(p, loaded, values)
	if err != nil {
		return err
	}
	defer s.interfacesGone("warning", p, loaded, func() *codegen.Output { return out })
	options := plan.Options{Root: p.module, Schema: p.schemaPath(), Force: c.Force}
	if c.Check {
		return s.compare(p, todo, options)
	}
	return s.apply(ctx, p, todo, options)
}

// load reads the schema and prints its warnings.
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

// output generates everything that follows from a schema.
func (s *session) output(p *project, loaded *model.Schema) (*codegen.Output, error) {
	out, err := codegen.Generate(loaded, p.options())
	if err != nil {
		return nil, impossible(p, err)
	}
	return out, nil
}

// outputLater returns a function that generates the output when it is called.
// The schema has passed [codegen.Possible].
func (s *session) outputLater(p *project, loaded *model.Schema) func() *codegen.Output {
	return sync.OnceValue(func() *codegen.Output {
		out, err := s.output(p, loaded)
		if err != nil {
			return &codegen.Output{} // generate reports the error
		}
		return out
	})
}

// impossible gives an error of the generator a position and a code.
func impossible(p *project, err error) error {
	var wrong *codegen.Error
	if errors.As(err, &wrong) {
		return &schemaErrors{cueload.Errors{{Code: codeGo, Pos: wrong.Pos, Message: wrong.Message, Width: 1}}, p}
	}
	return err
}

// plan plans all files of a schema.
func (s *session) plan(p *project, loaded *model.Schema, values *cueload.Values) (*plan.Plan, *codegen.Output, error) {
	out, once, err := s.files(p, loaded, values)
	if err != nil {
		return nil, nil, err
	}
	todo, err := plan.New(out.Files, once)
	return todo, out, err
}

// files makes all files of a schema, and lists those that are written once. It
// omits stubs of types and tests that people have written in other files. It
// generates code while CUE, which uses only one thread, answers questions.
func (s *session) files(p *project, loaded *model.Schema, values *cueload.Values) (out *codegen.Output, once map[string][]byte, err error) {
	var cases map[string][]byte
	var casesErr error
	var asking sync.WaitGroup
	asking.Go(func() { cases, casesErr = s.recordCases(p, loaded, values) })
	out, err = s.output(p, loaded)
	asking.Wait()
	if err = cmp.Or(err, casesErr); err != nil {
		return nil, nil, err
	}
	maps.Copy(out.Files, cases)
	once = maps.Clone(out.Stubs)
	for _, side := range sides(p, loaded) {
		if exists(filepath.Join(p.module, side.File)) {
			continue
		}
		if _, ok := readFolder(p.module, path.Dir(side.File)).implementer(side.Type); ok {
			s.detail("%s is not needed: another file of the folder has %s", side.File, side.Type)
			delete(once, side.File)
		}
	}
	for _, pkg := range loaded.Packages {
		if h := historyOf(p, pkg); len(h.tests) > 0 && !h.isStubbed() {
			delete(once, h.tests[0].File)
		}
	}
	return out, once, nil
}

// apply writes the files and prints what it did. It catches Ctrl-C, so that a run
// does not stop between two files. Before apply, Ctrl-C ends the process at once.
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
			s.print("wrote %s: this file is yours from now on", name)
		case plan.Delete:
			s.print("deleted %s", name)
		case plan.Forget:
			s.say("left %s, which was edited by hand and is no longer generated: delete it, or keep it under another name", name)
		default:
			s.print("wrote %s", name)
		}
		written++
	}
	if written == 0 {
		s.detail("all generated files are up to date")
	}
	return nil
}

// compare prints what apply would do, and returns an error if that is anything.
func (s *session) compare(p *project, todo *plan.Plan, options plan.Options) error {
	c, err := todo.Compare(options)
	if err != nil {
		return s.diskError(err, p)
	}
	for _, change := range c.Changes {
		reason := map[plan.Kind]string{
			plan.Create: "missing", plan.Once: "missing: generate writes it once", plan.Update: "out of date",
			plan.Delete: "orphaned: the schema no longer needs it", plan.Forget: "orphaned and edited by hand", plan.Note: "out of date",
		}[change.Kind]
		s.problem("error", &trouble{code: codeDiffers, file: s.rel(filepath.Join(p.module, change.Path)), message: reason})
		_, _ = s.stdout.Write(paint(s.stdout, change.Diff(), paintDiff))
	}
	if len(c.Changes) > 0 {
		s.say("%s: run ironstar generate", plural(len(c.Changes), "difference"))
		return errRefused
	}
	s.detail("all generated files are up to date")
	return nil
}

// print writes one line of result to standard output.
func (s *session) print(format string, args ...any) {
	fmt.Fprintf(s.stdout, format+"\n", args...)
}
