package arch_test

import (
	"os"
	"os/exec"
	"path"
	"strings"
	"testing"
)

// TestReadmeShowsEveryEntry: the tree in the README has each top-level file and
// folder, and each line says of what kind it is.
func TestReadmeShowsEveryEntry(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(readme), "## What lies where\n\n```\n")
	tree, _, ended := strings.Cut(rest, "```")
	if !found || !ended {
		t.Fatal("README.md has no tree")
	}
	cmd := exec.Command("git", "ls-files")
	cmd.Dir = "../.."
	files, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	shown := strings.Fields(tree)
	for file := range strings.Lines(string(files)) {
		top, _, folder := strings.Cut(strings.TrimSpace(file), "/")
		if folder {
			top += "/"
		}
		if !folder && strings.HasSuffix(top, ".go") || top == ".gitignore" || top == "README.md" {
			continue
		}
		if !showsEntry(shown, top) {
			t.Errorf("the tree in README.md does not show %s", top)
		}
	}
	for line := range strings.Lines(tree) {
		for _, name := range strings.Fields(line) {
			if !strings.HasSuffix(name, "/") {
				break // the description begins
			}
			if _, err := os.Stat(path.Join("../..", name)); err != nil {
				t.Errorf("the tree in README.md shows %s: %v", name, err)
			}
		}
	}
}

func showsEntry(shown []string, top string) bool {
	for _, name := range shown {
		if name == top || strings.HasSuffix(top, "/") && strings.HasPrefix(name, top) {
			return true
		}
	}
	return false
}
