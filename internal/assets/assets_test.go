package assets_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"ironstar.dev/internal/assets"
)

// bundle stands for Datastar.
var bundle = []byte("export const datastar = '" + strings.Repeat("x", 2000) + "', mergePatch = 2, root = 3\n//# sourceMappingURL=datastar.js.map\n")

func hashOf(b []byte) string { h := sha256.Sum256(b); return hex.EncodeToString(h[:]) }

// project is the smallest repository that can be built.
type project struct {
	t    *testing.T
	root string
	from assets.Datastar
}

func newProject(t *testing.T) *project {
	p := &project{t: t, root: t.TempDir()}
	p.put("web/app.ts", "import { datastar } from 'datastar'\nconst greeting: string = 'hello'\nconsole.log(greeting, datastar)\n")
	p.put("web/app.css", "@import './part.css' layer(parts);\n")
	p.put("web/part.css", ".card { color: red; & > p { color: blue } .a & { color: green } }\n"+strings.Repeat(".x { color: red }\n.y { margin: 0 }\n", 50))
	p.put("static/dist/README.md", "kept")
	p.put("datastar.js", string(bundle))
	p.from = assets.Datastar{File: filepath.Join(p.root, "datastar.js"), SHA256: hashOf(bundle)}
	return p
}

func (p *project) put(name, text string) {
	p.t.Helper()
	file := filepath.Join(p.root, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

func (p *project) get(name string) []byte {
	p.t.Helper()
	b, err := os.ReadFile(filepath.Join(p.root, name))
	if err != nil {
		p.t.Fatal(err)
	}
	return b
}

// build returns the output of a build.
func (p *project) build() (string, error) {
	var log bytes.Buffer
	err := assets.Build(p.t.Context(), assets.Options{Root: p.root, Datastar: p.from, Log: &log})
	return log.String(), err
}

func (p *project) mustBuild() string {
	p.t.Helper()
	log, err := p.build()
	if err != nil {
		p.t.Fatalf("%v\n%s", err, log)
	}
	return log
}

func (p *project) manifest() map[string]string {
	p.t.Helper()
	var m map[string]string
	if err := json.Unmarshal(p.get("static/dist/manifest.json"), &m); err != nil {
		p.t.Fatal(err)
	}
	return m
}

func (p *project) dist() []string {
	p.t.Helper()
	found, err := os.ReadDir(filepath.Join(p.root, "static/dist"))
	if err != nil {
		p.t.Fatal(err)
	}
	var names []string
	for _, f := range found {
		names = append(names, f.Name())
	}
	return names
}

func TestBuild(t *testing.T) {
	p := newProject(t)
	p.mustBuild()
	m := p.manifest()
	css, js := string(p.get("static/dist/"+m["app.css"])), string(p.get("static/dist/"+m["app.js"]))
	if strings.Contains(css, "&") || strings.Contains(css, "@import") || !strings.Contains(css, "@layer parts") {
		t.Errorf("imports and nesting are not resolved: %.120s", css)
	}
	if strings.Contains(js, ": string") {
		t.Errorf("TypeScript was left in: %s", js)
	}
	if !strings.Contains(js, strings.Repeat("x", 2000)) || !strings.Contains(js, "/*! Datastar "+assets.Version) || strings.Contains(js, "sourceMappingURL") {
		t.Errorf("Datastar is not in the script with its name and without its source map: %s", js)
	}
	if m["datastar.js"] != "" {
		t.Errorf("Datastar is served by itself as well: %v", m)
	}
	for logical, file := range m {
		stem, ext, _ := strings.Cut(logical, ".")
		if !strings.HasPrefix(file, stem+"-") || !strings.HasSuffix(file, "."+ext) || len(file) != len(logical)+9 {
			t.Errorf("%s became %s, want a hash of 8 characters in the name", logical, file)
		}
	}
}

func TestSiblingsHoldTheSameBytes(t *testing.T) {
	p := newProject(t)
	p.mustBuild()
	for _, file := range []string{p.manifest()["app.css"], p.manifest()["app.js"]} {
		want := p.get("static/dist/" + file)
		for ext, open := range map[string]func(io.Reader) (io.Reader, error){
			".br": func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
			".gz": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
			".zst": func(r io.Reader) (io.Reader, error) {
				z, err := zstd.NewReader(r)
				return z, err
			},
		} {
			small := p.get("static/dist/" + file + ext)
			r, err := open(bytes.NewReader(small))
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(r)
			if err != nil || !bytes.Equal(got, want) || len(small) >= len(want) {
				t.Errorf("%s%s: %d bytes that hold %d, want %d (%v)", file, ext, len(small), len(got), len(want), err)
			}
		}
	}
}

func TestSecondBuildDoesNothing(t *testing.T) {
	p := newProject(t)
	p.mustBuild()
	before := fmt.Sprint(p.dist())
	p.from = assets.Datastar{File: "/nonexistent", SHA256: "it is not asked for"}
	if log := p.mustBuild(); log != "assets: nothing changed\n" {
		t.Errorf("the second build said %q", log)
	}
	if after := fmt.Sprint(p.dist()); after != before {
		t.Errorf("files were %s, are %s", before, after)
	}
}

func TestChangedFilesAreBuiltAgain(t *testing.T) {
	for name, change := range map[string]func(*project){
		"an imported file":     func(p *project) { p.put("web/part.css", "p { color: teal }") },
		"a new entry":          func(p *project) { p.put("web/other.ts", "console.log(2)") },
		"a truncated asset":    func(p *project) { p.put("static/dist/"+p.manifest()["app.js"], "exp") },
		"a lost sibling":       func(p *project) { os.Remove(filepath.Join(p.root, "static/dist", p.manifest()["app.css"]+".gz")) },
		"an unreadable record": func(p *project) { p.put("static/dist/.built.json", "{") },
	} {
		t.Run(name, func(t *testing.T) {
			p := newProject(t)
			p.mustBuild()
			change(p)
			if log := p.mustBuild(); !strings.Contains(log, "assets: building") {
				t.Errorf("it was not noticed: %s", log)
			}
			if log := p.mustBuild(); log != "assets: nothing changed\n" {
				t.Errorf("it is never done: %s", log)
			}
		})
	}
}

func TestOldFilesGoAndThePlaceholderStays(t *testing.T) {
	p := newProject(t)
	p.mustBuild()
	old := p.manifest()["app.css"]
	p.put("web/part.css", "p { color: teal }")
	p.mustBuild()
	if now := p.manifest()["app.css"]; now == old {
		t.Errorf("the content changed and its name %s did not", now)
	}
	for _, name := range p.dist() {
		if strings.HasPrefix(name, old) {
			t.Errorf("%s is still there", name)
		}
	}
	if string(p.get("static/dist/README.md")) != "kept" {
		t.Error("the placeholder was changed")
	}
}

// TestWrongBundleIsRefused: a wrong bundle is refused from any source, and no
// file is left.
func TestWrongBundleIsRefused(t *testing.T) {
	for name, data := range map[string][]byte{
		"truncated": bundle[:len(bundle)/2], "empty": {}, "changed": append([]byte("x"), bundle[1:]...), "longer": append(bundle[:len(bundle):len(bundle)], '\n'),
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(data) }))
			defer server.Close()
			for source, from := range map[string]func(p *project) assets.Datastar{
				"file": func(p *project) assets.Datastar {
					p.put("datastar.js", string(data))
					return assets.Datastar{File: filepath.Join(p.root, "datastar.js")}
				},
				"address": func(*project) assets.Datastar { return assets.Datastar{URL: server.URL} },
			} {
				p := newProject(t)
				p.from = from(p)
				p.from.SHA256 = hashOf(bundle)
				_, err := p.build()
				var mismatch *assets.MismatchError
				if !errors.As(err, &mismatch) || mismatch.Got != hashOf(data) || mismatch.Want != hashOf(bundle) {
					t.Errorf("%s: got %v, want a mismatch of %s and %s", source, err, hashOf(data), hashOf(bundle))
				} else if !strings.Contains(err.Error(), "DATASTAR_JS") {
					t.Errorf("%s: the message does not say what to do: %v", source, err)
				}
				if got := p.dist(); len(got) != 1 {
					t.Errorf("%s: it left %v", source, got)
				}
			}
		})
	}
}

