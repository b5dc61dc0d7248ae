//go:build unix

package main

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// newProject is a project that ironstar new made.
type newProject struct {
	t   *testing.T
	dir string
	env []string
}

// run runs a program in the project.
func (p *newProject) run(name string, args ...string) string {
	p.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = p.dir, p.env
	start := time.Now()
	out, err := cmd.CombinedOutput()
	p.t.Logf("%5.1fs %s %s", time.Since(start).Seconds(), name, strings.Join(args, " "))
	if err != nil {
		p.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// newProjects returns what makes projects in an empty folder: the go command is found
// through PATH, and reuses what other runs built.
func newProjects(t *testing.T, env ...string) *newProject {
	return &newProject{t: t, dir: t.TempDir(), env: slices.Concat(os.Environ(), []string{
		"CGO_ENABLED=0", "GOFLAGS=-trimpath -modcacherw -buildvcs=false",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com",
	}, env)}
}

// make makes a project with a command, from this checkout unless args say otherwise, and enters it.
func (p *newProject) make(folder string, command string, args ...string) {
	p.t.Helper()
	p.run(command, slices.Concat([]string{"new"}, args, []string{folder})...)
	p.dir = filepath.Join(p.dir, folder)
}

func checkout(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// unchanged fails the test if git finds changes: what the tools generate is
// committed, what is built is ignored.
func (p *newProject) unchanged() {
	p.t.Helper()
	if changed := p.run("git", "status", "--short"); changed != "" {
		p.t.Errorf("git finds changes:\n%s%s", changed, p.run("git", "diff"))
	}
	if unformatted := p.run("gofmt", "-l", "cmd", "static", "web", "schema"); unformatted != "" {
		p.t.Errorf("gofmt would change %s", unformatted)
	}
}

// TestNewProjectWithoutDomain: the smallest project passes its checks and says how
// to begin, also with vendor/, in a workspace, and where go mod tidy fails.
func TestNewProjectWithoutDomain(t *testing.T) {
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	script := "#!/bin/sh\ncase \"$*\" in 'mod tidy'*) echo no network >&2; exit 1;; esac\nexec '" + goTool + "' \"$@\"\n"
	if err := os.WriteFile(filepath.Join(bin, "go"), []byte(script), 0o777); err != nil {
		t.Fatal(err)
	}
	p := newProjects(t, "PATH="+bin+":"+os.Getenv("PATH"))
	p.make("my shop", "ironstar", "--ironstar", checkout(t), "--module", "zoo.dev/shop", "--example", "none", "--nix")
	p.run("make", "generate", "check", "build")
	p.unchanged()
	if page := p.get(p.serve(filepath.Join(p.dir, "bin", "app"))); !strings.Contains(page, "ironstar add aggregate") {
		t.Errorf("the page is %s", page)
	}

	p.run(goTool, "mod", "tidy") // vendor/ holds what go.mod names
	p.run("go", "mod", "vendor")
	p.run("make", "generate", "build")
	if err := os.WriteFile(filepath.Join(filepath.Dir(p.dir), "go.work"), []byte("go "+"1.26.0\n\nuse \"./my shop\"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(p.dir, "vendor")); err != nil {
		t.Fatal(err)
	}
	p.run("make", "generate", "build")
}

// TestNewTodoList: the example todo is the reference application. It passes its
// checks, those of TypeScript too, and serves the same page.
func TestNewTodoList(t *testing.T) {
	p := newProjects(t)
	p.make("lists", "ironstar", "--ironstar", checkout(t), "--module", "a.dev/lists", "--example", "todo")
	p.env = append(p.env, "GOFLAGS=-trimpath -modcacherw -buildvcs=false -short") // the property tests are those of this repository
	p.run("make", "check")
	p.unchanged()
	for _, name := range []string{"all-done", "document", "hostile"} {
		if _, err := os.Stat(filepath.Join(p.dir, "web", "testdata", name+".html")); err != nil {
			t.Error(err)
		}
	}
	page := p.get(p.serve(filepath.Join(p.dir, "bin", "app")))
	for _, want := range []string{"<title>todos</title>", "todoapp", "data-live-feed="} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s:\n%s", want, page)
		}
	}
}

// TestNewProjectOfARelease: a guest book with everything, made by a release of this
// command from a module proxy. Its Dockerfile is followed by hand, and what it
// builds is live.
func TestNewProjectOfARelease(t *testing.T) {
	version, env := releaseEnv(t)
	bin := t.TempDir()
	p := newProjects(t, append(env, "GOBIN="+bin)...)
	p.run("go", "install", "ironstar.dev/cmd/ironstar@"+version)
	p.make("guests", filepath.Join(bin, "ironstar"), "--module", "a.dev/guests", "--ci", "github", "--docker", "--nix")
	if mod := p.run("cat", "go.mod", "tools/go.mod"); strings.Contains(mod, "replace") || strings.Count(mod, "ironstar.dev "+version) != 2 {
		t.Errorf("the project does not require the release:\n%s", mod)
	}
	p.run("make", "generate", "check")
	p.unchanged()
	image := p.followDockerfile()
	p.sign(p.serve(filepath.Join(image, "app")))
}

// serve starts a server, which ends with the test, and returns its address.
func (p *newProject) serve(binary string) (site string) {
	p.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	var said strings.Builder
	server := exec.Command(binary, "-addr", addr, "-db", filepath.Join(p.t.TempDir(), "app.db"))
	server.Stderr = &said
	if err := server.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGTERM)
		if err := server.Wait(); err != nil {
			p.t.Errorf("the server ended with %v: %s", err, said.String())
		}
	})
	site = "http://" + addr
	for range 2400 {
		if res, err := http.Get(site); err == nil {
			res.Body.Close()
			return site
		}
		time.Sleep(25 * time.Millisecond)
	}
	p.t.Fatal("the server does not answer")
	return ""
}

// sign signs the guest book, and reads the page and its script.
func (p *newProject) sign(site string) {
	p.t.Helper()
	if res, err := http.PostForm(site+"/book/book/guests/sign", url.Values{"name": {"Ada <b>"}}); err != nil {
		p.t.Errorf("sign: %v", err)
	} else if res.Body.Close(); res.StatusCode != http.StatusOK { // after a redirect
		p.t.Errorf("sign: %s", res.Status)
	}
	page := p.get(site)
	for _, want := range []string{"<title>Guest book</title>", "Ada &lt;b&gt;</li>", "data-live-feed=", "data-live-command"} {
		if !strings.Contains(page, want) {
			p.t.Errorf("the page lacks %s:\n%s", want, page)
		}
	}
	_, rest, _ := strings.Cut(page, `<script type="module" src="`)
	address, _, _ := strings.Cut(rest, `"`)
	if script := p.get(site + address); !strings.Contains(script, "data-live-feed") {
		p.t.Errorf("%q is not the client", address)
	}
}

func (p *newProject) get(address string) string {
	p.t.Helper()
	res, err := http.Get(address)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		p.t.Fatalf("%s: %s %v", address, res.Status, err)
	}
	return string(body)
}
