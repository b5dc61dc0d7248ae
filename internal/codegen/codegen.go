package codegen

import (
	"fmt"
	"path"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"ironstar.dev/internal/model"
)

// Options say where an application's files are. Paths are relative to its
// root, with slashes.
type Options struct {
	Module string // its Go module: "example.com/shop"
	Gen    string // generated code; "" is "gen"
	App    string // hand-written code; "" is "internal/app"
	Schema string // the schema's root, for comments; "" is "schema"
}

// Output is what a schema becomes: path to content.
type Output struct {
	Files map[string][]byte // generated: overwritten each time
	Stubs map[string][]byte // hand-written: written once, if absent
}

// Error says what in a schema cannot be written in Go.
type Error struct {
	Pos     model.Pos
	Message string
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.Pos.File, e.Pos.Line, e.Pos.Col, e.Message)
}

// Possible says what of a schema cannot be written in Go. The error wraps an
// [Error]; a schema that passes can be generated.
func Possible(s *model.Schema) error {
	_, err := newPlan(s)
	return err
}

// Generate writes a schema. The error wraps an [Error].
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

// piece is a file that is still to be made, and where it goes.
type piece struct {
	make func() (file, error)
	into map[string][]byte
}

// file is a text and its path, which is "" if there is nothing to write.
type file struct {
	path string
	text []byte
}

// makeAll makes files, several at a time: most of a run is spent here. What
// comes out is the same however many there are.
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

// context writes one package.
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
	return file{path.Join(c.options.Gen, "ts", dirOf(c.pkg)+".ts"), text}, nil
}

// sources are the schema files that the given places are in, for the comment
// at the top of a file.
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
