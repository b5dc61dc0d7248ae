package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"

	"golang.org/x/mod/modfile"

	"ironstar.dev/internal/assets"
	"ironstar.dev/internal/scaffold"
)

// newCmd is `ironstar new`.
type newCmd struct {
	Dir      string  `arg:"" help:"The folder of the project. It does not exist yet, or is empty."`
	Module   *string `help:"${new_module}" placeholder:"PATH"`
	Name     *string `help:"${new_name}" placeholder:"NAME"`
	Example  *string `help:"${new_example}" placeholder:"NAME"`
	CI       *string `name:"ci" help:"${new_ci}" placeholder:"NAME"`
	Docker   *bool   `negatable:"" help:"${new_docker}"`
	Nix      *bool   `negatable:"" help:"${new_nix}"`
	Params   string  `help:"A JSON file with the parameters above; flags win over it." placeholder:"FILE"`
	Ironstar string  `help:"A checkout of ironstar.dev to use in place of a release. By default, the one in which you run the command, or from which it was built." placeholder:"DIR"`
}

// Help is shown by ironstar new --help.
func (newCmd) Help() string {
	return `Writes a complete small project, which builds, passes its tests and serves a page:

    schema/                the domain, in CUE: change it, then run make generate
    internal/app/          decisions, and how states change, in Go
    web/                   pages (templ) and their style
    cmd/app/main.go        the server
    gen/                   generated code; not to be edited
    tools/go.mod           the tools, ironstar and templ, apart from go.mod
    Makefile               run, build, test, check, generate

--example none has no domain yet: its first page says how ironstar add begins one. --example todo is the application of
ironstar.dev itself, with its tests, TypeScript and style.

What no flag says is in the params file, or is asked on a terminal, or has a default. A params file has the same names:

    {"module": "example.com/you/shop", "name": "Shop", "example": "none", "ci": "github", "docker": true, "nix": false}

It runs go mod tidy and templ, which need a network if the modules are not in Go's cache, and commits all files if git
is there. From a checkout of ironstar.dev, go.mod gets a replace line with its path; a file for CI and a Dockerfile are
refused then, because they could not reach it. The flake has a shell and, with a release, a package, which has not been
tried: its hashes are yours to fill in. If something fails, the folder is as it was before.

Examples:

    ironstar new guests && cd guests && make dev
    ironstar new --example none --module example.com/you/shop shop
    ironstar new --params shop.json shop`
}

// projectMaker makes a project in a folder.
type projectMaker struct {
	*session
	ctx     context.Context
	dir     string // where the project will be
	temp    string // where it is made: a folder in dir
	params  scaffold.Params
	library library
}

// Run makes the project.
func (c *newCmd) Run(ctx context.Context, s *session) error {
	dir := absolute(s.dir, c.Dir)
	if err := s.checkEmpty(dir); err != nil {
		return err
	}
	lib, err := s.findLibrary(c.Ironstar)
	if err != nil {
		return err
	}
	params, err := c.params(s, dir, lib) // Ctrl-C ends it at a question
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	m := &projectMaker{session: s, ctx: ctx, dir: dir, params: params, library: lib}
	if err := m.make(); err != nil {
		if ctx.Err() != nil {
			return context.Canceled
		}
		return err
	}
	s.print("made %s: module %s", s.rel(dir), params.Module)
	m.commit()
	if work := workspaceOf(dir); work != "" && !usesModule(work, dir) {
		s.say("%s does not have the project yet, so the go command does not build it: run go work use . in it, or set GOWORK=off", work)
	}
	s.say("next:")
	s.say("  cd %s", s.rel(dir))
	s.say("  make dev")
	if _, err := exec.LookPath("ironstar"); err != nil {
		s.say("the command ironstar is not in your PATH yet: add the folder bin of `go env GOPATH` to it")
	}
	return nil
}

