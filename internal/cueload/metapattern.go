package cueload

import (
	"strconv"
	"strings"
	"sync"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"
)

// patternNames replaces the patterns of the meta-schema's types by the names of
// these types, because a message about a schema.#UUID should have that name.
var patternNames = sync.OnceValue(func() *strings.Replacer {
	meta := cuecontext.New().CompileBytes(metaSchema)
	var pairs []string
	for name := range metaKinds {
		op, args := meta.LookupPath(cue.ParsePath(name)).Expr()
		if op != cue.RegexMatchOp {
			continue
		}
		if pattern, err := args[0].String(); err == nil {
			pairs = append(pairs, "=~"+strconv.Quote(pattern), "schema."+name)
		}
	}
	return strings.NewReplacer(pairs...)
})
