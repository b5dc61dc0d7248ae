package soak

import (
	"maps"
	"math/rand/v2"
)

// disk simulates what a disk may hold while a program writes files in one
// folder: what was synced, and any part of the rest, because the kernel and the
// disk write in any order. It allows everything that POSIX allows, except for
// two guarantees of all journaling file systems: names of files change in the
// order of the calls, and a sector is written atomically.
type disk struct {
	live    map[string]*inode // by name, as programs see them
	durable map[string]*inode
	names   []func(map[string]*inode) // changes to names since the folder was synced
}

// inode is the content of a file.
type inode struct {
	base []byte // the synced content
	ops  []*op  // later changes, in order; the first one is not synced
}

// op is a change of a file's content.
type op struct {
	off      int64
	data     []byte
	truncate bool // truncated to off
	done     bool // the call has returned
	synced   bool // the change was synced

	// lost means that a sync of it failed. The kernel treats its pages as
	// written, so a later sync does not write them, though they may have
	// reached the disk.
	lost bool
}

// sector is the number of bytes that a disk writes atomically.
const sector = 512

func newDisk() *disk {
	return &disk{live: map[string]*inode{}, durable: map[string]*inode{}}
}

// file returns the file of a name. The first change of a missing file makes it.
func (d *disk) file(name string) *inode {
	f := d.live[name]
	if f == nil {
		f = &inode{}
		d.rename(func(names map[string]*inode) { names[name] = f })
	}
	return f
}

// rename changes names.
func (d *disk) rename(change func(names map[string]*inode)) {
	change(d.live)
	d.names = append(d.names, change)
}

// syncNames syncs the folder.
func (d *disk) syncNames() {
	for _, change := range d.names {
		change(d.durable)
	}
	d.names = nil
}

// change begins a change of the content. It may be on the disk from now on.
func (f *inode) change(o *op) *op {
	f.ops = append(f.ops, o)
	return o
}

// end ends a change of which n bytes were written; -1 for none.
func (f *inode) end(o *op, n int) {
	o.done = true
	if n < 0 {
		o.data, o.truncate = nil, false
	} else if !o.truncate {
		o.data = o.data[:n]
	}
}

// syncs begins a sync and returns the function that ends it.
func (f *inode) syncs() func(ok bool) {
	var covers []*op
	for _, o := range f.ops {
		if o.done && !o.lost && !o.synced {
			covers = append(covers, o)
		}
	}
	return func(ok bool) {
		for _, o := range covers {
			o.synced, o.lost = ok, !ok
		}
		for len(f.ops) > 0 && f.ops[0].synced {
			f.base = f.ops[0].on(f.base, func() bool { return true })
			f.ops = f.ops[1:]
		}
	}
}

// on applies a change to content, for the sectors for which keep returns true.
func (o *op) on(content []byte, keep func() bool) []byte {
	if o.truncate {
		if !keep() {
			return content
		}
		if int64(len(content)) > o.off {
			return content[:o.off]
		}
		return append(content, make([]byte, o.off-int64(len(content)))...)
	}
	for off, data := o.off, o.data; len(data) > 0; {
		n := min(int64(len(data)), sector-off%sector)
		if keep() {
			if end := off + n; int64(len(content)) < end {
				content = append(content, make([]byte, end-int64(len(content)))...)
			}
			copy(content[off:], data[:n])
		}
		off, data = off+n, data[n:]
	}
	return content
}

// crash draws the content of the disk after a power failure.
func (d *disk) crash(r *rand.Rand) map[string][]byte {
	names := maps.Clone(d.durable)
	applied := len(d.names)
	if r.IntN(2) == 0 {
		applied = r.IntN(len(d.names) + 1)
	}
	for _, change := range d.names[:applied] {
		change(names)
	}
	image := map[string][]byte{}
	for name, f := range names {
		likely := []float64{0, 1, 0.5, 0.05, 0.95}[r.IntN(5)]
		content := append([]byte(nil), f.base...)
		for _, o := range f.ops {
			content = o.on(content, func() bool { return o.synced || r.Float64() < likely })
		}
		image[name] = content
	}
	return image
}
