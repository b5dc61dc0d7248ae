package arch_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestGuaranteesHaveTests: each guarantee of docs/GUARANTEES.md has a test with
// its number in each of the packages that it names, unless it says what it
// comes with.
func TestGuaranteesHaveTests(t *testing.T) {
	page, err := os.ReadFile("../../docs/GUARANTEES.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]map[string]bool{} // by directory: the numbers
	carries := regexp.MustCompile(`(?m)^func Test(G\d+)_|"(G\d+)_`)
	handWritten(t, func(file string, src []byte) {
		if !strings.HasSuffix(file, "_test.go") && !strings.Contains(file, "/ironstartest/") {
			return
		}
		dir := filepath.ToSlash(must(filepath.Rel("../..", filepath.Dir(file))))
		for _, m := range carries.FindAllStringSubmatch(string(src), -1) {
			if tests[dir] == nil {
				tests[dir] = map[string]bool{}
			}
			tests[dir][m[1]+m[2]] = true
		}
	})
	scripts, err := filepath.Glob("../../cmd/ironstar/testdata/script/g*_*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, script := range scripts {
		number, _, _ := strings.Cut(filepath.Base(script), "_")
		tests["cmd/ironstar"][strings.ToUpper(number)] = true
	}
	rows := regexp.MustCompile(`(?m)^\| \*\*(G\d+)\*\* \| .* \| (.*) \|$`).FindAllStringSubmatch(string(page), -1)
	if len(rows) != 23 {
		t.Errorf("docs/GUARANTEES.md has %d guarantees, want 23", len(rows))
	}
	for _, row := range rows {
		number, where := row[1], row[2]
		if strings.HasPrefix(where, "comes with ") {
			continue
		}
		for dir := range strings.SplitSeq(where, ", ") {
			if !tests[dir][number] {
				t.Errorf("%s is said to be tested in %s, but no test there carries the number", number, dir)
			}
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
