package sqlite

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"ironstar.dev"
)

// These tests are inside the package because of its check of payloads, which
// is compared with encoding/json.

// jsonCases are valid and invalid; each is tried with one byte changed, too.
var jsonCases = []string{
	``, ` `, `{}`, `[]`, ` { } `, "\t[\n]\r", `null`, `true`, `false`, `nul`, `truee`, `"`, `""`, `"a`, `{"a":1}`, `{"a":1,}`, `[1,]`, `[,1]`,
	`{"a" : [ 1 , {"b":null} ] , "c":"d"}`, `{"a"}`, `{a:1}`, `{"a":}`, `{"a":1 "b":2}`, `[1 2]`, `[1}`, `{"a":1]`, `[`, `{`, `{"a`, `{"a":`, `1 2`,
	`0`, `-0`, `01`, `-`, `-01`, `1.`, `.5`, `1.5`, `1e`, `1e5`, `1E+5`, `1e-`, `1.0e-05`, `00`, `+1`, `0x1`, `-1.25E3`, `1.e1`,
	`"\"\\\/\b\f\n\r\t"`, `"\u00e4\uD83D\ude00"`, `"\u00g0"`, `"\u123"`, `"\x"`, `"\`, `"\u`, "\"\x1f\"", "\"\x7f\"", "\"\t\"",
	`"häß 😀"`, "\"\xff\"", "\"\xc3\"", "\"\xed\xa0\x80\"", "\"\xc0\x80\"", "\xef\xbb\xbf{}", "\"\u2028\"",
	`"a text that is longer than eight bytes, with a \" in it and an ä"`, "\"12345678\x01\"", "\"1234567\xc3\xa4\"", "\"!!!!!!!\x80\"",
}

func TestValidJSONAgreesWithEncodingJSON(t *testing.T) {
	compare := func(t interface{ Errorf(string, ...any) }, b []byte) {
		if got, want := validJSON(b), json.Valid(b) && utf8.Valid(b); got != want {
			t.Errorf("validJSON(%q) is %t, want %t", b, got, want)
		}
	}
	for _, text := range jsonCases {
		compare(t, []byte(text))
		for i := range len(text) {
			for c := range 256 {
				b := []byte(text)
				b[i] = byte(c)
				compare(t, b)
			}
			compare(t, []byte(text[:i]))
			compare(t, []byte(text[i:]))
		}
	}
	for _, depth := range []int{maxJSONDepth, maxJSONDepth + 1} {
		compare(t, []byte(strings.Repeat("[", depth)+strings.Repeat("]", depth)))
		compare(t, []byte(strings.Repeat(`{"a":`, depth)+"1"+strings.Repeat("}", depth)))
	}
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOfN(rapid.SampledFrom(append(jsonCases, `[`, `]`, `,`, `:`, `"`, `\`, "12345678", "\x00")), 0, 12).Draw(t, "pieces")
		compare(t, []byte(strings.Join(pieces, "")))
		compare(t, []byte("["+strings.Join(pieces, ",")+"]"))
	})
}

func FuzzValidJSON(f *testing.F) {
	for _, text := range jsonCases {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, want := validJSON(b), json.Valid(b) && utf8.Valid(b); got != want {
			t.Errorf("validJSON(%q) is %t, want %t", b, got, want)
		}
	})
}

// All fields of Metadata, also those that are added later.
func TestMetadataIsEncodedAsEncodingJSONDoes(t *testing.T) {
	compare := func(t interface{ Errorf(string, ...any) }, m ironstar.Metadata) {
		got, err := encodeMetadata(&m)
		want, wantErr := json.Marshal(m)
		if got != string(want) || err != nil || wantErr != nil {
			t.Errorf("encoded %s, %v, want %s", got, err, want)
		}
	}
	text := rapid.OneOf(rapid.Just(""), rapid.StringMatching(`[ -~]{0,40}`), rapid.String(),
		rapid.SampledFrom([]string{"<", ">", "&", "\"", "\\", "\x7f", "\xff", "\u2028", "0198c5b2-7d3e-7c3b-9a7e-0d5b7a4f1c2d"}))
	rapid.Check(t, func(t *rapid.T) {
		var m ironstar.Metadata
		fields := reflect.ValueOf(&m).Elem()
		for i := range fields.NumField() {
			fields.Field(i).SetString(text.Draw(t, fields.Type().Field(i).Name))
		}
		compare(t, m)
	})
	for c := range 256 {
		compare(t, ironstar.Metadata{Actor: "a" + string([]byte{byte(c)})})
	}
}

func BenchmarkCheck(b *testing.B) {
	payload := []byte(`{"id":"0198c5b2-7d3e-7c3b-9a7e-0d5b7a4f1c2d","text":"` + strings.Repeat("buy milk and bread, ", 7) + `"}`)
	b.Run("ours", func(b *testing.B) {
		for b.Loop() {
			validJSON(payload)
		}
	})
	b.Run("floor", func(b *testing.B) {
		for b.Loop() {
			_ = utf8.Valid(payload) && json.Valid(payload)
		}
	})
}
