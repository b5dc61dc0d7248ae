package live

import (
	"bytes"
	"testing"
)

func TestIsCanonical(t *testing.T) {
	for text, want := range map[string]bool{
		`{"id":"a-1"}`:                   true,
		`{"a":1,"b":true,"c":null}`:      true,
		`{"a":"","b":false,"c":0}`:       true,
		`{"a":1,"a":1}`:                  false, // one of them is lost
		`{"b":1,"a":1}`:                  false,
		`{"a": 1}`:                       false,
		`{"a":"<"}`:                      false,
		`{"a":"\u0041"}`:                 false,
		`{"a":"ü"}`:                      false,
		`{"a":01}`:                       false,
		`{"a":1}x`:                       false,
		`{"a":1,}`:                       false,
		`{"a":"`:                         false,
		`{"a"}`:                          false,
		`{}`:                             false, // canonical, but too rare for the shortcut
		`{"a":{}}`:                       false,
		``:                               false,
		"{\"a\":\"\x7f\"}":               false,
		`{"a":1,"a!":1}`:                 true,
		`{"a":"x","a b":"y"}`:            true,
		`{"long":12345678901234567890}`:  true,
		`{"text":"buy milk, and bread"}`: true,
	} {
		if got := isCanonical([]byte(text)); got != want {
			t.Errorf("%s: got %v", text, got)
		}
	}
}

// FuzzCanonical: an object that isCanonical accepts does not change when it is
// decoded and encoded.
func FuzzCanonical(f *testing.F) {
	for _, text := range []string{`{"a":1,"b":"x"}`, `{"a!":1,"a":2}`, `{"a":"é"}`, `{"a":0,"b":-1}`, `{"a":1e3}`, `{"a":007}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if !isCanonical(text) {
			return
		}
		got, err := canonical(text)
		if err != nil || !bytes.Equal(got, text) {
			t.Errorf("%q is %q, %v", text, got, err)
		}
	})
}
