package codegen

import (
	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/scalar"
)

// byteBound returns the check of a bound on the length of bytes, or nil for
// other constraints.
func byteBound(c model.Check, v *jen.Statement) check {
	switch c.Op {
	case model.MinRunes:
		return method("MinBytes", jen.Len(v), jen.Lit(scalar.LeastBytes(c.Count)))
	case model.MaxRunes:
		return method("MaxBytes", jen.Len(v), jen.Lit(scalar.MostBytes(c.Count)))
	}
	return nil
}
