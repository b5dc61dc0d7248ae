//go:build unix

package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// devPatience is how long a step may take on a busy machine.
const devPatience = time.Minute

// devRun is ironstar dev as a process.
type devRun struct {
	*newProject
	cmd  *exec.Cmd
	site string
	temp string // of the process, for its temporary files

	mu   sync.Mutex
	said []string
	read int // lines of said that a wait has passed
}

// newDevProject is a project with assets and an empty place for a database.
func newDevProject(t *testing.T, args ...string) *newProject {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	p := &newProject{t: t, dir: t.TempDir(), env: append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-trimpath", // so that Go can reuse what another run built
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")}
	p.run("ironstar", append(append([]string{"new"}, args...), "--ironstar", root, "--module", "zoo.dev/guests", "guests")...)
	p.dir = filepath.Join(p.dir, "guests")
	p.buildAssets()
	return p
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

// start runs ironstar dev and waits until the application answers.
func (p *newProject) startDev(temp string) *devRun {
	p.t.Helper()
	d := &devRun{newProject: p, temp: temp}
	d.cmd = exec.Command("ironstar", "dev", "--addr", "127.0.0.1:0")
	d.cmd.Dir, d.cmd.Env = p.dir, append(p.env, "TMPDIR="+temp)
	out, err := d.cmd.StderrPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := d.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		_ = d.cmd.Process.Kill() // it has ended, if the test went well
		if p.t.Failed() {
			p.t.Logf("ironstar dev said:\n%s", strings.Join(d.lines(), "\n"))
		}
	})
	go func() {
		for scan := bufio.NewScanner(out); scan.Scan(); {
			d.mu.Lock()
			d.said = append(d.said, scan.Text())
			d.mu.Unlock()
		}
	}()
	d.site = regexp.MustCompile(`http://[0-9.:]+`).FindString(d.await(`^dev: http://`))
	d.await(`^first build: .*restart \d+ ms`)
	return d
}

func (d *devRun) lines() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]string(nil), d.said...)
}

// await waits for a line after those that earlier calls waited for, and returns it.
func (d *devRun) await(pattern string) string {
	d.t.Helper()
	wanted := regexp.MustCompile(pattern)
	for end := time.Now().Add(devPatience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		for lines := d.lines(); d.read < len(lines); {
			line := lines[d.read]
			d.read++
			if wanted.MatchString(line) {
				return line
			}
		}
	}
	d.t.Fatalf("ironstar dev did not say %s", pattern)
	return ""
}

// save writes a file of the project, with a text replaced. An empty old text adds
// the new one at the end.
func (d *devRun) save(name, old, text string) {
	d.t.Helper()
	path := filepath.Join(d.dir, name)
	was, err := os.ReadFile(path)
	if err != nil {
		d.t.Fatal(err)
	}
	now := string(was) + text
	if old != "" {
		if now = strings.Replace(string(was), old, text, 1); now == string(was) {
			d.t.Fatalf("%s does not have %q", name, old)
		}
	}
	if err := os.WriteFile(path, []byte(now), 0o666); err != nil {
		d.t.Fatal(err)
	}
}

// page returns a page as a browser gets it.
func (d *devRun) page(path string) string {
	d.t.Helper()
	ctx, stop := context.WithTimeout(d.t.Context(), devPatience)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, d.site+path, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return string(body)
}

func (d *devRun) wantOnPage(path string, texts ...string) {
	d.t.Helper()
	page := d.page(path)
	for _, text := range texts {
		if !strings.Contains(page, text) {
			d.t.Errorf("%s lacks %q:\n%s", path, text, page)
		}
	}
}

