package cuetest_test

import (
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
)

// mutate damages a schema in one to three places.
func mutate(r *rand.Rand, files map[string]string) {
	names := slices.Sorted(maps.Keys(files))
	for range 1 + r.IntN(3) {
		name := names[r.IntN(len(names))]
		files[name] = mutations[r.IntN(len(mutations))](r, files[name])
	}
}

var mutations = []func(r *rand.Rand, text string) string{
	mutateTokens, mutateTokens, mutateTokens, mutateTokens, mutateLines, mutateLines, renameOne, renameAll, mutateBytes,
}

var tokenPattern = regexp.MustCompile(`[A-Za-z_#@$][\w#.]*|"(?:[^"\\\n]|\\.)*"|[0-9.]+|\s+|=~|!=|[<>]=|(?s:.)`)

// oddTokens are tokens that replace others.
var oddTokens = []string{"{", "}", "[", "]", "(", ")", ",", ":", "&", "|", "*", "?", "!", "...", "\n", "int", "string", "_", "_|_", "null", "\"", "\"\"", "'", "`", "#", "#Item", "schema.#Aggregate",
	"schema.#View", "schema.#Event", "schema", "schema.#UUID", "event", "state", "command", "v1", "v2", "toV2", "of", "on", "key", "param", "retired", "import", "package", "for x in [1] {a: x}", "if true {b: 1}",
	"let x = 1", "@final()", "@internal()", "@inject(now)", "@trim()", "@go(name=X)", "@if(x)", "@", "//", "/*", "1.5", "-1", "0", "<", ">=5", "=~\"a\"", "==", "\\(x)", "\"\\(x)\"", "#A=", "X=", "...\n", "~", "true", "=", "\"on\"", "func"}

func mutateTokens(r *rand.Rand, text string) string {
	tokens := tokenPattern.FindAllString(text, -1)
	if len(tokens) < 2 {
		return text
	}
	i, j := r.IntN(len(tokens)), r.IntN(len(tokens))
	switch r.IntN(5) {
	case 0:
		tokens[i] = ""
	case 1:
		tokens[i] += " " + tokens[i]
	case 2:
		tokens[i], tokens[j] = tokens[j], tokens[i]
	case 3:
		tokens[i] = tokens[j]
	default:
		tokens[i] = oddTokens[r.IntN(len(oddTokens))]
	}
	return strings.Join(tokens, "")
}

func mutateLines(r *rand.Rand, text string) string {
	lines := strings.SplitAfter(text, "\n")
	i, j := r.IntN(len(lines)), r.IntN(len(lines))
	switch r.IntN(4) {
	case 0:
		lines[i] = ""
	case 1:
		lines[i] += lines[i]
	case 2:
		lines[i], lines[j] = lines[j], lines[i]
	default: // duplicate a block or cut off the end
		if i > j {
			i, j = j, i
		}
		lines = slices.Concat(lines[:j], lines[i:])
	}
	return strings.Join(lines, "")
}

var wordPattern = regexp.MustCompile(`[A-Za-z_#][\w#]*`)

// renameOne changes one use of a word, renameAll every use.
func renameOne(r *rand.Rand, text string) string {
	at := wordPattern.FindAllStringIndex(text, -1)
	if len(at) == 0 {
		return text
	}
	one := at[r.IntN(len(at))]
	return text[:one[0]] + otherWord(r, text) + text[one[1]:]
}

func renameAll(r *rand.Rand, text string) string {
	words := wordPattern.FindAllString(text, -1)
	if len(words) == 0 {
		return text
	}
	from, to := words[r.IntN(len(words))], otherWord(r, text)
	return wordPattern.ReplaceAllStringFunc(text, func(word string) string {
		if word == from {
			return to
		}
		return word
	})
}

func otherWord(r *rand.Rand, text string) string {
	words := wordPattern.FindAllString(text, -1)
	switch {
	case len(words) > 0 && r.IntN(2) == 0:
		return words[r.IntN(len(words))]
	case r.IntN(2) == 0:
		return "#" + oddTypeNames[r.IntN(len(oddTypeNames))]
	}
	return oddFieldNames[r.IntN(len(oddFieldNames))]
}

func mutateBytes(r *rand.Rand, text string) string {
	if text == "" {
		return text
	}
	b := []byte(text)
	i := r.IntN(len(b))
	switch r.IntN(3) {
	case 0:
		b[i] = byte(r.IntN(256))
	case 1:
		b = b[:i]
	default:
		b = slices.Insert(b, i, []byte(oddDocs[r.IntN(len(oddDocs))])...)
	}
	return string(b)
}