func TestMissingBundle(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	defer gone.Close()
	t.Setenv("GOPROXY", "off")
	for name, test := range map[string]struct {
		from assets.Datastar
		want []string
	}{
		"file":    {assets.Datastar{File: "/nonexistent/datastar.js"}, []string{"DATASTAR_JS", "/nonexistent/datastar.js"}},
		"nowhere": {assets.Datastar{Module: "ironstar.dev/none@v1.0.0", URL: gone.URL}, []string{"DATASTAR_JS", "ironstar.dev/none", "404"}},
	} {
		p := newProject(t)
		p.from = test.from
		_, err := p.build()
		for _, want := range test.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want it to name %s", name, err, want)
			}
		}
	}
}

// TestNextSource: if the module is not available, the address is used.
func TestNextSource(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(bundle) }))
	defer server.Close()
	t.Setenv("GOPROXY", "off")
	p := newProject(t)
	p.from = assets.Datastar{Module: "ironstar.dev/none@v1.0.0", URL: server.URL, SHA256: hashOf(bundle)}
	p.mustBuild()
}

// TestLastBundleIsReused: the verified bundle of the last build needs no source. A
// changed one does.
func TestLastBundleIsReused(t *testing.T) {
	p := newProject(t)
	p.mustBuild()
	p.from = assets.Datastar{SHA256: hashOf(bundle)}
	p.put("web/part.css", "p { color: teal }")
	p.mustBuild()
	p.put("web/part.css", "p { color: red }")
	p.put("static/dist/.datastar.js", "changed")
	if _, err := p.build(); err == nil {
		t.Error("a changed bundle was taken for the wanted one")
	}
}

