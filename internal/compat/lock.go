package compat

import (
	"cmp"
	"slices"
	"strconv"

	"ironstar.dev/internal/shape"
)

// LockName is the lock's file in the schema's folder.
const LockName = "ironstar.lock"

// Lock is what was released.
type Lock struct {
	Entries []*Entry // sorted as they are written
}

// What an entry is about.
type What string

// The kinds of entries. Those of events stay for ever; those of the others are
// of the last release.
const (
	Event   What = "event"   // a version of an event, whether it is retired or not
	Retired What = "retired" // that an event is retired, and what it is read as
	Command What = "command"
	View    What = "view"
	Signals What = "signals"
)

// Entry is one line of the lock. An event's line never changes, except that its
// constraints widen, so two branches that release the same version collide.
type Entry struct {
	What    What        `json:"what"`
	Of      string      `json:"of"`                // "todo.List", the kind of its streams; of views and signals "todo"
	Name    string      `json:"name"`              // "Added"
	Version int         `json:"version,omitempty"` // Event
	Shape   *shape.Type `json:"shape,omitempty"`   // of the payload; of a command without what the boundary fills in; of a view's parameters
	Hash    string      `json:"hash,omitempty"`    // Event: of what must not change in Shape
	Key     string      `json:"key,omitempty"`     // View
	Step    string      `json:"step,omitempty"`    // hash of the upcaster: Event: from the version before; Retired: to the parts
	Samples *File       `json:"samples,omitempty"` // Event: its golden samples
	Outputs *File       `json:"outputs,omitempty"` // what Step made of the samples of the version before; Retired: of the last version
	Sum     string      `json:"sum"`               // of the line without it

	line int // in the file it was read from
}

// File is a file that the lock vouches for.
type File struct {
	Path string `json:"path"` // from the schema's folder, with slashes
	Sum  string `json:"sum"`  // FileSum of its bytes
}

// Subject names what an entry is about: todo.List.Added.v1.
func (e *Entry) Subject() string {
	s := e.Of + "." + e.Name
	if e.What == Event {
		s += ".v" + strconv.Itoa(e.Version)
	}
	return s
}

func (e *Entry) key() entryKey { return entryKey{e.What, e.Of, e.Name, e.Version} }

type entryKey struct {
	what     What
	of, name string
	version  int
}

// index is find for many questions.
func (l *Lock) index() map[entryKey]*Entry {
	m := make(map[entryKey]*Entry, len(l.Entries))
	for _, e := range l.Entries {
		m[e.key()] = e
	}
	return m
}

// find is the entry with a key; nil when there is none.
func (l *Lock) find(k entryKey) *Entry {
	for _, e := range l.Entries {
		if e.key() == k {
			return e
		}
	}
	return nil
}

// Find is the entry of an event's version; nil when it was never released.
func (l *Lock) Find(kind, event string, version int) *Entry {
	return l.find(entryKey{Event, kind, event, version})
}

// sort keeps what belongs together side by side, so that branches which work on
// different aggregates do not meet.
func (l *Lock) sort() {
	slices.SortStableFunc(l.Entries, func(a, b *Entry) int {
		return cmp.Or(cmp.Compare(a.Of, b.Of), cmp.Compare(a.What, b.What), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version))
	})
}

// Files lists the files that it vouches for.
func (l *Lock) Files() []*File {
	var all []*File
	for _, e := range l.Entries {
		for _, f := range []*File{e.Samples, e.Outputs} {
			if f != nil {
				all = append(all, f)
			}
		}
	}
	return all
}

// SamplesPath is where the golden samples of an event's version lie, from the
// schema's folder.
func SamplesPath(kind, event string, version int) string {
	return SamplesDir + "/" + kind + "." + event + ".v" + strconv.Itoa(version) + ".jsonl"
}

// OutputsPath is where it is written down what the upcaster that leads out of a
// version makes of its samples, line for line: the next version; of a retired
// event's last version a list of parts, [{"Opened.v1":{…}}].
func OutputsPath(kind, event string, version int) string {
	return SamplesDir + "/" + kind + "." + event + ".v" + strconv.Itoa(version) + ".up.jsonl"
}

// SamplesDir is the folder of golden samples in the schema's.
const SamplesDir = "samples"
