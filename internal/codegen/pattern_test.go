package codegen_test

import (
	"encoding/json"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ironstar.dev/internal/codegen"
)

// TestHTMLPatternInJavaScript runs the patterns in a JavaScript engine as a
// browser does: with the v flag, on the whole text.
func TestHTMLPatternInJavaScript(t *testing.T) {
	type question struct {
		Expr, Pattern, Text string
		Go                  bool
	}
	texts := []string{"", "a", "ABC-1", "ABC-", "abc", "xabcx", "ab", "abab", "ababc", "a-b", "a&&b", "é", "😀", "a/b", "[x]", "12.50", "1\n2", "^", "a'b", "a b", "-"}
	var questions []question
	for _, expr := range []string{
		`^[A-Z]{3}-[0-9]+$`, `abc`, `^(ab)+c?$`, `^.{2,}$`, `^[^/]$`, `^[a&\-^']+$`, `^a-b$`, `^\[x\]$`, `^[0-9]+(\.[0-9]+)?$`,
		`^[é😀]$`, `^(a|b|ab)*$`, `^[!-/]$`, `b$`, `^a&&b$`, `^\^$`, `^a b$`, `^[\w-]+$`,
	} {
		pattern := codegen.HTMLPattern(expr)
		if pattern == "" {
			t.Errorf("%s has no pattern", expr)
		}
		for _, text := range texts {
			questions = append(questions, question{expr, pattern, text, regexp.MustCompile(expr).MatchString(text)})
		}
	}
	asked, err := json.Marshal(questions)
	if err != nil {
		t.Fatal(err)
	}
	const script = `const qs = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(qs.map(q => new RegExp("^(?:" + q.Pattern + ")$", "v").test(q.Text))));`
	cmd := exec.Command("node", "-e", script)
	cmd.Stdin = strings.NewReader(string(asked))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, out)
	}
	var answers []bool
	if err := json.Unmarshal(out, &answers); err != nil || len(answers) != len(questions) {
		t.Fatalf("node said %s (%v)", out, err)
	}
	for i, q := range questions {
		if answers[i] != q.Go {
			t.Errorf("%s as %s on %q: JavaScript says %v, Go %v", q.Expr, q.Pattern, q.Text, answers[i], q.Go)
		}
	}
	if !slices.Contains(answers, true) {
		t.Error("nothing matched")
	}
}
