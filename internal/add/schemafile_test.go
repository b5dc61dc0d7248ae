package add_test

import (
	"errors"
	"strings"
	"testing"

	"ironstar.dev/internal/add"
)

const imports = "package kitchen\n\nimport \"ironstar.dev/schema\"\n\n"

// TestAddToSchema: a command and its text are put into aggregates of every shape.
// What was there stays, and a formatted file stays formatted.
func TestAddToSchema(t *testing.T) {
	for name, c := range map[string]struct{ have, want string }{
		"lines": {
			"#Recipe: schema.#Aggregate & {\n\tstate: {}\n\tcommand: {\n\t\tAdd: text: string // first\n\t\t// last\n\t}\n}\n",
			"#Recipe: schema.#Aggregate & {\n\tstate: {}\n\tcommand: {\n\t\tAdd: text: string // first\n\t\t// last\n\t\tNote: {\n\t\t\ttext: string\n\t\t}\n\t}\n}\n",
		},
		"one command without braces": {
			"#Recipe: schema.#Aggregate & {\n\tstate: {}\n\tcommand: Add: text: string @message(\"x\") // first\n\tevent: {}\n}\n",
			"#Recipe: schema.#Aggregate & {\n\tstate: {}\n\tcommand: Add: text: string @message(\"x\") // first\n\tcommand: Note: {\n\t\ttext: string\n\t}\n\tevent: {}\n}\n",
		},
		"no commands": {
			"#Recipe: schema.#Aggregate & {\n\tstate: {}\n\tcommand: {}\n}\n",
			"#Recipe: schema.#Aggregate & {\n\tstate: {}\n\tcommand: {Note: {text: string}}\n}\n",
		},
		"one line": {
			"#Recipe: schema.#Aggregate & {state: {}, command: {Add: {}}, event: {}}\n",
			"#Recipe: schema.#Aggregate & {state: {}, command: {Add: {}, Note: {text: string}}, event: {}}\n",
		},
		"one line without braces": {
			"#Recipe: schema.#Aggregate & {state: {}, command: Add: {}, event: {}}\n",
			"#Recipe: schema.#Aggregate & {state: {}, command: Add: {}, command: Note: {text: string}, event: {}}\n",
		},
		"no section": {
			"#Recipe: schema.#Aggregate & {\n\tstate: {}\n}\n",
			"#Recipe: schema.#Aggregate & {\n\tstate: {}\n\tcommand: Note: {\n\t\ttext: string\n\t}\n}\n",
		},
		"the last part has no braces": {
			"#Recipe: schema.#Aggregate & {\n\tstate: {}\n}\n\n#Recipe: event: {}\n",
			"#Recipe: schema.#Aggregate & {\n\tstate: {}\n\tcommand: Note: {\n\t\ttext: string\n\t}\n}\n\n#Recipe: event: {}\n",
		},
		"in two parts": {
			"#Recipe: schema.#Aggregate & {\n\tstate: {}\n}\n\n#Recipe: command: Add: {}\n\n#Other: {}\n",
			"#Recipe: schema.#Aggregate & {\n\tstate: {}\n}\n\n#Recipe: command: Add: {}\n#Recipe: command: Note: {\n\ttext: string\n}\n\n#Other: {}\n",
		},
		"a helper": {
			"#Recipe: schema.#Aggregate & {\n\tcommand: _c // these\n\tevent:   {}\n}\n",
			"#Recipe: schema.#Aggregate & {\n\tcommand: _c // these\n\tcommand: Note: {\n\t\ttext: string\n\t}\n\tevent:   {}\n}\n",
		},
		"commas": {
			"#Recipe: schema.#Aggregate & {\n\tcommand: {\n\t\tAdd: {},\n\t},\n}\n",
			"#Recipe: schema.#Aggregate & {\n\tcommand: {\n\t\tAdd: {},\n\t\tNote: {\n\t\t\ttext: string\n\t\t}\n\t},\n}\n",
		},
		"a brace behind the last line": {
			"#Recipe: schema.#Aggregate & {\n\tcommand: {\n\t\tAdd: {}}\n}\n",
			"#Recipe: schema.#Aggregate & {\n\tcommand: {\n\t\tAdd: {}\n\t\tNote: {\n\t\t\ttext: string\n\t\t}\n\t}\n}\n",
		},
		"blanks as in other editors": {
			"#Recipe: schema.#Aggregate & {\n  command: {\n    Add: {}\n  }\n}\n",
			"#Recipe: schema.#Aggregate & {\n  command: {\n    Add: {}\n    Note: {\n    \ttext: string\n    }\n  }\n}\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, end := range []string{"\n", "\r\n"} {
				have, want := strings.ReplaceAll(imports+c.have, "\n", end), strings.ReplaceAll(imports+c.want, "\n", end)
				f, err := add.ReadSchema([]byte(have))
				if err != nil {
					t.Fatal(err)
				}
				note := add.Member{Section: "command", Name: "Note", Fields: fields(t, "text:string")}
				if err := note.Definition().PutInto(f, "Recipe", "command"); err != nil {
					t.Fatal(err)
				}
				if got := string(f.Text()); got != want {
					t.Errorf("got\n%s\nwant\n%s", got, want)
				}
			}
		})
	}
}

