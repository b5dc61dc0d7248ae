package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestPastedMethodsCompile: the code that check prints compiles in a file that
// imports only the generated package.
func TestPastedMethodsCompile(t *testing.T) {
	dir := t.TempDir()
	repository, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	own, err := os.ReadFile(filepath.Join(repository, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(repository, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	const file = "internal/app/lamp/lamp.go"
	const byHand = "package lamp\n\nimport (\n\t\"embed\"\n\n\t\"example.com/app/gen/lamp\"\n)\n\ntype Lamp struct{}\n\nvar _ lamp.Lamp = Lamp{}\n\n" +
		"func (Lamp) Source() embed.FS { return source }\n"
	for name, text := range map[string]string{
		// This is not a go.work, because a workspace needs the go.mod files of more
		// modules, and a new machine may not have them.
		"go.mod": strings.Replace(string(own), "module ironstar.dev", "module example.com/app", 1) +
			"\nrequire ironstar.dev v0.0.0\n\nreplace ironstar.dev => " + repository + "\n",
		"go.sum":                    string(sums),
		"schema/cue.mod/module.cue": "module: \"example.com/app/schema\"\nlanguage: version: \"v0.17.0\"\n",
		"schema/lamp/lamp.cue": `package lamp

import "ironstar.dev/schema"

#Lamp: schema.#Aggregate & {
	state: on: bool
	command: {
		Switch: {on: bool, at: schema.#Time @inject(now)}
		Smash: {}
	}
	event: {Switched: v1: on: bool, Broke: v1: {}}
}
`,
		file: byHand,
	} {
		writeFile(t, filepath.Join(dir, name), text)
	}
	command := func(name string, args ...string) (stdout, stderr string, err error) {
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod")
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		err = cmd.Run()
		return out.String(), errs.String(), err
	}
	if _, stderr, err := command("ironstar", "generate"); err != nil {
		t.Fatalf("generate: %v\n%s", err, stderr)
	}
	pasted, _, err := command("ironstar", "check")
	if err == nil || strings.Count(pasted, "\nfunc (Lamp) ") != 5 {
		t.Fatalf("check ends with %v and prints\n%s\nwant five methods", err, pasted)
	}
	if _, stderr, err := command("go", "build", "./internal/..."); err == nil || !strings.Contains(stderr, "missing method") {
		t.Fatalf("without the methods: %v\n%s\nwant an error about missing methods, because otherwise this tests nothing", err, stderr)
	}
	writeFile(t, filepath.Join(dir, file), byHand+pasted)
	if _, stderr, err := command("go", "vet", "./internal/..."); err != nil {
		t.Errorf("what check prints does not compile: %v\n%s", err, stderr)
	}
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
