package live_test

import (
	"strings"
	"testing"

	"ironstar.dev"
	"ironstar.dev/live"
)

func TestFeedIDs(t *testing.T) {
	const tag = ".0123456789abcdef"
	for text, want := range map[string]ironstar.Position{
		"0" + tag: 0, "1" + tag: 1, "42" + tag: 42, "9223372036854775807" + tag: 1<<63 - 1,
	} {
		if got, again, ok := live.ParseFeedID(text); !ok || got != want || again != text {
			t.Errorf("%s: got %d, %s, %v", text, got, again, ok)
		}
	}
	for _, text := range []string{
		"", ".", tag, "1", "1.", "-1" + tag, "+1" + tag, " 1" + tag, "01" + tag, "00" + tag, "1" + tag + " ", "1" + tag + "0",
		"9223372036854775808" + tag, "99999999999999999999" + tag, "1.0123456789ABCDEF", "1.0123456789abcdeg", "1,0123456789abcdef",
		"1e3" + tag, "0x1" + tag, "١" + tag, "1.2" + tag, strings.Repeat("1", 1<<20) + tag, "1" + strings.Repeat(tag, 1000), "1" + tag + "\n",
	} {
		if got, _, ok := live.ParseFeedID(text); ok {
			t.Errorf("%.40q is taken for position %d", text, got)
		}
	}
}

func FuzzFeedID(f *testing.F) {
	f.Add("12.0123456789abcdef")
	f.Add("-1.0123456789abcdef")
	f.Fuzz(func(t *testing.T, text string) {
		position, again, ok := live.ParseFeedID(text)
		if ok && (again != text || position < 0) {
			t.Errorf("%q is read as %q", text, again)
		}
	})
}
