package wire

import (
	"fmt"
	"strings"
)

// MaxFields is how many fields a struct may have.
const MaxFields = 256

// Field is a field of a struct. A required one must be there.
type Field struct {
	Name     string
	Required bool
}

// Struct reads an object whose fields are known. It refuses unknown and
// duplicate fields, and at the end missing ones.
//
//	for o := d.Struct(fields); o.Next(); {
//		switch o.Index { … }
//	}
type Struct struct {
	Index int // where in the list of fields the field is that Next went to

	d       *Decoder
	fields  []Field
	seen    [MaxFields / 64]uint64
	lenient bool
}

// Struct enters an object with these fields, of which there are at most
// [MaxFields].
//
//go:noinline
func (d *Decoder) Struct(fields []Field) Struct {
	d.enter('{', "an object")
	return Struct{d: d, fields: fields, Index: -1}
}

// StructAmong is Struct for an object that holds other things as well: they
// are skipped.
//
//go:noinline
func (d *Decoder) StructAmong(fields []Field) Struct {
	o := d.Struct(fields)
	o.lenient = true
	return o
}

// Next goes to the next known field. It returns false at the end.
func (o *Struct) Next() bool {
	if o.expected() {
		return true
	}
	for o.d.Field() {
		if i := o.find(o.d.name); i >= 0 {
			o.Index = i
			o.note(i)
			return true
		}
		o.unknown()
	}
	o.end()
	return false
}

// expected goes to the field behind the last one if that is what comes, written
// without white space and escapes: nearly always so in what this package wrote.
// A name is compared where it lies, which is cheaper than reading it. In any
// other case nothing happens.
func (o *Struct) expected() bool {
	d, next := o.d, o.Index+1
	if next >= len(o.fields) || o.has(next) || d.path.isClosed() {
		return false
	}
	src, at := d.src, d.at // in front of the name's quote
	if !d.first {
		if at >= len(src) || src[at] != ',' {
			return false
		}
		at++
	}
	name := o.fields[next].Name
	end := at + 1 + len(name)
	if end+1 >= len(src) || src[at] != '"' || src[end] != '"' || src[end+1] != ':' || src[at+1:end] != name {
		return false
	}
	d.at, d.first, d.name = end+2, false, name
	d.path.name(name)
	o.Index = next
	o.seen[next/64] |= 1 << (next % 64)
	return true
}

// find looks at the field behind the last one first: most JSON is in order.
func (o *Struct) find(name string) int {
	if next := o.Index + 1; next < len(o.fields) && o.fields[next].Name == name {
		return next
	}
	for i := range o.fields {
		if o.fields[i].Name == name {
			return i
		}
	}
	return -1
}

func (o *Struct) has(i int) bool { return o.seen[i/64]&(1<<(i%64)) != 0 }

func (o *Struct) note(i int) {
	if o.has(i) {
		o.d.Problem("duplicate", "is there twice")
	}
	o.seen[i/64] |= 1 << (i % 64)
}

func (o *Struct) unknown() {
	d := o.d
	name := d.name
	d.skip()
	if o.lenient {
		return
	}
	message := "unknown field"
	for _, f := range o.fields {
		if strings.EqualFold(f.Name, name) {
			message = fmt.Sprintf("unknown field; did you mean %q?", f.Name)
		}
	}
	d.Problem("unknown", message)
}

// end refuses an object that lacks a required field. The path is outside of the
// object already.
func (o *Struct) end() {
	d := o.d
	if d.syntax != nil || d.absent {
		return
	}
	for i, f := range o.fields {
		if f.Required && !o.has(i) {
			d.path.push(object)
			d.path.name(f.Name)
			d.Problem("missing", "is required")
			d.path.pop()
		}
	}
}