// checkEmpty returns an error unless a folder can be made, or is empty.
func (s *session) checkEmpty(dir string) error {
	found, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err == nil && len(found) == 0:
		return nil
	case err == nil:
		return &trouble{code: codeInTheWay, message: fmt.Sprintf("%s is not empty: it has %s", s.rel(dir), found[0].Name()), hint: "name a folder that does not exist; ironstar init starts a schema in a module of yours"}
	case exists(dir) && !isDir(dir):
		return &trouble{code: codeInTheWay, message: s.rel(dir) + " is a file", hint: "name a folder that does not exist"}
	}
	return fmt.Errorf("look into %s: %w", s.rel(dir), err)
}

// make makes everything in a temporary folder, and moves it when it is complete.
// After an error the folder is as it was.
func (m *projectMaker) make() (err error) {
	var made []string // folders that were not there, the innermost first
	for dir := m.dir; !exists(dir) && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		made = append(made, dir)
	}
	if err := os.MkdirAll(m.dir, 0o777); err != nil {
		return fmt.Errorf("make %s: %w", m.rel(m.dir), err)
	}
	defer func() {
		_ = os.RemoveAll(m.temp) // empty after a success
		for _, dir := range made {
			if err != nil {
				_ = os.Remove(dir) // unless somebody has put something into it
			}
		}
	}()
	if m.temp, err = os.MkdirTemp(m.dir, "ironstar-new-"); err != nil {
		return fmt.Errorf("make a folder in %s: %w", m.rel(m.dir), err)
	}
	defer m.watch("making " + m.rel(m.dir))()
	for _, step := range []func() error{m.write, m.generate, m.modules} {
		if err := step(); err != nil {
			return err
		}
	}
	if err := m.ctx.Err(); err != nil {
		return err
	}
	entries, err := os.ReadDir(m.temp)
	if err != nil {
		return fmt.Errorf("list %s: %w", m.temp, err)
	}
	for _, e := range entries {
		if err := os.Rename(filepath.Join(m.temp, e.Name()), filepath.Join(m.dir, e.Name())); err != nil {
			return fmt.Errorf("move what was made: %w", err)
		}
	}
	return nil
}

// quiet is a session in the temporary folder that prints problems only.
func (m *projectMaker) quiet() *session {
	return &session{stdout: io.Discard, stderr: m.stderr, dir: m.temp, format: m.format}
}

// write writes the hand-written files.
func (m *projectMaker) write() error {
	sources, err := m.sources()
	if err != nil {
		return err
	}
	pinned := assets.Pinned("")
	o := scaffold.Options{Params: m.params, Version: m.library.version, Library: sources, DatastarURL: pinned.URL, DatastarSHA256: pinned.SHA256}
	if m.library.dir != "" {
		o.Replace = modfile.AutoQuote(m.library.dir)
	}
	files, err := scaffold.Files(o)
	if err != nil {
		return err
	}
	quiet := m.quiet()
	for name, text := range files {
		if err := quiet.writeNew(filepath.Join(m.temp, filepath.FromSlash(name)), text); err != nil {
			return err
		}
	}
	return nil
}

// generate writes what editors need, and generated Go and TypeScript.
func (m *projectMaker) generate() error {
	quiet := m.quiet()
	p, err := quiet.findModule(filepath.Join(m.temp, "schema"))
	if err != nil {
		return err
	}
	w := &initWriter{session: quiet, project: p}
	if err := w.writeMissing("cue.mod/module.cue", moduleFile(p)); err != nil {
		return err
	}
	if err := w.language(); err != nil {
		return err
	}
	if m.params.Example == scaffold.None {
		return nil // there is nothing to generate yet
	}
	return (&generateCmd{Dir: p.schema}).Run(m.ctx, quiet)
}

// commit makes a repository with a first commit, unless the project is inside
// one already. The project is complete without it.
func (m *projectMaker) commit() {
	out, _, err := git(m.ctx, m.dir, "rev-parse", "--is-inside-work-tree")
	if err == nil && len(out) > 0 {
		m.say("%s is inside a git repository: nothing was committed", m.rel(m.dir))
		return
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}, {"commit", "-q", "-m", "The project, as ironstar new made it"}} {
		if _, said, err := git(m.ctx, m.dir, args...); err != nil {
			if said = gist(said); said == "" {
				said = err.Error()
			}
			m.say("git %s failed, and the files are not committed: %s", args[0], said)
			return
		}
	}
}
