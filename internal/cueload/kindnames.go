package cueload

import (
	"fmt"
	"strings"

	"cuelang.org/go/cue"

	"ironstar.dev/internal/model"
)

// kindName returns a kind in words, for messages.
func kindName(k model.Kind) string {
	names := [...]string{model.String: "string", model.Int: "int", model.Number: "number", model.Bool: "bool", model.Time: "time",
		model.Date: "date", model.Decimal: "decimal", model.UUID: "UUID", model.Duration: "length of time", model.Bytes: "bytes", model.Enum: "enum", model.Struct: "struct",
		model.Sum: "union", model.List: "list", model.Map: "map", model.Ref: "reference"}
	return names[k]
}

// aKind returns a kind with its article.
func aKind(k model.Kind) string {
	name := kindName(k)
	if k == model.Bytes {
		return name
	}
	return aWord(name)
}

// kindList returns CUE's (int|string) in words.
func kindList(k cue.Kind) string {
	return strings.ReplaceAll(strings.Trim(k.String(), "()"), "|", " or ")
}

// list joins names: "a, b and c".
func list(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

func count(n int, noun string) string {
	switch n {
	case 0:
		return "no " + noun
	case 1:
		return "one " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
