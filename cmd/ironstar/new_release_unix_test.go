//go:build unix

package main

import (
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

// releaseEnv returns the environment in which this checkout is version v1.0.0 of
// ironstar.dev: a module proxy in a folder has it. Other modules come from Go's
// cache and from where they came from before.
func releaseEnv(t *testing.T) []string {
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
	for name := range strings.Lines(output("git", "ls-files", "--cached", "--others", "--exclude-standard")) {
		if f := (sourceFile{root, strings.TrimSpace(name)}); exists(filepath.Join(root, f.path)) {
			files = append(files, f)
		}
	}
	folder := filepath.Join(proxy, "ironstar.dev", "@v")
	if err := os.MkdirAll(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"list": "v1.0.0\n", "v1.0.0.mod": string(mod), "v1.0.0.info": `{"Version": "v1.0.0"}`} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	archive, err := os.Create(filepath.Join(folder, "v1.0.0.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	if err := zip.Create(archive, module.Version{Path: libraryModule, Version: "v1.0.0"}, files); err != nil {
		t.Fatal(err)
	}
	return []string{
		"GOPROXY=file://" + proxy + ",file://" + filepath.Join(output("go", "env", "GOMODCACHE"), "cache", "download") + "," + output("go", "env", "GOPROXY"),
		"GOMODCACHE=" + t.TempDir(), // a release that changes is not for the cache of others
		"GONOSUMDB=*", "GONOSUMCHECK=1",
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
