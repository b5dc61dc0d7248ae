package arch_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A document names files in two ways: as the target of a link, and as a path
// in backquotes that begins with one of our own folders.
var (
	link   = regexp.MustCompile(`\]\(([^)#\s]+)(?:#[^)]*)?\)`)
	quoted = regexp.MustCompile("`([A-Za-z0-9_./-]+)`")
)

// elsewhere reports whether a document names files of another tree: a decision names
// those of its time, a changelog those of each release, the guide those of the
// reader's project.
func elsewhere(file string) bool {
	return file == "docs/YOUR-OWN-APPLICATION.md" || file == "CHANGELOG.md" || strings.HasPrefix(file, "docs/decisions/")
}

// TestDocumentsNameFilesThatExist finds links and paths that lead nowhere.
func TestDocumentsNameFilesThatExist(t *testing.T) {
	files, checked := documents(t), 0
	for _, file := range files {
		text, err := os.ReadFile("../../" + file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range named(string(text), elsewhere(file)) {
			checked++
			if !exists(file, name) {
				t.Errorf("%s names %s, which does not exist", file, name)
			}
		}
	}
	if len(files) < 10 || checked < 50 {
		t.Errorf("only %d names in %d documents were looked at", checked, len(files))
	}
}

func documents(t *testing.T) (files []string) {
	t.Helper()
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/decisions/*.md"} {
		found, err := filepath.Glob("../../" + pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			files = append(files, strings.TrimPrefix(filepath.ToSlash(f), "../../"))
		}
	}
	return files
}

// named lists the files that a text names; links only, if they are elsewhere.
func named(text string, linksOnly bool) (names []string) {
	for _, m := range link.FindAllStringSubmatch(text, -1) {
		if !strings.Contains(m[1], "://") && !strings.HasPrefix(m[1], "mailto:") {
			names = append(names, m[1])
		}
	}
	if linksOnly {
		return names
	}
	for _, m := range quoted.FindAllStringSubmatch(text, -1) {
		if first, rest, ok := strings.Cut(m[1], "/"); ok && isOurFolder(first) && !strings.Contains(rest, "...") {
			names = append(names, m[1])
		}
	}
	return names
}

// isOurFolder are the committed folders. A document may name folders of an application
// or built folders, which need not exist here.
func isOurFolder(folder string) bool {
	switch folder {
	case "bin", "data", "node_modules":
		return false
	}
	info, err := os.Stat("../../" + folder)
	return folder != "" && folder != "." && folder != ".." && err == nil && info.IsDir()
}

// exists searches next to the document, as for a link, and at the root, as for
// prose. A path may be a pattern, or end in a function: sqlite.Open.
func exists(file, name string) bool {
	for _, base := range []string{filepath.Join("../..", filepath.Dir(file)), "../.."} {
		if found, err := filepath.Glob(filepath.Join(base, name)); err == nil && len(found) > 0 {
			return true
		}
	}
	return false
}

// TestDocumentCheckSeesFaults: the check above can fail.
func TestDocumentCheckSeesFaults(t *testing.T) {
	text := "[a](docs/none.md#x) `engine/none.go` `engine/engine.go` `SELECT a/b` [web](https://example.com/a)"
	var lost []string
	for _, name := range named(text, false) {
		if !exists("README.md", name) {
			lost = append(lost, name)
		}
	}
	if got := strings.Join(lost, " "); got != "docs/none.md engine/none.go" {
		t.Errorf("got %q", got)
	}
}
