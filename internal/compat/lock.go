package compat

import (
	"cmp"
	"slices"
	"strconv"

	"ironstar.dev/internal/shape"
)

// LockName is the lock's file in the schema's folder.
const LockName = "ironstar.lock"

// Lock is the record of what was released.
type Lock struct {
	Entries []*Entry // in the order of the file

	format int // of the file that it was read from; format 1 does not record which events are final
}

// What is the kind of an entry.
type What string

// The kinds of entries. Entries of events stay for ever; the others describe
// the last release only.
const (
	Event   What = "event"   // a version of an event, retired or not
	Retired What = "retired" // a retired event, which becomes other events or none
	Command What = "command"
	View    What = "view"
	Query   What = "query"
	Signals What = "signals"
	IDs     What = "ids" // the type of an aggregate's ids, if it has one
	Process What = "process"
	Timer   What = "timer"  // of a process
	Effect  What = "effect" // of a process
	Sent    What = "sent"   // a command that a process sends, or with which an effect of it ends
)

// Entry is one line of the lock. An event's line never changes, except that its
// constraints may widen. So two branches that release the same version get a
// merge conflict.
type Entry struct {
	What    What        `json:"what"`
	Of      string      `json:"of"`                // the kind of the aggregate's streams, "todo.List"; the process, "todo.Hammer"; for views, queries, signals and processes "todo"
	Name    string      `json:"name"`              // "Added"; Sent: "Lot.Close"
	Version int         `json:"version,omitempty"` // Event
	Shape   *shape.Type `json:"shape,omitempty"`   // of the payload, or of the parameters of a view or a query; for a command, without the fields that the server fills in
	Row     *shape.Type `json:"row,omitempty"`     // Query: a row of its answer
	Reads   []string    `json:"reads,omitempty"`   // Query: the events whose tables its SQL may read, "Lot.BidPlaced.v2", sorted
	Hash    string      `json:"hash,omitempty"`    // Event: hash of the parts of Shape that must not change
	Key     string      `json:"key,omitempty"`     // View, Process
	Start   string      `json:"start,omitempty"`   // Process
	Was     []string    `json:"was,omitempty"`     // Process: its former names, sorted
	Address string      `json:"address,omitempty"` // Command, View, public Query: "/todo/list/{id}/add"; locks of older releases lack it
	Final   bool        `json:"final,omitempty"`   // Event: the event ends its stream; all versions of an event agree
	Step    string      `json:"step,omitempty"`    // hash of the upcaster. Event: from the version before; Retired: to the parts
	Samples *File       `json:"samples,omitempty"` // Event: its golden samples
	Outputs *File       `json:"outputs,omitempty"` // results of Step for the samples. Event: those of the version before; Retired: those of the last version
	Sum     string      `json:"sum"`               // of the line without this field

	line int // in the file that it was read from
}

// File is a file whose checksum is in the lock.
type File struct {
	Path string `json:"path"` // from the schema's folder, with slashes
	Sum  string `json:"sum"`  // FileSum of its bytes
}

// Subject returns the name of what an entry describes: todo.List.Added.v1.
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

// index maps keys to entries, for callers with many lookups.
func (l *Lock) index() map[entryKey]*Entry {
	m := make(map[entryKey]*Entry, len(l.Entries))
	for _, e := range l.Entries {
		m[e.key()] = e
	}
	return m
}

// find returns the entry with a key, or nil.
func (l *Lock) find(k entryKey) *Entry {
	for _, e := range l.Entries {
		if e.key() == k {
			return e
		}
	}
	return nil
}

// Find returns the entry of an event's version, or nil if that was never
// released.
func (l *Lock) Find(kind, event string, version int) *Entry {
	return l.find(entryKey{Event, kind, event, version})
}

// sort puts entries of the same aggregate next to each other, so that branches
// which change different aggregates do not conflict.
func (l *Lock) sort() {
	slices.SortStableFunc(l.Entries, func(a, b *Entry) int {
		return cmp.Or(cmp.Compare(a.Of, b.Of), cmp.Compare(a.What, b.What), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version))
	})
}

// Files lists the files whose checksums are in the lock.
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

// SamplesPath returns the path of the golden samples of an event's version. The
// path is relative to the schema's folder.
func SamplesPath(kind, event string, version int) string {
	return SamplesDir + "/" + kind + "." + event + ".v" + strconv.Itoa(version) + ".jsonl"
}

// OutputsPath returns the path of the recorded results of the upcaster that reads
// a version. The path is relative to the schema's folder. The file has one line
// for each sample: a payload of the next version. For the last version of a
// retired event, a line is a list of parts, [{"Opened.v1":{…}}].
func OutputsPath(kind, event string, version int) string {
	return SamplesDir + "/" + kind + "." + event + ".v" + strconv.Itoa(version) + ".up.jsonl"
}

// SamplesDir is the folder of golden samples in the schema's folder.
const SamplesDir = "samples"
