package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"ironstar.dev/internal/scaffold"
)

// library is the ironstar.dev that a new project uses.
type library struct {
	version string
	dir     string // a checkout that replaces it; ""
}

// unreleased is the version of a checkout in a require line.
const unreleased = "v0.0.0"

// findLibrary finds the checkout of a flag, around the working folder or with
// this command's source, and otherwise the release of this command.
func (s *session) findLibrary(flag string) (library, error) {
	if flag != "" {
		dir := absolute(s.dir, flag)
		if !isCheckout(dir) {
			return library{}, &trouble{code: codeUsage, message: flag + " is not a checkout of " + libraryModule, hint: "--ironstar names the folder with its go.mod"}
		}
		return library{unreleased, dir}, nil
	}
	for up := s.dir; ; up = filepath.Dir(up) {
		if isCheckout(up) {
			return library{unreleased, up}, nil
		}
		if exists(filepath.Join(up, "go.mod")) || up == filepath.Dir(up) {
			break
		}
	}
	if _, file, _, ok := runtime.Caller(0); ok {
		dir := filepath.Dir(filepath.Dir(filepath.Dir(file)))
		if isCheckout(dir) && !strings.Contains(dir, "@") { // a release is in a folder with @ in Go's cache
			return library{unreleased, dir}, nil
		}
	}
	info, _ := debug.ReadBuildInfo()
	if info == nil || module.Check(libraryModule, info.Main.Version) != nil || module.IsPseudoVersion(info.Main.Version) || strings.Contains(info.Main.Version, "+") {
		return library{}, &trouble{code: codeUsage, message: "this command is not a release, and the checkout that it was built from is not known", hint: "name the checkout: --ironstar DIR"}
	}
	return library{version: info.Main.Version}, nil
}

func isCheckout(dir string) bool {
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	return err == nil && filepath.IsAbs(dir) && modfile.ModulePath(text) == libraryModule
}

// usesModule reports whether a go.work has the module in a folder.
func usesModule(work, dir string) bool {
	text, err := os.ReadFile(work)
	if err != nil {
		return false
	}
	file, err := modfile.ParseWork(work, text, nil)
	return err == nil && slices.ContainsFunc(file.Use, func(u *modfile.Use) bool {
		return absolute(filepath.Dir(work), filepath.FromSlash(u.Path)) == dir
	})
}

// moduleName converts the name of a folder to one that a module path can have.
func moduleName(folder string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case 'A' <= r && r <= 'Z':
			return r - 'A' + 'a'
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '-' || r == '_':
			return r
		case r == ' ' || r == '.':
			return '-'
		}
		return -1
	}, folder)
	if name = strings.Trim(name, "-_"); name == "" || checkModule("example.com/"+name) != nil {
		return "app"
	}
	return name
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// sources returns the files of the library, if an example needs them.
func (m *projectMaker) sources() (fs.FS, error) {
	if m.params.Example != scaffold.Todo {
		return nil, nil
	}
	if m.library.dir != "" {
		return os.DirFS(m.library.dir), nil
	}
	said, err := goCommand(m.ctx, m.temp, "mod", "download", "-json", libraryModule+"@"+m.library.version)
	var got struct{ Dir, Error string }
	if json.Unmarshal(said, &got) != nil || err != nil || got.Dir == "" {
		return nil, &trouble{code: codeTools, message: fmt.Sprintf("the example todo cannot be downloaded: %s", cmp.Or(got.Error, fmt.Sprint(err))), hint: "is there a network? GOPROXY names the server", detail: said}
	}
	return os.DirFS(got.Dir), nil
}

// modules completes both go.mod files, and runs templ. From a checkout it begins
// with the checkout's own requirements and checksums, which are enough to build;
// go mod tidy removes what is too much, if there is a network.
func (m *projectMaker) modules() error {
	tools := filepath.Join(m.temp, "tools")
	if m.library.dir != "" {
		if err := m.seed(m.temp, "go.mod", "go.sum"); err != nil {
			return err
		}
		if err := m.seed(tools, "tools.mod", "tools.sum"); err != nil {
			return err
		}
	}
	if err := m.tidy(tools); err != nil {
		return err
	}
	if said, err := goCommand(m.ctx, tools, "tool", "templ", "generate", "-path", filepath.Join("..", "web"), "-log-level", "error"); err != nil {
		return &trouble{code: codeTools, message: fmt.Sprintf("templ does not run: %v", err), detail: said}
	}
	return m.tidy(m.temp)
}

// seed copies the requirements and checksums of the checkout.
func (m *projectMaker) seed(dir, mod, sum string) error {
	text, err := os.ReadFile(filepath.Join(m.library.dir, mod))
	if err != nil {
		return fmt.Errorf("read the requirements of %s: %w", libraryModule, err)
	}
	from, err := modfile.ParseLax(mod, text, nil)
	if err != nil {
		return fmt.Errorf("read the requirements of %s: %w", libraryModule, err)
	}
	name := filepath.Join(dir, "go.mod")
	if text, err = os.ReadFile(name); err != nil {
		return fmt.Errorf("complete go.mod: %w", err)
	}
	to, err := modfile.Parse(name, text, nil)
	if err != nil {
		return fmt.Errorf("complete go.mod: %w", err)
	}
	for _, r := range from.Require {
		to.AddNewRequire(r.Mod.Path, r.Mod.Version, true)
	}
	to.SetRequireSeparateIndirect(to.Require)
	to.Cleanup()
	if text, err = to.Format(); err != nil {
		return fmt.Errorf("complete go.mod: %w", err)
	}
	if err := os.WriteFile(name, text, 0o666); err != nil {
		return fmt.Errorf("complete go.mod: %w", err)
	}
	sums, err := os.ReadFile(filepath.Join(m.library.dir, sum))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o666)
	}
	if err != nil {
		return fmt.Errorf("copy the checksums of %s: %w", libraryModule, err)
	}
	return nil
}

// tidy runs go mod tidy. If it fails, what seed wrote is enough.
func (m *projectMaker) tidy(dir string) error {
	said, err := goCommand(m.ctx, dir, "mod", "tidy")
	switch {
	case err == nil:
		return nil
	case m.ctx.Err() != nil:
		return m.ctx.Err()
	case strings.Contains(string(said), "requires go >= "):
		return &trouble{code: codeTools, message: lastLine(said), hint: "install that version of Go (https://go.dev/dl), or set GOTOOLCHAIN=auto and the go command fetches it"}
	case m.library.dir == "":
		return &trouble{code: codeTools, message: fmt.Sprintf("go mod tidy does not work: %v", err), hint: "it downloads modules: is there a network? GOPROXY names the server", detail: said}
	}
	where, _ := filepath.Rel(m.temp, dir) // dir is m.temp or below it
	m.say("%s has more requirements than necessary, because go mod tidy does not work (%s): run it later", path.Join(filepath.ToSlash(where), "go.mod"), lastLine(said))
	m.detail("%s", said)
	return nil
}

// lastLine is what the go command says at the end.
func lastLine(said []byte) string {
	lines := strings.Split(strings.TrimSpace(string(said)), "\n")
	return strings.TrimPrefix(strings.TrimSpace(lines[len(lines)-1]), "go: ")
}

// goCommand runs the go command outside of workspaces, and returns what it
// printed.
func goCommand(ctx context.Context, dir string, args ...string) (said []byte, err error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	cmd.WaitDelay = time.Second // for programs that it started, after Ctrl-C
	return cmd.CombinedOutput()
}
