package wire

// MaxFields is the greatest number of fields of a struct.
const MaxFields = 256

// Field is a field of a struct. A required one must be there.
type Field struct {
	Name     string
	Required bool
}

// Struct reads an object with declared fields. It refuses unknown and duplicate
// fields, and at the end missing ones.
//
//	for o := d.Struct(fields); o.Next(); {
//		switch o.Index { … }
//	}
type Struct struct {
	Index int // index of the current field in the list of fields

	d       *Decoder
	fields  []Field
	seen    [MaxFields / 64]uint64
	lenient bool
}

// Struct enters an object with these fields. There may be at most [MaxFields].
//
//go:noinline
func (d *Decoder) Struct(fields []Field) Struct {
	d.enter('{', expectObject)
	return Struct{d: d, fields: fields, Index: -1}
}

// StructAmong is Struct for an object with other fields as well, which are
// skipped.
//
//go:noinline
func (d *Decoder) StructAmong(fields []Field) Struct {
	o := d.Struct(fields)
	o.lenient = true
	return o
}

// Next moves to the next declared field. It returns false at the end.
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

// expected moves to the field after the current one if that comes next, without
// white space and escapes, and returns whether it did. That is nearly always so
// in JSON that this package wrote. Comparing the name in the source is cheaper
// than reading it.
func (o *Struct) expected() bool {
	d, next := o.d, o.Index+1
	if next >= len(o.fields) || o.has(next) || d.path.isMismatched() {
		return false
	}
	src, at := d.src, d.at // before the name's quote
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

// find first tries the field after the current one, because most JSON is in
// order.
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
		o.d.report(problemTwice())
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
	names := make([]string, len(o.fields))
	for i := range o.fields {
		names[i] = o.fields[i].Name
	}
	d.report(problemUnknown(name, names))
}

// end reports missing required fields. The path is already outside of the
// object.
func (o *Struct) end() {
	d := o.d
	if d.syntax != nil || d.absent {
		return
	}
	for i, f := range o.fields {
		if f.Required && !o.has(i) {
			d.path.push(object)
			d.path.name(f.Name)
			d.report(problemMissing())
			d.path.pop()
		}
	}
}
