package cueload

import (
	"slices"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/upcast"
)

// LoadByValue is Load without the shortcut that reads types from the text.
func LoadByValue(dir string) (*model.Schema, error) {
	p := &problems{text: map[string]string{}}
	src, err := readSource(dir, nil, p)
	if err != nil {
		return nil, err
	}
	src.byValue = true
	s, _, err := load(src, p)
	return s, err
}

// LoadWithoutValues is Load with labels that have no value. CUE does not expect
// that, and no file can contain it.
func LoadWithoutValues(dir string) (*model.Schema, error) {
	p := &problems{text: map[string]string{}}
	src, err := readSource(dir, nil, p)
	if err != nil {
		return nil, err
	}
	for _, d := range src.folders[0].files[0].Decls {
		if f, ok := d.(*ast.Field); ok {
			f.Value = nil
		}
	}
	s, _, err := load(src, p)
	return s, err
}

// AcceptsAlone is Accepts for one question. It validates as CUE's documentation
// describes, against the schema without its unions changed.
func (v *Values) AcceptsAlone(p *model.Package, q Question) bool {
	expr, err := expression(InCUE(p, q.Path, q.JSON))
	if err != nil {
		return false
	}
	ctx, packages := v.untagged()
	x := ctx.BuildExpr(expr)
	return x.Err() == nil && packages[p.Path].LookupPath(cue.ParsePath(q.Path)).Unify(x).Validate(cue.Concrete(true), cue.Final()) == nil
}

// untagged returns the schema as it is written. Only bounds of decimals are
// patterns, because CUE cannot check them otherwise.
func (v *Values) untagged() (*cue.Context, map[string]cue.Value) {
	l := *v.loader
	if len(l.bounds) == 0 {
		return l.ctx, l.values
	}
	if lastPlain.of != v {
		l.operands = nil
		ctx, packages, err := l.taggedPackages()
		if err != nil {
			panic(err)
		}
		lastPlain.of, lastPlain.ctx, lastPlain.packages = v, ctx, packages
	}
	return lastPlain.ctx, lastPlain.packages
}

// lastPlain is what untagged has evaluated last.
var lastPlain struct {
	of       *Values
	ctx      *cue.Context
	packages map[string]cue.Value
}

// Words lists all words of the language that people may write, from the tables
// of the reader and from the meta-schema.
func Words() []string {
	words := []string{"time.Time", "becomes", "v1", "toV2"}
	for _, labels := range parts {
		words = append(words, keys(labels)...)
	}
	for _, attr := range keys(attributePlace) {
		words = append(words, "@"+attr)
	}
	for inject := range injectKinds {
		words = append(words, "@inject("+string(inject)+")")
	}
	words = append(words, "@go(name=", "@go(type=", "@go(value=", "@go(func)", "@ts(name=", "@ts(type=", "@json(name=") // jsonName, nameAndType
	for bound := range decimalBounds {
		words = append(words, bound+"=")
	}
	words = append(words, keys(plainKinds)...)
	for op := range boundOps {
		words = append(words, op.String())
	}
	words = append(words, keys(builtinOps)...)
	words = append(words, upcast.Functions()...)
	words = append(words, metaWords()...)
	slices.Sort(words)
	return slices.Compact(words)
}

// metaWords lists the names at the top of the meta-schema, without those of its
// patterns and helpers, and the texts that settings may have.
func metaWords() (words []string) {
	for _, d := range metaFileAST().Decls {
		f, ok := d.(*ast.Field)
		if !ok {
			continue
		}
		name, _, err := ast.LabelName(f.Label)
		if _, isType := metaKinds[name]; err == nil && (isType || structural[name] || name == "#Int") {
			words = append(words, name)
		}
		ast.Walk(f.Value, func(n ast.Node) bool {
			if b, ok := n.(*ast.BinaryExpr); ok && b.Op == token.OR {
				for _, side := range sides(nil, b) {
					if lit, ok := unmarked(side).(*ast.BasicLit); ok {
						words = append(words, lit.Value)
					}
				}
			}
			return true
		}, nil)
	}
	return words
}
