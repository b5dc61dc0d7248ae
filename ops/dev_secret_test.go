package ops

import "testing"

// TestMasked: secrets are not on the page for development, wherever they are.
func TestMasked(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":1,"pin":"x","b":[{"pin":{"c":2},"d":[]}],"e":{"pin":[1,2]}}`: `{"a":1,"pin":"(secret)","b":[{"pin":"(secret)","d":[]}],"e":{"pin":"(secret)"}}`,
		`{"text":"pin","n":1.50,"code":true,"\u00e9":null}`:                `{"text":"pin","n":1.50,"code":"(secret)","é":null}`,
		`{}`:   `{}`,
		`[]`:   `[]`,
		`"x"`:  `"x"`,
		`pin`:  `(not JSON)`,
		`{"pi`: `{}`,
	} {
		if got := string(masked([]byte(text), []string{"pin", "code"})); got != want {
			t.Errorf("%s became %s, want %s", text, got, want)
		}
	}
}
