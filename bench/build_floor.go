package main

import (
	"fmt"
	"strings"

	"ironstar.dev/internal/codegen/cuetest/scale"
)

// plainModule has the same number of structs with the same fields, and no
// functions to read, write, check or dispatch them.
func (b *bench) plainModule() (dir string, err error) {
	if dir, err = b.folder("plain"); err != nil {
		return "", err
	}
	if err := b.goModule(dir, "bench.test/plain"); err != nil {
		return "", err
	}
	return dir, writeFiles(dir, map[string]string{"scale/scale.go": plainStructs(scaleSize)})
}

func plainStructs(aggregates int) string {
	var b strings.Builder
	b.WriteString("package scale\n\nimport (\n\t\"time\"\n\n\t\"ironstar.dev\"\n)\n\n")
	b.WriteString("type Level string\n\ntype Part struct {\n\tName string `json:\"name\"`\n\tSize int64 `json:\"size\"`\n}\n\n")
	names := append(append([]string{"State"}, scale.Commands()...), scale.Events()...)
	for i := range aggregates {
		for _, name := range names {
			fmt.Fprintf(&b, "type Thing%03d%s struct {\n\tID ironstar.UUID `json:\"id\"`\n\tName string `json:\"name\"`\n"+
				"\tAmount ironstar.Decimal `json:\"amount\"`\n\tAt time.Time `json:\"at\"`\n\tLevel Level `json:\"level\"`\n"+
				"\tCount int64 `json:\"count\"`\n\tParts []Part `json:\"parts\"`\n\tNote *string `json:\"note,omitempty\"`\n}\n\n", i, name)
		}
	}
	return b.String()
}
