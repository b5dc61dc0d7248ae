package wire

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// typed holds the names and texts of a form or a query string.
type typed struct {
	texts map[string][]string
	names []string        // sorted, so that all names with one prefix are next to each other
	used  map[string]bool // names that belong to a field
}

func newTyped(texts map[string][]string) *typed {
	return &typed{texts: texts, names: slices.Sorted(maps.Keys(texts)), used: map[string]bool{}}
}

// below returns the names that begin with a prefix.
func (t *typed) below(prefix string) []string {
	from, _ := slices.BinarySearch(t.names, prefix)
	to := from
	for to < len(t.names) && strings.HasPrefix(t.names[to], prefix) {
		to++
	}
	return t.names[from:to]
}

// use marks the names of a field and of all that is in it as known.
func (t *typed) use(path string) {
	t.used[path] = true
	for _, separator := range []string{".", "["} {
		for _, name := range t.below(path + separator) {
			t.used[name] = true
		}
	}
}

// items returns the indices that occur in names such as "lines[2].qty", in
// order. path is the part before the bracket.
func (t *typed) items(path string) []int {
	var indices []int
	for _, name := range t.below(path + "[") {
		digits, rest, ok := strings.Cut(name[len(path)+1:], "]")
		i, err := strconv.Atoi(digits)
		if ok && err == nil && i >= 0 && strconv.Itoa(i) == digits && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			indices = append(indices, i)
		}
	}
	slices.Sort(indices)
	return slices.Compact(indices)
}

// entry is what was sent for one field.
type entry struct {
	path  string   // its name in the form
	forms []*typed // the first that has something counts
	own   []string // the text of an item of a list; replaces forms
	json  string   // from signals: JSON; "" if the signals do not have the field
	again bool     // the signals have the field twice
}

// texts returns what was typed into the field itself.
func (e *entry) texts() []string {
	if e.own != nil {
		return e.own
	}
	var first []string
	for _, f := range e.forms {
		if texts, ok := f.texts[e.path]; ok {
			f.used[e.path] = true
			if first == nil {
				first = texts
			}
		}
	}
	if first == nil && strings.HasPrefix(e.json, `"`) {
		first = []string{unquoted(e.json)}
	}
	return first
}

// value returns JSON that is no string, from signals.
func (e *entry) value() string {
	if e.json == "" || e.json[0] == '"' {
		return ""
	}
	for _, f := range e.forms {
		if len(f.texts[e.path]) > 0 {
			return ""
		}
	}
	return e.json
}

// use marks the field as known, whether it is read or not.
func (e *entry) use() {
	for _, f := range e.forms {
		f.use(e.path)
	}
}

// isFilled reports whether something was filled in for the field, or within it.
func (e *entry) isFilled() bool {
	for _, f := range e.forms {
		if !allBlank(f.texts[e.path]) {
			return true
		}
		for _, separator := range []string{".", "["} {
			for _, name := range f.below(e.path + separator) {
				if !allBlank(f.texts[name]) {
					return true
				}
			}
		}
	}
	d := Decoder{src: e.json}
	return e.json != "" && d.holdsValue()
}

// holdsValue reads JSON that was read before, and reports whether there is anything in
// it but blank texts. If so it does not read to the end.
func (d *Decoder) holdsValue() bool {
	switch d.peek() {
	case '{':
		for d.Object(); d.Field(); {
			if d.holdsValue() {
				return true
			}
		}
		return false
	case '[':
		for d.Array(); d.Next(); {
			if d.holdsValue() {
				return true
			}
		}
		return false
	case '"':
		return strings.TrimSpace(unquoted(d.token())) != ""
	}
	return true
}

// fields returns the entry of each field of a struct.
func (e *entry) fields() func(name string) entry {
	members := membersOf(e.json)
	return func(name string) entry {
		f := entry{path: name, forms: e.forms}
		if e.path != "" {
			f.path = e.path + "." + name
		}
		if texts := members[name]; len(texts) > 0 {
			f.json, f.again = texts[0], len(texts) > 1
		}
		return f
	}
}

// items returns the entries of a list: texts of one name, then items with an
// index.
func (e *entry) items() []entry {
	var all []entry
	item := func(i int, own []string, json string) {
		all = append(all, entry{path: e.path + "[" + strconv.Itoa(i) + "]", forms: e.forms, own: own, json: json})
	}
	for i, text := range e.texts() {
		item(i, []string{text}, "")
	}
	taken := false
	for _, f := range e.forms {
		indices := f.items(e.path)
		switch {
		case taken:
			f.use(e.path)
		case len(indices) > 0 || f.texts[e.path] != nil:
			taken = true
			for _, i := range indices {
				item(i, nil, "")
			}
		}
	}
	if len(all) == 0 {
		for i, json := range itemsOf(e.json) {
			item(i, nil, json)
		}
	}
	return all
}

// ofCase returns the entry of the fields of a union that belong to a case:
// "payment[card]", if the form has such names, else the union itself.
func (e *entry) ofCase(value string) entry {
	of := *e
	of.path += "[" + value + "]"
	for _, f := range e.forms {
		if len(f.below(of.path+".")) > 0 {
			return of
		}
	}
	return *e
}

// membersOf returns the fields of a JSON object that was read before, by name.
// It returns nil for other JSON.
func membersOf(json string) map[string][]string {
	if !strings.HasPrefix(json, "{") {
		return nil
	}
	d := Decoder{src: json}
	members := map[string][]string{}
	for d.Object(); d.Field(); {
		name := d.Name()
		members[name] = append(members[name], d.token())
	}
	return members
}

// itemsOf returns the elements of a JSON list that was read before.
func itemsOf(json string) []string {
	if !strings.HasPrefix(json, "[") {
		return nil
	}
	d := Decoder{src: json}
	var items []string
	for d.Array(); d.Next(); {
		items = append(items, d.token())
	}
	return items
}

// token returns the text of the next value.
func (d *Decoder) token() string {
	d.peek()
	start := d.at
	d.skip()
	return d.src[start:d.at]
}
