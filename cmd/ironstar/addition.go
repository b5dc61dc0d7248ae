package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/signal"
	"path"
	"path/filepath"
	"slices"
	"syscall"

	"ironstar.dev/internal/add"
	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/cueload"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/plan"
)

// addition is one run of ironstar add. Everything is decided in memory, checked,
// and then written together.
type addition struct {
	*session
	ctx     context.Context
	project *project
	dryRun  bool
	base    []byte        // the manifest of generated files, before the schema was read
	before  *model.Schema // empty if there is no schema yet
	after   *model.Schema
	out     *codegen.Output

	was    map[string][]byte          // files as they are on disk: path from the module, with slashes
	schema map[string]*add.SchemaFile // changed files of the schema, by path below its folder
	code   map[string]*add.GoFile     // changed files of hand-written Go, by path from the module
	once   map[string][]byte          // new files that belong to people, by path from the module
	also   map[string][]byte          // new files that another tool generates
	bodies add.Bodies

	fill   []place  // what a person fills in
	byHand []manual // what a person has to put in
}

// place is a place that a person fills in.
type place struct {
	file string // path from the module
	part string // text in the line
	what string
}

// manual is text that a person has to put into a file.
type manual struct{ file, text string }

// startAdding reads the project as it is.
func (s *session) startAdding(ctx context.Context, flags addFlags) (*addition, error) {
	p, err := s.open(flags.Dir)
	if err != nil {
		return nil, err
	}
	a := &addition{session: s, ctx: ctx, project: p, dryRun: flags.DryRun, was: map[string][]byte{}, schema: map[string]*add.SchemaFile{},
		code: map[string]*add.GoFile{}, once: map[string][]byte{}, also: map[string][]byte{}, bodies: add.Bodies{}}
	if a.base, err = os.ReadFile(filepath.Join(p.schema, plan.ManifestName)); errors.Is(err, fs.ErrNotExist) {
		a.base, err = []byte{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what was generated: %w", err)
	}
	a.before, _, err = s.loadValues(p)
	if isEmpty(err) {
		a.before, err = &model.Schema{}, nil
	}
	return a, err
}

// read reads a file of the module, and remembers its content. It returns nil if
// there is no such file.
func (a *addition) read(name string) ([]byte, error) {
	if have, ok := a.was[name]; ok {
		return have, nil
	}
	text, err := os.ReadFile(filepath.Join(a.project.module, filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	a.was[name] = text
	return text, nil
}

// glob lists files of the module.
func (a *addition) glob(pattern string) ([]string, error) {
	return fs.Glob(os.DirFS(a.project.module), pattern)
}

// schemaFile returns a file of the schema, by its path below the schema's folder.
func (a *addition) schemaFile(name string) (*add.SchemaFile, error) {
	if f := a.schema[name]; f != nil {
		return f, nil
	}
	text, err := a.read(path.Join(a.project.schemaPath(), name))
	if err != nil {
		return nil, err
	}
	f, err := add.ReadSchema(text)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	a.schema[name] = f
	return f, nil
}

// goFile returns a file of Go, or nil if it does not exist.
func (a *addition) goFile(name string) (*add.GoFile, error) {
	if f := a.code[name]; f != nil {
		return f, nil
	}
	text, err := a.read(name)
	if err != nil || text == nil {
		return nil, err
	}
	f, err := a.readGo(name, text)
	if err == nil {
		a.code[name] = f
	}
	return f, err
}

// readGo reads the text of a file of Go. Names that its package declares in other files
// are taken.
func (a *addition) readGo(name string, text []byte) (*add.GoFile, error) {
	f, err := add.ReadGo(text)
	if err != nil {
		return nil, err
	}
	beside, err := a.glob(path.Join(path.Dir(name), "*.go"))
	if err != nil {
		return nil, err
	}
	for _, other := range beside {
		if other == name {
			continue
		}
		text, err := a.read(other)
		if err != nil {
			return nil, err
		}
		f.Beside(text)
	}
	return f, nil
}

// put adds a definition to a file of the schema. An error says what to write by
// hand.
func (a *addition) put(file string, d add.Definition, definition, section string) error {
	f, err := a.schemaFile(file)
	if err != nil {
		return err
	}
	if definition == "" {
		err = d.Put(f)
	} else {
		err = d.PutInto(f, definition, section)
	}
	if err != nil {
		where := "at the end"
		if definition != "" {
			where = "into " + section + " of #" + definition
		}
		return &trouble{code: codeAdd, file: a.rel(filepath.Join(a.project.schema, filepath.FromSlash(file))), exit: exitNo,
			message: "the file has another shape than expected, so nothing was written", hint: "write this by hand " + where + ", and run ironstar generate: " + add.Formatted(d.Text)}
	}
	return nil
}

// load reads the schema with what is added, and makes all generated files.
func (a *addition) load() error {
	changed := map[string][]byte{}
	for name, f := range a.schema {
		changed[name] = f.Text()
	}
	loaded, values, err := cueload.LoadChanged(a.project.schema, changed)
	var errs cueload.Errors
	if errors.As(err, &errs) {
		a.say("with what would be added, the schema has errors; nothing was written:")
		return &schemaErrors{errs, a.project}
	}
	if err != nil {
		return err
	}
	a.after = loaded
	var once map[string][]byte
	if a.out, once, err = a.files(a.project, loaded, values); err != nil {
		return err
	}
	for name, text := range once {
		if !exists(filepath.Join(a.project.module, filepath.FromSlash(name))) {
			a.once[name] = text
		}
	}
	return nil
}

// finish shows the diff and, unless this is a dry run, writes all files together.
func (a *addition) finish() error {
	todo, err := a.plan()
	if err != nil {
		return err
	}
	options := plan.Options{Root: a.project.module, Schema: a.project.schemaPath(), Base: a.base}
	planned, err := todo.Compare(options)
	if err != nil {
		return a.diskError(err, a.project)
	}
	a.showDiff(planned.Changes)
	if a.dryRun {
		a.showByHand()
		a.say("nothing was written")
		return nil
	}
	ctx, stop := signal.NotifyContext(a.ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	changes, err := todo.Apply(ctx, options)
	if err != nil {
		return a.diskError(err, a.project)
	}
	a.showWritten(changes)
	a.tidy()
	a.showByHand()
	a.showPlaces()
	return nil
}

// tidy completes go.mod after the first aggregate: its generated code and tests need
// modules that a project without a domain does not.
func (a *addition) tidy() {
	main, err := readModFile(filepath.Join(a.project.module, "go.mod"))
	if err != nil || !main.requires(libraryModule) || slices.ContainsFunc(a.before.Packages, func(p *model.Package) bool { return len(p.Aggregates) > 0 }) {
		return
	}
	if said, err := goCommand(a.ctx, a.project.module, "mod", "tidy"); err != nil {
		a.say("go mod tidy does not work, so run it later: %v\n%s", err, said)
		return
	}
	a.print("completed %s: go mod tidy", a.rel(filepath.Join(a.project.module, "go.mod")))
}

// plan lists what is written.
func (a *addition) plan() (*plan.Plan, error) {
	once := maps.Clone(a.once)
	maps.Copy(once, a.also)
	edited := map[string][]byte{}
	for name, f := range a.schema {
		edited[path.Join(a.project.schemaPath(), name)] = f.Text()
	}
	for name, f := range a.code {
		edited[name] = f.Text()
	}
	for name, text := range edited {
		if a.was[name] == nil {
			once[name] = text
		}
	}
	todo, err := plan.New(a.out.Files, once)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(edited)) {
		if was := a.was[name]; was != nil && string(was) != string(edited[name]) {
			if err := todo.Edit(name, was, edited[name]); err != nil {
				return nil, err
			}
		}
	}
	return todo, nil
}

// showDiff prints what changes in files that belong to people.
func (a *addition) showDiff(changes []plan.Change) {
	generated := 0
	for _, c := range changes {
		switch {
		case c.Kind == plan.Note:
		case c.Kind == plan.Edit || c.Kind == plan.Once && a.also[c.Path] == nil:
			_, _ = a.stdout.Write(paint(a.stdout, c.Diff(), paintDiff))
		default:
			generated++
		}
	}
	if a.dryRun && generated > 0 {
		a.say("and %s", plural(generated, "generated file"))
	}
}

func (a *addition) showWritten(changes []plan.Change) {
	for _, c := range changes {
		name := a.rel(filepath.Join(a.project.module, c.Path))
		switch c.Kind {
		case plan.Note:
		case plan.Edit:
			a.print("changed %s", name)
		case plan.Delete:
			a.print("deleted %s", name)
		default:
			a.print("wrote %s", name)
		}
	}
}

// showByHand prints what could not be put in.
func (a *addition) showByHand() {
	for _, m := range a.byHand {
		a.say("put in by hand, into %s:", a.rel(filepath.Join(a.project.module, m.file)))
		a.print("%s", m.text)
	}
}

// showPlaces prints what a person fills in, as file:line: what.
func (a *addition) showPlaces() {
	said := false
	for _, p := range a.fill {
		text, err := os.ReadFile(filepath.Join(a.project.module, filepath.FromSlash(p.file)))
		line := add.LineOf(text, p.part)
		if err != nil || line == 0 {
			continue
		}
		if !said {
			a.say("fill in:")
		}
		said = true
		a.say("  %s:%d: %s", a.rel(filepath.Join(a.project.module, filepath.FromSlash(p.file))), line, p.what)
	}
}
