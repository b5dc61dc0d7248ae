package codegen

import (
	"fmt"
	"path"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// Options are the paths of an application's files, relative to its root, with
// slashes.
type Options struct {
	Module string // path of its Go module: "example.com/shop"
	Gen    string // generated code; "" means "gen"
	App    string // hand-written code; "" means "internal/app"
	Schema string // the schema's root, for comments; "" means "schema"

	// ExampleIDs returns a few valid ids of an aggregate with a rule for ids, for
	// tests of the application. It is testcases.ExampleIDs, which this package
	// cannot import. If it is nil, there are no such ids.
	ExampleIDs func(*model.Aggregate) []string
}

// Output holds the files of a schema: path to content.
type Output struct {
	Files map[string][]byte // generated files, which each run overwrites
	Stubs map[string][]byte // hand-written files, which a run only writes if they do not exist
}

// Error reports a part of a schema that cannot be written in Go.
type Error struct {
	Pos     model.Pos
	Message string
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.Pos.File, e.Pos.Line, e.Pos.Col, e.Message)
}

// Possible returns an [Error] if a part of the schema cannot be written in Go.
// If it returns nil, Generate succeeds.
func Possible(s *model.Schema) error {
	_, err := newPlan(s)
	return err
}

// Generate writes a schema. Its error wraps an [Error].
func Generate(s *model.Schema, o Options) (*Output, error) {
	o = o.withDefaults()
	plan, err := newPlan(s)
	if err != nil {
		return nil, err
	}
	out := &Output{Files: map[string][]byte{}, Stubs: map[string][]byte{}}
	var pieces []piece
	for _, p := range s.Packages {
		c := &context{options: o, plan: plan, pkg: p}
		pieces = append(append(pieces, c.files(out)...), c.stubs(out)...)
	}
	if err := makeAll(pieces); err != nil {
		return nil, err
	}
	return out, nil
}

func (o Options) withDefaults() Options {
	for field, value := range map[*string]string{&o.Gen: "gen", &o.App: "internal/app", &o.Schema: "schema"} {
		if *field == "" {
			*field = value
		}
	}
	return o
}

// piece is a file to be made, and the map that it belongs to.
type piece struct {
	make func() (file, error)
	into map[string][]byte
}

// file is a text and its path. An empty path means that there is no file.
type file struct {
	path string
	text []byte
}

// makeAll makes files in parallel, because a run spends most of its time here. The
// result does not depend on the number of processors.
func makeAll(pieces []piece) error {
	files := make([]file, len(pieces))
	errs := make([]error, len(pieces))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(pieces); i = int(next.Add(1)) - 1 {
				files[i], errs[i] = pieces[i].make()
			}
		})
	}
	wg.Wait()
	for i, f := range files {
		if errs[i] != nil {
			return errs[i]
		}
		if f.path != "" {
			pieces[i].into[f.path] = f.text
		}
	}
	return nil
}

// context generates one package.
type context struct {
	options Options
	plan    *plan
	pkg     *model.Package
}

// files are the generated files of the package.
func (c *context) files(out *Output) []piece {
	var pieces []piece
	add := func(make func() (file, error)) { pieces = append(pieces, piece{make, out.Files}) }
	addGo := func(make func() *goFile) {
		add(func() (file, error) { return make().formatted() })
	}
	addGo(c.typesFile)
	for _, a := range c.pkg.Aggregates {
		addGo(func() *goFile { return c.aggregateFile(a) })
		addGo(func() *goFile { return c.commandsFile(a) })
		addGo(func() *goFile { return c.eventsFile(a) })
		addGo(func() *goFile { return c.upcastsFile(a) })
		addGo(func() *goFile { return c.refusalsFile(a) })
	}
	for _, v := range c.pkg.Views {
		addGo(func() *goFile { return c.viewFile(v) })
	}
	addGo(c.tablesFile)
	for _, q := range c.pkg.Queries {
		addGo(func() *goFile { return c.queryFile(q) })
	}
	for _, p := range c.pkg.Processes {
		addGo(func() *goFile { return c.processFile(p) })
	}
	addGo(c.signalsFile)
	addGo(c.hooksFile)
	addGo(c.httpFile)
	addGo(c.casesFile)
	add(c.typeScriptFile)
	return pieces
}

// typeScriptFile holds the package's types for the browser.
func (c *context) typeScriptFile() (file, error) {
	text, err := c.typeScript()
	if err != nil {
		return file{}, fmt.Errorf("write %s as TypeScript: %w", c.pkg.Name, err)
	}
	if text == nil {
		return file{}, nil
	}
	return file{path.Join(c.options.Gen, "ts", naming.TypeScriptFile(c.pkg)), text}, nil
}

// sources returns the schema files of some positions, for the comment at the
// top of a file.
func sources(places ...model.Pos) []string {
	var files []string
	for _, p := range places {
		if p.File != "" {
			files = append(files, p.File)
		}
	}
	slices.Sort(files)
	return slices.Compact(files)
}
