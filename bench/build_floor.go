package main

import (
	"context"
	"fmt"
	"strings"
)

// buildFloor compiles as many structs with the same fields, and nothing that
// reads, writes or checks them. It returns the seconds it took.
func buildFloor(ctx context.Context, b *bench, cache, path string) (float64, error) {
	dir, err := b.folder("floor")
	if err != nil {
		return 0, err
	}
	if err := b.goModule(dir, path); err != nil {
		return 0, err
	}
	if err := writeFiles(dir, map[string]string{"scale/scale.go": plainStructs(scaleSize)}); err != nil {
		return 0, err
	}
	return goBuild(ctx, dir, cache)
}

func plainStructs(aggregates int) string {
	var b strings.Builder
	b.WriteString("package scale\n\nimport (\n\t\"time\"\n\n\t\"ironstar.dev\"\n)\n\n")
	b.WriteString("type Level string\n\ntype Part struct {\n\tName string `json:\"name\"`\n\tSize int64 `json:\"size\"`\n}\n\n")
	names := append(append([]string{"State"}, scaleCommands()...), scaleEvents()...)
	for i := range aggregates {
		for _, name := range names {
			fmt.Fprintf(&b, "type Thing%03d%s struct {\n\tID ironstar.UUID `json:\"id\"`\n\tName string `json:\"name\"`\n"+
				"\tAmount ironstar.Decimal `json:\"amount\"`\n\tAt time.Time `json:\"at\"`\n\tLevel Level `json:\"level\"`\n"+
				"\tCount int64 `json:\"count\"`\n\tParts []Part `json:\"parts\"`\n\tNote *string `json:\"note,omitempty\"`\n}\n\n", i, name)
		}
	}
	return b.String()
}
