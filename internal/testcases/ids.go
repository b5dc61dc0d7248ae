package testcases

import (
	"ironstar.dev"
	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/scalar"
)

// mostExampleIDs is the number of ids that tests need for different streams.
const mostExampleIDs = 3

// ExampleIDs lists a few ids of an aggregate with a rule for ids.
func ExampleIDs(a *model.Aggregate) []string {
	n := &model.Named{Type: a.ID}
	g := &sampler{caseMaker: newCaseMaker(codegen.Root{Named: n}), open: map[*model.Named]int{}}
	var ids []string
	for _, json := range g.of(a.ID, nil) {
		id := scalar.Unquote(json)
		if len(ids) < mostExampleIDs && (ironstar.Stream{Kind: a.Name, ID: id}).CheckNew() == nil {
			ids = append(ids, id)
		}
	}
	return ids
}
