package cueload

import (
	"fmt"
	"strings"

	"ironstar.dev/internal/model"
)

// kindName is a kind in words, for messages.
func kindName(k model.Kind) string {
	names := [...]string{model.String: "string", model.Int: "int", model.Number: "number", model.Bool: "bool", model.Time: "time",
		model.Date: "date", model.Decimal: "decimal", model.UUID: "UUID", model.Enum: "enum", model.Struct: "struct",
		model.Sum: "union", model.List: "list", model.Map: "map", model.Ref: "reference"}
	return names[k]
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
