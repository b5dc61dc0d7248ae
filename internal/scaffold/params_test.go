package scaffold_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"ironstar.dev/internal/scaffold"
)

// TestMistakes: every mistake in a params file has a place, and says what is right.
func TestMistakes(t *testing.T) {
	schema := scaffold.NewSchema()
	for text, want := range map[string]string{
		``:                            "1:1: the file is not JSON: unexpected end of JSON input",
		`{"docker": tru`:              "1:14: the file is not JSON: invalid character ' ' in literal true (expecting 'e')",
		`{"docker":true,}`:            "1:16: the file is not JSON: invalid character '}' looking for beginning of object key string",
		`{"docker":true} x`:           "1:17: the file is not JSON: invalid character 'x' after top-level value",
		`["a"]`:                       `1:1: a params file is a JSON object, such as {"module": "example.com/guests"}`,
		`null`:                        `1:1: a params file is a JSON object, such as {"module": "example.com/guests"}`,
		`{"nmae": 1}`:                 `1:2: there is no parameter "nmae": there are module, name, example, ci, docker, nix`,
		`{"docker": "yes"}`:           `1:2: docker is "yes", and must be true or false`,
		`{"name": "a\u0000b"}`:        `1:2: name is "a\x00b", and must be at most 64 letters, digits, blanks and . _ - between them`,
		"{\n \"nix\": null}":          `2:2: nix is null, and must be true or false`,
		`{"ci":"none","ci":"none"}`:   `1:14: "ci" is there twice`,
		`{"example": 1, "module":""}`: `1:2: example is 1, and must be one of guestbook, todo, none; 1:16: module is "", and must be a module path, such as example.com/guests`,
		strings.Repeat(" ", 1<<17):    "0:0: the file has 131072 bytes, and a params file at most 65536",
	} {
		_, mistakes := schema.Read([]byte(text))
		var got []string
		for _, m := range mistakes {
			got = append(got, fmt.Sprintf("%d:%d: %s", m.Line, m.Column, m.Message))
		}
		if got := strings.Join(got, "; "); got != want {
			t.Errorf("%.40q: got %s\nwant %s", text, got, want)
		}
	}
}

func ExampleSchema_Decode() {
	schema := scaffold.NewSchema()
	values, mistakes := schema.Read([]byte(`{"module": "example.com/shop", "name": "Shop", "nix": true}`))
	params, err := schema.Decode(values)
	fmt.Printf("%+v %v %v\n", params, mistakes, err)
	// Output:
	// {Module:example.com/shop Name:Shop Example:guestbook CI:none Docker:false Nix:true} [] <nil>
}

// FuzzParams: a params file is accepted or has mistakes. What is accepted makes a
// project whose Go can be formatted.
func FuzzParams(f *testing.F) {
	for _, text := range []string{
		`{"module": "a.dev/b", "name": "B", "example": "none", "ci": "github", "docker": true, "nix": true}`,
		`{"module": "a.dev/\"b", "name": "日本 1"}`, `{"name": "\"; rm", "module": "{{.}}"}`, `{`, `[1]`, "\xff",
	} {
		f.Add([]byte(text))
	}
	schema := scaffold.NewSchema()
	f.Fuzz(func(t *testing.T, text []byte) {
		values, mistakes := schema.Read(text)
		if len(mistakes) > 0 || values["module"] == nil || values["name"] == nil {
			return
		}
		params, err := schema.Decode(values)
		if err != nil {
			t.Fatalf("%s was read, and then: %v", text, err)
		}
		again, err := json.Marshal(params)
		if err != nil {
			t.Fatal(err)
		}
		if values, mistakes := schema.Read(again); len(mistakes) > 0 || len(values) != 6 {
			t.Fatalf("%s has mistakes: %v", again, mistakes)
		}
		if params.Example == scaffold.Todo || strings.ContainsAny(params.Module, "\"\\`") { // ironstar new refuses such a module
			return
		}
		if _, err := scaffold.Files(scaffold.Options{Params: params, Version: "v1.0.0"}); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	})
}
