//go:build unix

package main

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
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
	out, err := cmd.CombinedOutput()
	if err != nil {
		p.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// TestNewProjectRuns: what ironstar new writes builds, passes its tests, is up to
// date and serves a page, also where go mod tidy fails. (Modules may be downloaded:
// a fresh machine has none of them.)
func TestNewProjectRuns(t *testing.T) {
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	bin, parent := t.TempDir(), t.TempDir()
	script := "#!/bin/sh\ncase \"$*\" in 'mod tidy'*) echo no network >&2; exit 1;; esac\nexec '" + goTool + "' \"$@\"\n"
	if err := os.WriteFile(filepath.Join(bin, "go"), []byte(script), 0o777); err != nil {
		t.Fatal(err)
	}
	p := &newProject{t: t, dir: parent, env: append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "CGO_ENABLED=0", "GOFLAGS=-trimpath", // so that Go can reuse what another run built
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	p.run("ironstar", "new", "--ironstar", root, "--module", "zoo.dev/guests", "my guests")
	p.dir = filepath.Join(parent, "my guests")
	p.run("go", "build", "./...")
	p.run("go", "vet", "./...")
	p.run("go", "test", "./...")
	p.run("ironstar", "check")
	p.run("ironstar", "generate", "--check")
	p.run("go", "generate", "./web")
	if changed := p.run("git", "status", "--short"); changed != "" {
		t.Errorf("after go generate, git finds changes:\n%s", changed)
	}
	if unformatted := p.run("gofmt", "-l", "cmd", "internal", "static", "web", "schema"); unformatted != "" {
		t.Errorf("gofmt would change %s", unformatted)
	}
	p.buildAssets()
	p.run("go", "build", "-o", "bin/app", "./cmd/app")
	p.serve()
	if changed := p.run("git", "status", "--short"); strings.Contains(changed, "static/") || strings.Contains(changed, "bin/") {
		t.Errorf(".gitignore does not name what was built:\n%s", changed)
	}
}

// buildAssets builds with a script that stands for Datastar.
func (p *newProject) buildAssets() {
	p.t.Helper()
	script := []byte("export const mergePatch = () => {}\n")
	file := filepath.Join(p.t.TempDir(), "datastar.js")
	if err := os.WriteFile(file, script, 0o666); err != nil {
		p.t.Fatal(err)
	}
	sum := sha256.Sum256(script)
	p.env = append(p.env, "DATASTAR_JS="+file, "TEST_DATASTAR_SHA256="+hex.EncodeToString(sum[:]))
	p.run("ironstar", "assets")
}

// serve starts the server, signs the book, and reads the page and its script.
func (p *newProject) serve() {
	p.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	var said strings.Builder
	server := exec.Command(filepath.Join(p.dir, "bin", "app"), "-addr", addr, "-db", filepath.Join(p.t.TempDir(), "app.db"))
	server.Stderr = &said
	if err := server.Start(); err != nil {
		p.t.Fatal(err)
	}
	defer func() {
		_ = server.Process.Signal(syscall.SIGTERM)
		if err := server.Wait(); err != nil {
			p.t.Errorf("the server ended with %v: %s", err, said.String())
		}
	}()
	site := "http://" + addr
	for range 200 {
		if res, err := http.Get(site); err == nil {
			res.Body.Close()
			break
		}
		time.Sleep(25 * time.Millisecond)
	}
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