func TestMistakesHaveAPosition(t *testing.T) {
	for name, test := range map[string]struct{ file, text, want string }{
		"TypeScript":        {"web/app.ts", "let x = 1\nlet = = 2\n", "web/app.ts:2:"},
		"CSS":               {"web/part.css", "p { color: red }\n}\n", "web/part.css:2:"},
		"a missing import":  {"web/app.css", "@import './gone.css';\n", "./gone.css\"\n"},
		"a missing package": {"web/app.ts", "import '@a/gone/x'\n", "npm install @a/gone adds it"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProject(t)
			p.mustBuild()
			before := fmt.Sprint(p.dist())
			p.put(test.file, test.text)
			if _, err := p.build(); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s in it", err, test.want)
			}
			if after := fmt.Sprint(p.dist()); after != before {
				t.Errorf("a failed build changed %s to %s", before, after)
			}
		})
	}
}

func TestPackagesNeedALock(t *testing.T) {
	p := newProject(t)
	p.put("package.json", "{}")
	if _, err := p.build(); err == nil || !strings.Contains(err.Error(), "package-lock.json") {
		t.Errorf("got %v, want package-lock.json in it", err)
	}
}

// TestClientAlone: an application without TypeScript of its own gets the client
// of pages as app.js, without npm, and its own script when it has one.
func TestClientAlone(t *testing.T) {
	p := newProject(t)
	for _, name := range []string{"app.ts", "app.css"} {
		if err := os.Remove(filepath.Join(p.root, "web", name)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", "/nonexistent")
	p.mustBuild()
	client := p.manifest()["app.js"]
	if got := string(p.get("static/dist/" + client)); !strings.Contains(got, "data-live-feed") {
		t.Errorf("app.js is not the client: %.200s", got)
	}
	if log := p.mustBuild(); log != "assets: nothing changed\n" {
		t.Errorf("the second build said %q", log)
	}
	p.put("web/app.ts", `import "ironstar"; document.title = "mine"`)
	p.mustBuild()
	got := string(p.get("static/dist/" + p.manifest()["app.js"]))
	if !strings.Contains(got, "data-live-feed") || !strings.Contains(got, "mine") {
		t.Errorf("app.js is not the script with the client: %.200s", got)
	}
}

func TestSourceErrorsHaveAPosition(t *testing.T) {
	p := newProject(t)
	p.put("web/app.ts", "let x = 1\nlet = = 2\n")
	_, err := p.build()
	var errs assets.SourceErrors
	if !errors.As(err, &errs) || errs[0].File != "web/app.ts" || errs[0].Line != 2 || errs[0].Column != 7 || errs[0].Text != "let = = 2" {
		t.Errorf("got %#v, want the position web/app.ts:2:7 and the line", errs)
	}
}

func TestNoFolder(t *testing.T) {
	err := assets.Build(context.Background(), assets.Options{Root: filepath.Join(t.TempDir(), "none")})
	if err == nil || !strings.Contains(err.Error(), "is not a folder") {
		t.Errorf("got %v", err)
	}
}

func ExampleBuild() {
	err := assets.Build(context.Background(), assets.Options{
		Root:     "/nonexistent",
		Datastar: assets.Pinned(os.Getenv("DATASTAR_JS")),
	})
	fmt.Println(err)
	// Output: /nonexistent is not a folder
}
