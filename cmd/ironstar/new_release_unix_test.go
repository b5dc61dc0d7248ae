//go:build unix

package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

// sourceFile is a file of this checkout in the zip of a release.
type sourceFile struct{ root, path string }

func (f sourceFile) Path() string                 { return f.path }
func (f sourceFile) Lstat() (os.FileInfo, error)  { return os.Lstat(filepath.Join(f.root, f.path)) }
func (f sourceFile) Open() (io.ReadCloser, error) { return os.Open(filepath.Join(f.root, f.path)) }

// releaseEnv returns the environment in which this checkout is a version of
// ironstar.dev: a module proxy in a folder has it. The version is a hash of the
// files, because Go remembers what is in a version. It leaves Go's cache of modules
// at the end.
func releaseEnv(t *testing.T) (version string, env []string) {
	t.Helper()
	root, proxy := checkout(t), t.TempDir()
	output := func(name string, args ...string) string {
		cmd := exec.Command(name, args...)
		cmd.Dir = root
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s %v: %v", name, args, err)
		}
		return strings.TrimSpace(string(out))
	}
	var files []zip.File
	sum := sha256.New()
	for name := range strings.Lines(output("git", "ls-files", "--cached", "--others", "--exclude-standard")) {
		if f := (sourceFile{root, strings.TrimSpace(name)}); exists(filepath.Join(root, f.path)) {
			files = append(files, f)
			text, err := os.ReadFile(filepath.Join(root, f.path))
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(sum, "%q %q", f.path, text)
		}
	}
	version = fmt.Sprintf("v1.0.0-test.x%x", sum.Sum(nil)[:8])
	cache := output("go", "env", "GOMODCACHE")
	leaveCache(t, cache, version)
	t.Cleanup(func() { leaveCache(t, cache, version) })
	folder := filepath.Join(proxy, "ironstar.dev", "@v")
	if err := os.MkdirAll(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"list": version + "\n", version + ".mod": string(mod), version + ".info": `{"Version": "` + version + `"}`} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	archive, err := os.Create(filepath.Join(folder, version+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	if err := zip.Create(archive, module.Version{Path: libraryModule, Version: version}, files); err != nil {
		t.Fatal(err)
	}
	return version, []string{"GOPROXY=file://" + proxy + "," + output("go", "env", "GOPROXY"), "GONOSUMDB=*"}
}

// leaveCache removes a version of ironstar.dev from Go's cache of modules.
func leaveCache(t *testing.T, cache, version string) {
	t.Helper()
	downloads, err := filepath.Glob(filepath.Join(cache, "cache", "download", libraryModule, "@v", version+".*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(downloads, filepath.Join(cache, libraryModule+"@"+version)) {
		if err := os.RemoveAll(name); err != nil {
			t.Error(err)
		}
	}
}

// followDockerfile does in folders what docker build would do in images, and returns
// the folder of the last image.
func (p *newProject) followDockerfile() string {
	p.t.Helper()
	text := p.run("cat", "Dockerfile")
	build, image := p.t.TempDir(), p.t.TempDir()
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		switch words[0] {
		case "COPY":
			p.copyInto(build, image, words[1:])
		case "RUN":
			(&newProject{p.t, build, p.env}).run("sh", "-c", strings.TrimSpace(strings.TrimPrefix(line, "RUN")))
		case "FROM", "WORKDIR", "VOLUME", "EXPOSE", "ENTRYPOINT":
		default:
			p.t.Errorf("the Dockerfile has %s", line)
		}
	}
	return image
}

// copyInto follows COPY: from the project into the folder of the build, or from
// there into the image.
func (p *newProject) copyInto(build, image string, args []string) {
	p.t.Helper()
	fromBuild := slices.Contains(args, "--from=build")
	args = slices.DeleteFunc(args, func(arg string) bool { return strings.HasPrefix(arg, "--") })
	to := filepath.Join(build, args[len(args)-1])
	if fromBuild {
		to = filepath.Join(image, args[len(args)-1])
	}
	for _, from := range args[:len(args)-1] {
		if fromBuild {
			p.run("cp", "-r", filepath.Join(build, strings.TrimPrefix(from, "/src/")), to)
			continue
		}
		files := p.run("git", "ls-files", from)
		if files == "" {
			p.t.Errorf("COPY %s copies nothing", from)
		}
		for name := range strings.Lines(files) {
			target := filepath.Join(to, strings.TrimSpace(name))
			if from != "." {
				target = filepath.Join(to, filepath.Base(from))
			}
			p.run("mkdir", "-p", filepath.Dir(target))
			p.run("cp", strings.TrimSpace(name), target)
		}
	}
}
