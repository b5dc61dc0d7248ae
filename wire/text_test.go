package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"ironstar.dev"
	"ironstar.dev/wire"
)

// awkward are parts of strings, valid and invalid ones.
var awkward = []string{
	"", "a", "milk and bread", `\"`, `\\`, `\/\b\f\n\r\t`, `\u0041`, `\u00e9`, `\ud83d\ude00`, `\uD83D\uDE00`, "é", "привет", "你好", "😀", "\x7f",
	`"`, `\`, `\x`, `\u`, `\u12`, `\u12g4`, `\ud800`, `\udc00`, `\ud800\u0041`, "\n", "\x00", "\x1f", "\x80", "\xc3", "\xc1\xbf", "\xed\xa0\x80", "\xf5", "!#[]",
}

// TestText: reading a string in words gives the same result as reading it byte
// by byte, for every alignment and everything after the string.
func TestText(t *testing.T) {
	for _, first := range awkward {
		for _, second := range awkward {
			for pad := range 18 {
				sameText(t, strings.Repeat("x", pad)+first+strings.Repeat("y", 17-pad)+second)
			}
		}
	}
}

// FuzzText is TestText with random texts.
func FuzzText(f *testing.F) {
	for _, s := range awkward {
		f.Add(s)
		f.Add("0123456" + s + "0123456" + s)
	}
	f.Fuzz(func(t *testing.T, inside string) { sameText(t, inside) })
}

func sameText(t *testing.T, inside string) {
	t.Helper()
	for _, src := range []string{`"` + inside + `"`, `"` + inside, `"` + inside + "\"          "} {
		want, wantErr := slowText(src)
		got, err := wire.Decode([]byte(src), (*wire.Decoder).String)
		if got != want || fmt.Sprint(err) != fmt.Sprint(wantErr) {
			t.Fatalf("%q\ngot  %q, %v\nwant %q, %v", src, got, err, want, wantErr)
		}
	}
	if got, want := wire.AppendString([]byte("{"), inside), slowAppend("{", inside); string(got) != want {
		t.Fatalf("%q\nwritten as %s\nwant       %s", inside, got, want)
	}
}

// slowText reads a string at the start of src byte by byte.
func slowText(src string) (string, error) {
	at := 0
	fault := func(message string) (string, error) {
		return "", &wire.SyntaxError{Offset: at, Message: message}
	}
	for at < len(src) {
		r, size := utf8.DecodeRuneInString(src[at:])
		if r == utf8.RuneError && size == 1 {
			return fault("invalid UTF-8")
		}
		at += size
	}
	var out []byte
	at = 1
	for i := 1; i < len(src); {
		switch c := src[i]; {
		case c == '"':
			at = i + 1 + len(src[i+1:]) - len(strings.TrimLeft(src[i+1:], " \t\r\n"))
			if at < len(src) {
				return fault("text after the value")
			}
			return string(out), nil
		case c < ' ':
			at = i
			return fault("a control character in a string")
		case c == '\\':
			at = i
			r, size, message := slowEscape(src[i:])
			if message != "" {
				return fault(message)
			}
			out = utf8.AppendRune(out, r)
			i += size
		default:
			out = append(out, c)
			i++
		}
	}
	return fault("a string has no end")
}

// slowEscape reads an escape sequence at the start of s.
func slowEscape(s string) (r rune, size int, fault string) {
	unit := func(s string) rune {
		if len(s) >= 4 && !strings.ContainsAny(s[:4], "+-_") {
			if n, err := strconv.ParseUint(s[:4], 16, 16); err == nil {
				return rune(n)
			}
		}
		return -1
	}
	switch {
	case len(s) < 2:
		return 0, 0, "a string has no end"
	case strings.IndexByte(`"\/bfnrt`, s[1]) >= 0:
		return rune("\"\\/\b\f\n\r\t"[strings.IndexByte(`"\/bfnrt`, s[1])]), 2, ""
	case s[1] != 'u':
		return 0, 0, fmt.Sprintf("unknown escape \\%c", s[1])
	}
	high := unit(s[2:])
	if high < 0 {
		return 0, 0, `\u wants four hexadecimal digits`
	}
	if !utf16.IsSurrogate(high) {
		return high, 6, ""
	}
	if strings.HasPrefix(s[6:], `\u`) {
		if r := utf16.DecodeRune(high, unit(s[8:])); r != utf8.RuneError {
			return r, 12, ""
		}
	}
	return 0, 0, "half of a surrogate pair"
}

// slowAppend writes a string character by character.
func slowAppend(before, s string) string {
	var b strings.Builder
	b.WriteString(before + `"`)
	for i, r := range s { // what is no UTF-8 is U+FFFD here
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\ufffd"):
			b.WriteString(`\ufffd`)
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ':
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + `"`
}

// FuzzLayout: the fast path for fields without white space reads and refuses
// the same as the general path.
func FuzzLayout(f *testing.F) {
	seeds(f)
	for _, s := range []string{
		`{` + others + `,"sku":"B"}`, `{"price":{"currency":"CHF","amount":"1"},"sku":"A",` + id + `}`, `{"id":1,"sku":{},"qty":[],"price":"","tags":{"sku":"A"}}`,
		`{"i\u0064":1,"id":2,"id":3}`, `{"sku":"A","sku":"A"}`, `{"price":5,"tags":["a"],"amount":"1"}`, `{"id2":1,"i":1,"":2}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		var compact, wide bytes.Buffer
		if json.Compact(&compact, src) != nil || json.Indent(&wide, src, " ", " ") != nil {
			return
		}
		one, err := wire.Decode(compact.Bytes(), decodeLine)
		two, wideErr := wire.Decode(wide.Bytes(), decodeLine)
		if diff := cmp.Diff(one, two, cmp.AllowUnexported(ironstar.Decimal{})); diff != "" {
			t.Fatalf("%s\n(-without +with white space):\n%s", src, diff)
		}
		if a, b := places(err), places(wideErr); !slices.Equal(a, b) {
			t.Fatalf("%s\nwithout white space: %v\nwith:                %v", src, a, b)
		}
	})
}

// places returns what was wrong and where, without offsets, which white space
// changes.
func places(err error) []string {
	var invalid ironstar.Invalid
	if !errors.As(err, &invalid) {
		var syntax *wire.SyntaxError
		if errors.As(err, &syntax) {
			return []string{syntax.Message}
		}
		return nil
	}
	var all []string
	for _, p := range invalid {
		all = append(all, p.Path+" "+p.Code)
	}
	return all
}
