package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path"
	"path/filepath"
	"slices"
	"syscall"

	"ironstar.dev/internal/assets"
	"ironstar.dev/internal/cueload"
	"ironstar.dev/internal/model"
)

// assetsCmd is `ironstar assets`.
type assetsCmd struct {
	Root string `help:"The application's folder. By default, the nearest folder with a go.mod, from the working folder upwards." placeholder:"DIR"`
}

// Help is shown by ironstar assets --help.
func (assetsCmd) Help() string {
	return `Writes what browsers load to static/dist, under names with a hash of the content, compressed too, with a manifest:

    app.js      the client of pages, with Datastar; and with web/app.ts if you have one, which begins with
                import "ironstar"
    NAME.css    each web/NAME.css, with what it imports; @import "ironstar/page.css" is the style of pages without one
    NAME.js     each other web/NAME.ts

A style sheet says which icons of the npm package lucide-static it needs: @import "icons:check pencil". For each, it
gets a class that sets --icon to the image, and static/icons_gen.go gets the class's name as a constant. So a misspelt icon
is an error, and in a page it does not compile: <button class={ static.IconPencil }>.

No file of web/ is necessary, and neither is Node. Only if there is a package.json does it run npm ci, for the packages
that your files import. It writes static/static.go if static/ has no Go file: the package that embeds static/dist and
knows the addresses. A page loads static.Assets.URL("app.js"), and the application serves the files:

    ops.App{Assets: static.Assets}

Datastar ` + assets.Version + ` comes from a Go module (through GOPROXY) or from its own address, once, and its hash is checked. DATASTAR_JS
is the path of a copy of your own, for machines without a network. If nothing changed, nothing is built. An error leaves
the files of the last build.

Examples:

    ironstar assets               build what changed
    DATASTAR_JS=lib/datastar.js ironstar assets
    ironstar assets --root shop   for the application in the folder shop`
}

// staticPackage is the package of an application that embeds what is built.
//
//go:embed static.go.txt
var staticPackage string

const distReadme = "`ironstar assets`" + ` puts what browsers load here. Commit only this file: go:embed needs one before anything is built.
`

// datastar returns the sources of Datastar. Tests replace it.
var datastar = assets.Pinned

// Run builds.
func (c *assetsCmd) Run(ctx context.Context, s *session) error {
	root, err := c.root(s)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	log := s.stderr
	if s.format != "text" {
		log = io.Discard
	}
	err = assets.Build(ctx, assets.Options{Root: root, Datastar: datastar(os.Getenv("DATASTAR_JS")), Log: log})
	if err != nil && ctx.Err() != nil {
		return context.Canceled
	}
	if err != nil {
		return s.assetsError(root, err)
	}
	return s.embedAssets(root)
}

// root returns the application's folder. A folder with neither go.mod nor web/
// is probably a mistake.
func (c *assetsCmd) root(s *session) (string, error) {
	if c.Root == "" {
		for up := s.dir; ; up = filepath.Dir(up) {
			if exists(filepath.Join(up, "go.mod")) {
				return up, nil
			}
			if up == filepath.Dir(up) {
				return "", &trouble{code: codeNoModule, message: "there is no go.mod in the working folder or above it",
					hint: "run it in the application's folder, or name that with --root"}
			}
		}
	}
	root := absolute(s.dir, c.Root)
	switch {
	case !isDir(root):
		return "", &trouble{code: codeUsage, message: c.Root + " is not a folder", hint: "--root names the application's folder"}
	case !exists(filepath.Join(root, "go.mod")) && !isDir(filepath.Join(root, "web")):
		return "", &trouble{code: codeNoModule, message: c.Root + " has neither go.mod nor web", hint: "--root names the application's folder"}
	}
	return root, nil
}

// assetsError gives errors of a build a code. Errors in sources have positions
// as seen from the working folder or, for GitHub, from the repository's root.
func (s *session) assetsError(root string, err error) error {
	var sources assets.SourceErrors
	if !errors.As(err, &sources) {
		return &trouble{code: codeAssets, message: err.Error()}
	}
	all := make(cueload.Errors, len(sources))
	for i, e := range sources {
		all[i] = &cueload.Error{Code: codeSource, Message: e.Message, Line: e.Text, Width: 1}
		if e.File != "" {
			all[i].Pos = model.Pos{File: s.rel(filepath.Join(root, filepath.FromSlash(e.File))), Line: e.Line, Col: e.Column}
			if s.format == "github" {
				all[i].Pos.File = path.Join(repositoryPath(root), e.File)
			}
		}
	}
	s.write("error", all, "")
	return errRefused
}

// embedAssets writes the files that make static/dist part of the binary, if they
// are missing.
func (s *session) embedAssets(root string) error {
	static := filepath.Join(root, "static")
	readme := filepath.Join(static, "dist", "README.md")
	if !exists(readme) {
		if err := s.writeNew(readme, distReadme); err != nil {
			return err
		}
	}
	found, err := filesIn(static, "*.go")
	if err != nil {
		return fmt.Errorf("look for a package in static: %w", err)
	}
	found = slices.DeleteFunc(found, func(file string) bool { return filepath.Base(file) == "icons_gen.go" })
	if len(found) > 0 {
		return nil
	}
	return s.writeNew(filepath.Join(static, "static.go"), staticPackage)
}

// writeNew writes a file that does not exist, and its folders, and prints its
// name.
func (s *session) writeNew(name, text string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return fmt.Errorf("make folder for %s: %w", s.rel(name), err)
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return &trouble{code: codeInTheWay, file: s.rel(name), message: "the file exists already"}
	}
	if err == nil {
		_, err = f.WriteString(text)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", s.rel(name), err)
	}
	s.print("wrote %s", s.rel(name))
	return nil
}
