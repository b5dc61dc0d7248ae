package live_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"ironstar.dev/live"
)

// hostile are texts that mean something to HTML, JavaScript or Datastar.
var hostile = []string{
	`"><script>alert(1)</script>`, "${1+1}", "'", "`${alert(1)}`", `\`, `\\"`, `"`, "$text", "@get('/')", "@in(1)", "a;b", "//x", "/*",
	"👩‍👩‍👧 日本語 עברית", "🖕JS_x_DS🚀", "\u2028\u2029", "\x00\x1f\x7f", "line\nline\r\n\t", "&lt;b&gt;", "</script>", "<!--", "__proto__",
}

// TestExpressionHoldsTextAndNothingElse: the value is the JSON of the argument, and
// no character of a text has a meaning in an expression.
func TestExpressionHoldsTextAndNothingElse(t *testing.T) {
	for _, text := range hostile {
		checkExpression(t, text)
	}
	checkExpression(t, strings.Join(hostile, ""))
}

func FuzzExpression(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	f.Fuzz(checkExpression)
}

func checkExpression(t *testing.T, text string) {
	value := live.Expression(map[string]any{"text": text, "n": 1.5, "list": []string{text}, "no": nil, "yes": true})
	odd := func(r rune) bool { return r > '~' || r < ' ' || strings.ContainsRune("$@`'/;<>&=()!?*|%#^~", r) }
	if i := strings.IndexFunc(value, odd); i >= 0 {
		t.Errorf("%q: %q is in %s", text, value[i:i+1], value)
	}
	for i := 0; i < len(value); i++ {
		if value[i] == '\\' && value[i+1] != 'u' {
			t.Errorf("%q: an escape other than \\u in %s", text, value)
		}
	}
	if strings.Contains(value, "__proto__") && !strings.Contains(text, "__proto__") {
		t.Errorf("%q: %s", text, value)
	}
	var got struct {
		Text string
		List []string
	}
	if err := json.Unmarshal([]byte(value), &got); err != nil {
		t.Fatalf("%q: %v in %s", text, err, value)
	}
	if want := strings.ToValidUTF8(text, "\ufffd"); utf8.ValidString(text) && (got.Text != want || got.List[0] != want) {
		t.Errorf("%q came back as %q", text, got.Text)
	}
}
