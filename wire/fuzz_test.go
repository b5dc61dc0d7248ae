package wire_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"ironstar.dev/wire"
)

func seeds(f *testing.F) {
	for _, s := range []string{
		oneLine, `{}`, `[]`, `null`, `""`, `{"id":`, `{` + others + `}`, `{` + others + `,"note":"\ud83d\ude00"}`,
		`{` + others + `,"note":"\ud800"}`, `{` + others + `,"qty":1e2}`, `{"qty":-0,"qty":9223372036854775808}`, "\xff", `{"a":[{"b":[[]]}]}`,
	} {
		f.Add([]byte(s))
	}
}

// FuzzDecode: nothing panics, everything that is read is valid for
// encoding/json, and reading and writing again does not change it.
func FuzzDecode(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		v, err := wire.Decode(src, decodeLine)
		if err != nil {
			_ = err.Error()
			return
		}
		if !json.Valid(src) {
			t.Fatalf("%q is not JSON and was read", src)
		}
		var standard line
		strict := json.NewDecoder(bytes.NewReader(src))
		strict.DisallowUnknownFields()
		if err := strict.Decode(&standard); err != nil {
			t.Fatalf("%q was read, and encoding/json says %v", src, err)
		}
		if wire.Check(v, checkLine) != nil {
			return
		}
		once := appendLine(nil, v)
		again, err := wire.Decode(once, decodeLine)
		if err != nil {
			t.Fatalf("%q was written as %s, which is not read: %v", src, once, err)
		}
		if twice := appendLine(nil, again); !bytes.Equal(once, twice) {
			t.Fatalf("%s became %s", once, twice)
		}
	})
}

// FuzzSkip: an unknown value is skipped if and only if it is JSON, except for
// what wire refuses and encoding/json repairs.
func FuzzSkip(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		_, err := wire.Decode(append(append([]byte(`{"other":`), src...), '}'), func(d *wire.Decoder) (none struct{}) {
			for o := d.StructAmong(nil); o.Next(); {
			}
			return none
		})
		if err == nil && !json.Valid(append(append([]byte(`{"other":`), src...), '}')) {
			t.Fatalf("%q is not JSON and was skipped", src)
		}
	})
}

// FuzzAppendString: encoding/json reads each written string as the same text,
// with invalid UTF-8 replaced in the same way.
func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", "a", "\"\\\n\r\t\x00\x1f", "é€😀", "\xff", "\u2028</script>", "\x7f"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var got string
		if err := json.Unmarshal(wire.AppendString(nil, s), &got); err != nil {
			t.Fatal(err)
		}
		standard, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var want string
		if err := json.Unmarshal(standard, &want); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%q was read as %q, want %q", s, got, want)
		}
	})
}
