package codegen

import (
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// sealed declares the methods that make a struct a case of its sums.
func (c *context) sealed(n *model.Named) jen.Code {
	sums := c.plan.arms[n]
	if len(sums) == 0 {
		return nil
	}
	// Sort, because the order of packages is not the order of the schema.
	sums = slices.SortedFunc(slices.Values(sums), func(a, b *model.Named) int { return strings.Compare(naming.SealOf(a), naming.SealOf(b)) })
	s := jen.Empty()
	for i, sum := range sums {
		if i > 0 {
			s.Line()
		}
		s.Func().Params(jen.Id(n.GoName)).Id(naming.SealOf(sum)).Params().Block()
	}
	return s
}
