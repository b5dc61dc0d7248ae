package codegen

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"sync"

	"github.com/dave/jennifer/jen"

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

// Generate writes a schema. The error wraps an [Error].
func Generate(s *model.Schema, o Options) (*Output, error) {
	o = o.withDefaults()
	plan, err := newPlan(s)
	if err != nil {
		return nil, err
	}
	out := &Output{Files: map[string][]byte{}, Stubs: map[string][]byte{}}
	var files []goFile
	for _, p := range s.Packages {
		c := &context{options: o, plan: plan, pkg: p}
		files = append(files, c.goFiles()...)
		maps.Copy(out.Stubs, c.stubs())
		ts, err := c.typeScript()
		if err != nil {
			return nil, fmt.Errorf("write %s as TypeScript: %w", p.Name, err)
		}
		if ts != nil {
			out.Files[path.Join(o.Gen, "ts", dirOf(p)+".ts")] = ts
		}
	}
	rendered, err := render(files)
	if err != nil {
		return nil, err
	}
	maps.Copy(out.Files, rendered)
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

// goFile is a Go file that is not formatted yet.
type goFile struct {
	path string
	file *jen.File
}

// render formats files, several at a time: most of a run is spent here.
func render(files []goFile) (map[string][]byte, error) {
	texts := make([][]byte, len(files))
	errs := make([]error, len(files))
	const atOnce = 4
	var wg sync.WaitGroup
	for worker := range atOnce {
		wg.Go(func() {
			for i := worker; i < len(files); i += atOnce {
				texts[i], errs[i] = files[i].bytes()
			}
		})
	}
	wg.Wait()
	out := map[string][]byte{}
	for i, f := range files {
		if errs[i] != nil {
			return nil, fmt.Errorf("format %s: %w", f.path, errs[i])
		}
		out[f.path] = texts[i]
	}
	return out, nil
}

// context writes one package.
type context struct {
	options Options
	plan    *plan
	pkg     *model.Package
}

func (c *context) goFiles() []goFile {
	var files []goFile
	add := func(f *goFile) {
		if f != nil {
			files = append(files, *f)
		}
	}
	add(c.typesFile())
	for _, a := range c.pkg.Aggregates {
		add(c.aggregateFile(a))
		add(c.commandsFile(a))
		add(c.eventsFile(a))
		add(c.upcastsFile(a))
		add(c.refusalsFile(a))
	}
	for _, v := range c.pkg.Views {
		add(c.viewFile(v))
	}
	add(c.signalsFile())
	add(c.hooksFile())
	add(c.httpFile())
	add(c.casesFile())
	return files
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
