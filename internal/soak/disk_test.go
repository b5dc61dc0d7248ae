package soak

import (
	"maps"
	"math/rand/v2"
)

// disk is what a disk may hold while a program writes files in one folder: what
// was synced for sure, and of the rest any part, since the kernel writes pages
// whenever it likes and a disk what it has in whichever order. It is as unkind
// as POSIX allows, but for two things that all journaling file systems do: the
// names of files change in the order in which they were changed, and a sector
// is written as a whole.
type disk struct {
	live    map[string]*inode // by name, as programs see it
	durable map[string]*inode
	names   []func(map[string]*inode) // changes to names since the folder was synced
}

// inode is the content of a file.
type inode struct {
	base []byte // for sure
	ops  []*op  // since, in order; the first is not sure
}

// op is a change of a file's content.
type op struct {
	off      int64
	data     []byte
	truncate bool // to off
	done     bool // the call has returned
	sure     bool // and was synced

	// lost: a sync of it failed. The kernel holds its pages as clean, so that no
	// later sync makes it sure, though it may have reached the disk.
	lost bool
}

// sector is what a disk writes whole.
const sector = 512

func newDisk() *disk {
	return &disk{live: map[string]*inode{}, durable: map[string]*inode{}}
}

// file returns the file of a name; the first change of one that is not there
// makes it.
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

// syncNames is a sync of the folder.
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

// end is the return of a change, of which n bytes took place; -1 for none.
func (f *inode) end(o *op, n int) {
	o.done = true
	if n < 0 {
		o.data, o.truncate = nil, false
	} else if !o.truncate {
		o.data = o.data[:n]
	}
}

// syncs begins a sync and returns what ends it.
func (f *inode) syncs() func(ok bool) {
	var covers []*op
	for _, o := range f.ops {
		if o.done && !o.lost && !o.sure {
			covers = append(covers, o)
		}
	}
	return func(ok bool) {
		for _, o := range covers {
			o.sure, o.lost = ok, !ok
		}
		for len(f.ops) > 0 && f.ops[0].sure {
			f.base = f.ops[0].on(f.base, func() bool { return true })
			f.ops = f.ops[1:]
		}
	}
}

// on applies those parts of a change to content that are kept.
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

// crash draws what the disk holds if the power fails now.
func (d *disk) crash(r *rand.Rand) map[string][]byte {
	names := maps.Clone(d.durable)
	kept := len(d.names)
	if r.IntN(2) == 0 {
		kept = r.IntN(len(d.names) + 1)
	}
	for _, change := range d.names[:kept] {
		change(names)
	}
	image := map[string][]byte{}
	for name, f := range names {
		likely := []float64{0, 1, 0.5, 0.05, 0.95}[r.IntN(5)]
		content := append([]byte(nil), f.base...)
		for _, o := range f.ops {
			content = o.on(content, func() bool { return o.sure || r.Float64() < likely })
		}
		image[name] = content
	}
	return image
}