// TestNoPlaceInSchema: an aggregate of an unexpected shape is left alone.
func TestNoPlaceInSchema(t *testing.T) {
	for _, have := range []string{"#Recipe: _recipe\n", "#Other: {}\n", "#Recipe: [1]\n"} {
		f, err := add.ReadSchema([]byte(imports + have))
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Add("Recipe", "command", "Note: {}"); !errors.Is(err, add.ErrByHand) {
			t.Errorf("%s: got %v, want %v", have, err, add.ErrByHand)
		}
		if string(f.Text()) != imports+have {
			t.Errorf("the file became %s", f.Text())
		}
	}
}

// TestImportIntoSchema: imports are added to those that are there.
func TestImportIntoSchema(t *testing.T) {
	const rest = "\n#A: {}\n"
	for _, c := range []struct{ have, want string }{
		{"package a\n", "package a\n\nimport \"strings\"\n"},
		{"// A.\npackage a // a\n", "// A.\npackage a // a\n\nimport \"strings\"\n"},
		{"package a\n\nimport \"ironstar.dev/schema\"\n", "package a\n\nimport \"strings\"\n\nimport \"ironstar.dev/schema\"\n"},
		{"package a\n\nimport (\n\t\"list\"\n\t\"time\"\n)\n", "package a\n\nimport (\n\t\"list\"\n\t\"strings\"\n\t\"time\"\n)\n"},
		{"package a\n\nimport (\n\t\"ironstar.dev/schema\" // x\n)\n", "package a\n\nimport (\n\t\"strings\"\n\n\t\"ironstar.dev/schema\" // x\n)\n"},
		{"package a\n\nimport \"strings\"\n", "package a\n\nimport \"strings\"\n"},
	} {
		f, err := add.ReadSchema([]byte(c.have + rest))
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Import("strings"); err != nil {
			t.Fatal(err)
		}
		if got := string(f.Text()); got != c.want+rest {
			t.Errorf("got\n%s\nwant\n%s", got, c.want+rest)
		}
	}
}

// TestImportWithOtherNames: packages have the names that the file gives to them, but
// not in texts.
func TestImportWithOtherNames(t *testing.T) {
	const have = "package a\n\nimport (\n\tstr \"strings\"\n\n\tlanguage \"ironstar.dev/schema\"\n)\n\n#A: language.#Aggregate & {\n\tcommand: {\n"
	const rest = "\t}\n}\n"
	f, err := add.ReadSchema([]byte(have + rest))
	if err != nil {
		t.Fatal(err)
	}
	note := add.Member{Section: "command", Name: "Note", Fields: fields(t, "text:text=strings.x", "at:date")}
	if err := note.Definition().PutInto(f, "A", "command"); err != nil {
		t.Fatal(err)
	}
	want := have + "\t\tNote: {\n\t\t\ttext: *\"strings.x\" | str.MaxRunes(200) @trim()\n\t\t\tat:   language.#Date\n\t\t}\n" + rest
	if got := string(f.Text()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func fields(t testing.TB, texts ...string) []add.Field {
	t.Helper()
	all, err := add.ParseFields(texts)
	if err != nil {
		t.Fatal(err)
	}
	return all
}
