package add_test

import (
	"strings"
	"testing"

	"cuelang.org/go/cue/parser"

	"ironstar.dev/internal/add"
)

// TestFields: each way to write a field is the CUE that it stands for.
func TestFields(t *testing.T) {
	for text, want := range map[string]string{
		"a:string":         "a: string",
		"a:text":           "a: strings.MinRunes(1) & strings.MaxRunes(200) @trim()",
		"a:text?":          "a?: strings.MaxRunes(200) @trim()",
		"a:text=x y":       `a: *"x y" | strings.MaxRunes(200) @trim()`,
		"a:[text]":         "a: [...(strings.MinRunes(1) & strings.MaxRunes(200))]",
		"a:longtext?":      "a?: strings.MaxRunes(5000) @trim()",
		"a:string=":        `a: *"" | string`,
		`a:string="\`:      `a: *"\"\\" | string`,
		"a?:int":           "a?: int",
		"a:int=-3":         "a: *-3 | int",
		"a:bool=true":      "a: *true | bool",
		"a:decimal":        "a: schema.#Decimal",
		"a:bytes":          "a: schema.#Bytes & strings.MaxRunes(65536)",
		"a:[date]":         "a: [...schema.#Date]",
		"a:low|very-high":  `a: "low" | "very-high"`,
		"a:low|high=high":  `a: *"high" | "low" | "high"`,
		"a:1|2|3=2":        `a: *2 | 1 | 2 | 3`,
		"a:1|02":           `a: "1" | "02"`,
		"a:[1|2]":          `a: [...1 | 2]`,
		"a:money.#Money?":  "a?: money.#Money",
		"a:now":            "a: schema.#Time @inject(now)",
		"a:actor":          "a: string @inject(actor)",
		"newID2:newid":     "newID2: schema.#UUID @inject(uuid)",
		"a:duration":       "a: schema.#Duration",
		"a:[#Line]":        "a: [...#Line]",
		"count:number":     "count: number",
		"theUUID:uuid?":    "theUUID?: schema.#UUID",
		"moment:time":      "moment: schema.#Time",
		"whole:int=0":      "whole: *0 | int",
		"open:bool":        "open: bool",
		"names?:[string]":  "names?: [...string]",
		"flag:yes|no|both": `flag: "yes" | "no" | "both"`,
	} {
		got := add.Member{Section: "command", Name: "X", Fields: fields(t, text)}.Definition().Text
		if got != "X: {\n\t"+want+"\n}" {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

// TestWrongFields: a wrong field is an error that says what to write.
func TestWrongFields(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "has no type",
		"a":                              "such as a:string",
		"a:":                             "has no type",
		":int":                           "cannot be the name of a field",
		"A:int":                          "begins with a small letter",
		"a-b:int":                        "begins with a small letter",
		"a:strin":                        "there are string, text",
		"a:[int":                         "lacks a ]",
		"a:[]":                           "unknown type",
		"a:[[int]]":                      "unknown type",
		"a:int=":                         "empty default",
		"a:int=x":                        "cannot have the default",
		"a:int=007":                      "cannot have the default",
		"a:int=99999999999999999999":     "cannot have the default",
		"a:bool=yes":                     "such as a:…=false",
		"a:low|high=mid":                 "such as a:…=low",
		"a:low|low":                      "twice",
		"a:low|":                         "values are words",
		"a:int?=1":                       "leave the ? out",
		"a:[int]=1":                      "has no default",
		"a:date=2026-01-01":              "by hand",
		"a:now?":                         "the server fills in",
		"a:[bytes]":                      "by hand",
		"a:#money":                       "unknown type",
		strings.Repeat("a", 61) + ":int": "more than 60",
		"a:" + strings.Repeat("x|", 300): "too long",
	} {
		if _, err := add.ParseFields([]string{text}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
	if _, err := add.ParseFields([]string{"userId:int", "userID:int"}); err == nil {
		t.Error("two fields are called UserID in Go")
	}
	if _, err := add.ParseFields(make([]string, 101)); err == nil {
		t.Error("101 fields are taken")
	}
}

// FuzzFields: a field that is taken is valid CUE, on one line and in an aggregate.
func FuzzFields(f *testing.F) {
	for _, text := range []string{"a:text", "a:[low|high]", `a:string="\`, "a?:money.#Money", "a:int=-1", "a:now", "a:\x00|b", "\xff:int", "a:string=\xff\x00\n}"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		all, err := add.ParseFields([]string{text})
		if err != nil {
			return
		}
		made := add.NewAggregate("Recipe", "Add", "Added", all, func(string) bool { return false }).Definition()
		if _, err := parser.ParseFile("x.cue", made.File("kitchen")); err != nil {
			t.Errorf("%q becomes %s: %v", text, made.Text, err)
		}
		have := imports + "#Recipe: schema.#Aggregate & {state: {}, command: {}}\n"
		file, err := add.ReadSchema([]byte(have))
		if err != nil {
			t.Fatal(err)
		}
		if err := (add.Member{Section: "command", Name: "Note", Fields: all}).Definition().PutInto(file, "Recipe", "command"); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if got := string(file.Text()); !strings.HasSuffix(got, "}\n") || len(got) <= len(have) {
			t.Errorf("%q becomes %s", text, got)
		}
	})
}

// FuzzNames: a name that is taken can be one in CUE and Go, also in the past
// tense.
func FuzzNames(f *testing.F) {
	for _, name := range []string{"Publish", "publish", "Stop", "Try", "AddLine", "ÄB", "A_b", "", "\xff", "Func", strings.Repeat("A", 61)} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if err := add.CheckName("a command", name); err != nil {
			if err.Error() == "" {
				t.Error("an error without words")
			}
			return
		}
		past := add.Past(name)
		if past == name {
			t.Errorf("the past tense of %s is the same", name)
		}
		if _, err := parser.ParseFile("x.cue", "#"+name+": "+past+": {}"); err != nil {
			t.Errorf("%s, %s: %v", name, past, err)
		}
	})
}

// TestPast: events are called in the past tense.
func TestPast(t *testing.T) {
	for command, want := range map[string]string{
		"Publish": "Published", "Add": "Added", "Close": "Closed", "Try": "Tried", "Play": "Played", "Stop": "Stopped", "Send": "Sent", "Put": "WasPut",
		"AddLine": "LineAdded", "CompleteAll": "AllCompleted", "X": "Xed",
	} {
		if got := add.Past(command); got != want {
			t.Errorf("%s becomes %s, want %s", command, got, want)
		}
	}
}
