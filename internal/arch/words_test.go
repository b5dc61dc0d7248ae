package arch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// banned are words that this code once had for things that have a name in the
// field, and what to say.
var banned = map[string]string{
	"bell":    "broadcast",
	"crowd":   "batching",
	"chore":   "background work",
	"chores":  "background work",
	"acquit":  "confirmed, or not",
	"moods":   "fault script",
	"moody":   "faulty",
	"diary":   "history",
	"diaries": "history",
	"keeper":  "the noun that it keeps",
}

// turned are phrases of an English that has to be read twice: inverted or
// elliptic sentences, and words without a subject.
var turned = regexp.MustCompile(`(?i)\b(whoever|but that|beside it|` +
	`who (asks|comes|reads|looks|opens)|(some|no)body looks|nobody to tell|` +
	`was told|(told|tells) of|was said|is at it|(is|said|called) otherwise|as people (do|write)|` +
	`none of (ours|theirs)|of theirs|what is none|is no (error|method)|` +
	`whatever it|makes? of it|(becomes|comes|came) of|goes on from|comes? to its end|` +
	`lets pass|makes up for|is another's|oftener|tests nothing)\b`)

// TestWords: no banned word is part of a file's name, of an identifier or of a
// comment, and no comment is turned around.
func TestWords(t *testing.T) {
	handWritten(t, func(file string, src []byte) {
		if strings.HasSuffix(file, filepath.Join("arch", "words_test.go")) {
			return
		}
		for _, fault := range wordFaults(file, src) {
			t.Error(fault)
		}
	})
}

func wordFaults(file string, src []byte) (faults []string) {
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, file, src, parser.ParseComments)
	if err != nil {
		return []string{err.Error()}
	}
	look := func(pos token.Pos, words []string) {
		for _, word := range words {
			if say, ok := banned[strings.ToLower(word)]; ok {
				faults = append(faults, fset.Position(pos).String()+": "+word+"; say "+say)
			}
		}
	}
	look(parsed.Package, split(strings.TrimSuffix(filepath.Base(file), ".go")))
	ast.Inspect(parsed, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			look(id.Pos(), split(id.Name))
		}
		return true
	})
	for _, group := range parsed.Comments {
		text := strings.Join(strings.Fields(group.Text()), " ")
		look(group.Pos(), split(text))
		if phrase := turned.FindString(text); phrase != "" {
			faults = append(faults, fset.Position(group.Pos()).String()+`: "`+phrase+`": write subject, verb, object`)
		}
	}
	return faults
}

// split takes text apart into words, camel case too.
func split(text string) []string {
	var spaced strings.Builder
	var before rune
	for _, r := range text {
		if unicode.IsUpper(r) && !unicode.IsUpper(before) {
			spaced.WriteByte(' ')
		}
		spaced.WriteRune(r)
		before = r
	}
	return strings.FieldsFunc(spaced.String(), func(r rune) bool { return !unicode.IsLetter(r) })
}

// TestWordCheckSeesFaults: the check above can fail.
func TestWordCheckSeesFaults(t *testing.T) {
	const src = "// Package x is read by whoever comes.\npackage x\n\n// a bell\nvar commitCrowd, chorus int\n\n// f: the end of ctx is no\n// error.\nfunc f() {}\n"
	if got := wordFaults("engine/moods_test.go", []byte(src)); len(got) != 5 {
		t.Errorf("got %q, want five faults: moods, Crowd, bell, whoever, is no error", got)
	}
}