// sign signs the guest book.
func (d *devRun) sign(name string) {
	d.t.Helper()
	res, err := http.PostForm(d.site+"/book/book/guests/sign", url.Values{"name": {name}})
	if err != nil {
		d.t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK { // after a redirect
		d.t.Errorf("sign: %s", res.Status)
	}
}

// children lists the processes whose binary is in the temporary folder.
func (d *devRun) children() (found []string) {
	links, _ := filepath.Glob("/proc/[0-9]*/exe")
	for _, link := range links {
		if to, err := os.Readlink(link); err == nil && strings.HasPrefix(to, d.temp) {
			found = append(found, link)
		}
	}
	return found
}

func (d *devRun) left() []string {
	found, err := filepath.Glob(filepath.Join(d.temp, "*"))
	if err != nil {
		d.t.Fatal(err)
	}
	return found
}

// TestDevWithoutDomain: a project whose schema is empty runs, ironstar add brings it
// to life, and methods that are missing then are shown as code to paste.
func TestDevWithoutDomain(t *testing.T) {
	p := newDevProject(t, "--example", "none")
	d := p.startDev(t.TempDir())
	d.wantOnPage("/", `src="/_ironstar/dev.js"`)
	p.run("ironstar", "add", "aggregate", "kitchen.Recipe", "title:text")
	d.await(`changed: .*restart \d+ ms$`)
	d.wantOnPage("/dev", "kitchen.Recipe", "<td>Added</td><td>v1</td>")

	const file = "schema/kitchen/recipe.cue"
	d.save(file, "\tcommand: {\n", "\tcommand: {\n\t\tPublish: {}\n")
	d.await(`^internal/app/kitchen/recipe\.go:\d+:\d+: Recipe has no method DecidePublish \(IRN\d+\) \(go build\)$`)
	d.await(`^      = paste this into the file`)
	d.await(`^func \(Recipe\) DecidePublish\(`)
	d.await(`missing method DecidePublish`)
	d.save(file, "\t\tPublish: {}\n", "")
	d.await(`^schema/kitchen/recipe\.cue changed: .*(restart \d+ ms|the server stays the same)$`)
	d.stop()
}

// stop is Ctrl-C: nothing is left.
func (d *devRun) stop() {
	d.t.Helper()
	if err := d.cmd.Process.Signal(syscall.SIGINT); err != nil {
		d.t.Fatal(err)
	}
	if err := d.cmd.Wait(); err != nil {
		d.t.Errorf("after Ctrl-C it ended with %v", err)
	}
	if len(d.children()) > 0 || len(d.left()) > 0 {
		d.t.Errorf("after Ctrl-C there are %v and %v", d.children(), d.left())
	}
}

// TestDev runs a project, saves files as an editor does, and looks at the page and
// at what is printed. There is one project for all steps, because it takes long to
// build.
func TestDev(t *testing.T) {
	d := newDevProject(t).startDev(t.TempDir())
	d.wantOnPage("/", "<h1>Guest book</h1>", `src="/_ironstar/dev.js"`)
	d.sign("Ada")
	d.wantOnPage("/dev", "book.Guests", "/book/book/{id}/sign", "<td>Signed</td><td>v1</td>")

	d.save("web/guests.templ", "<h1>{", "<h1 class=\"new\">{")
	d.await(`^web/guests\.templ changed: templ \d+ ms, go build \d+ ms, restart \d+ ms$`)
	d.wantOnPage("/", `<h1 class="new">`, "Ada")

	d.save("web/guests.templ", `<h1 class="new">{`, `<h1 class="new{`)
	d.await(`^web/guests\.templ:\d+:\d+: .* \(templ\)$`)
	d.await(`^      \| .`)
	d.await(`^web/guests\.templ changed: .*; the last server that worked goes on$`)
	d.wantOnPage("/", `<h1 class="new">`)
	d.save("web/guests.templ", `<h1 class="new{`, `<h1 class="newer">{`)
	d.await(`^web/guests\.templ changed: .*restart \d+ ms$`)
	d.wantOnPage("/", `<h1 class="newer">`)

	d.save("web/web.go", "", "\nvar wrong int = nothing\n")
	d.await(`^web/web\.go:\d+:\d+: undefined: nothing \(go build\)$`)
	d.wantOnPage("/", `<h1 class="newer">`)
	d.save("web/web.go", "\nvar wrong int = nothing\n", "\n// Nothing is nothing.\nvar Nothing = 1\n")
	d.await(`^web/web\.go changed: go build \d+ ms, restart \d+ ms$`)

	d.save("web/app.css", "", "h1 { color: teal }\n")
	d.await(`^web/app\.css changed: assets \d+ ms$`)
	style := regexp.MustCompile(`/static/app-[0-9A-Z]{8}\.css`).FindString(d.page("/"))
	d.wantOnPage(style, "teal")
	d.save("web/app.css", "", "h1 {\n")
	d.await(`^web/app\.css:\d+:\d+: .* \(assets\)$`)
	d.save("web/app.css", "h1 {\n", "")
	d.await(`^web/app\.css changed: assets \d+ ms$`)

	d.schema()
	d.kill()
}

// schema changes the schema: a mistake, then an event that is not released, so the
// database is moved aside, then one that is.
func (d *devRun) schema() {
	d.t.Helper()
	const file = "schema/book/book.cue"
	d.save(file, "event: Signed: v1: name: string", "event: Signed: v1: name: strin")
	d.await(`^schema/book/book\.cue:\d+:\d+: .*\(IRN\d+\) \(schema\)$`)
	d.wantOnPage("/", "Ada")
	d.save(file, "event: Signed: v1: name: strin", "event: Signed: v1: name: string | *\"x\"")
	d.save(file, "string | *\"x\"", "string")
	d.await(`^schema/book/book\.cue changed: schema \d+ ms`)

	d.save("internal/app/book/book.go", "book.BookSigned{Name: c.Name}", "book.BookSigned{Name: c.Name, Loud: true}")
	d.await(`^internal/app/book/book\.go:\d+:\d+: unknown field Loud.*\(go build\)$`)
	d.save(file, "event: Signed: v1: name: string", "event: Signed: v1: {name: string, loud: bool}")
	d.await(`^dev: book\.Book Signed\.v1 changed and is not released: the database was moved to data/app\.db\.\d+-\d+, and a new one begins$`)
	d.await(`changed: .*restart \d+ ms$`)
	if page := d.page("/"); strings.Contains(page, "Ada") {
		d.t.Error("the new database has the events of the old one")
	}
	d.sign("Grace")
	d.run("ironstar", "release")
	d.save("internal/app/book/book.go", "Loud: true", `Loud: "yes"`)
	d.await(`^internal/app/book/book\.go:\d+:\d+: cannot use "yes".*\(go build\)$`)
	d.save(file, "loud: bool", "loud: string")
	d.await(`^schema/book/book\.cue:\d+:\d+: .* \(database\)$`)
	d.await(`; the last server that worked goes on$`)
	d.wantOnPage("/", "Grace")
	d.save("internal/app/book/book.go", `Loud: "yes"`, "Loud: true")
	d.save(file, "loud: string", "loud: bool")
	d.await(`changed: .*the server stays the same$`) // and the problem is gone
}

// kill ends the process without a chance to clean up: the child ends, and the next
// run removes what is left.
func (d *devRun) kill() {
	d.t.Helper()
	if len(d.children()) == 0 {
		d.t.Fatal("there is no child")
	}
	if err := d.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		d.t.Fatal(err)
	}
	_ = d.cmd.Wait() // killed
	for end := time.Now().Add(devPatience); len(d.children()) > 0 && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
	}
	if left := d.children(); len(left) > 0 {
		d.t.Errorf("the child outlives its parent: %v", left)
	}
	before := d.left()
	next := d.newProject.startDev(d.temp)
	if len(before) != 1 || len(next.left()) != 1 || before[0] == next.left()[0] {
		d.t.Errorf("%v was left, and now there are %v", before, next.left())
	}
	next.wantOnPage("/", "Grace")
	next.stop()
}
