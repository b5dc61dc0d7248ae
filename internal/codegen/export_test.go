package codegen

import "ironstar.dev/internal/model"

// HTMLPattern exports htmlPattern for tests.
var HTMLPattern = htmlPattern

// Stub returns the text of a method of an aggregate's hand-written code, or ""
// if there is no such method.
func Stub(a *model.Aggregate, method string) string {
	for _, m := range aggregateMethods(stubImports(a.Package), a) {
		if m.Name == method {
			return m.Source
		}
	}
	return ""
}
