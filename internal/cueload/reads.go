package cueload

import (
	"strings"

	"ironstar.dev/internal/model"
)

// reading is a field with @reads, whose aggregate may come later in the schema.
type reading struct {
	field *model.Field
	pkg   *model.Package
	of    *model.Aggregate // whose command it is
	name  string
	at    model.Pos
	in    pendingIn // the cases of the state that is read
}

// reads reads @reads(Bidder) on a field.
func (r *reader) reads(f *model.Field, a attrs, t *model.Type, in use) {
	switch {
	case in != commandFields:
		r.problems.add(codeReads, a.readsAt, "decide gets the state, for one command", "@reads(…) belongs on a field of a command itself")
	case a.reads == "":
		r.problems.add(codeReads, a.readsAt, "write @reads(Bidder)", "@reads() names no aggregate")
	case f.Const != nil:
		r.problems.add(codeReads, a.readsAt, "take the attribute away", "field %s always has the same value, so it is the id of nothing", f.Name)
	case !isID(t):
		r.problems.add(codeReads, a.readsAt, "write "+f.Name+": schema.#UUID @reads("+a.reads+"), or another string", "@reads(%s) needs the id of a stream, and field %s is %s", a.reads, f.Name, aKind(t.Kind))
	case f.Optional || f.Default != nil:
		r.problems.add(codeReads, a.readsAt, "take away the ?, or the default", "field %s says which %s is read, so it is neither optional nor has it a default", f.Name, a.reads)
	default:
		r.readings = append(r.readings, reading{f, r.pkg, nil, a.reads, a.readsAt, a.readsIn})
	}
}

// isID reports whether values of a type are texts.
func isID(t *model.Type) bool {
	return t.Kind == model.String || t.Kind == model.UUID || t.Kind == model.Enum && t.Values[0].Kind == model.String
}

// finishReads finds the aggregates that commands read.
func (r *schemaReader) finishReads() {
	for _, read := range r.readings {
		if strings.Contains(read.name, ".") {
			r.problems.add(codeReads, read.at, "keep in an event what decide has to know of it, or put both into one context", "@reads(%s): a command reads aggregates of its own context, here of %s", read.name, read.pkg.Name)
			continue
		}
		in := &reader{r, read.pkg}
		read.field.Reads = in.namedAggregate(read.pkg, read.name, read.at)
		if p := read.in; read.field.Reads != nil && len(p.cases)+len(p.otherwise) > 0 {
			p.state, p.refuses, p.set = read.field.Reads, read.of, func(in *model.In) { read.field.ReadsIn = in }
			r.ins = append(r.ins, p)
		}
	}
}
