// Package schema is the domain, in CUE. Go and TypeScript are generated from it:
// go generate ./... writes gen/, and stubs in internal/app/.
package schema

//go:generate go tool -modfile=../tools.mod ironstar generate
