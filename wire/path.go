package wire

import (
	"strconv"
	"strings"
)

type level int8

const (
	object level = iota
	list
	mismatched // the value is not the object or list that was expected
)

// segment is one part of a path: a field's name or a list's index.
type segment struct {
	kind  level
	index int
	field string
}

// path is the position of a decoder or checker in a value. The first levels
// need no allocation.
type path struct {
	buf   [8]segment
	more  []segment
	count int
}

func (p *path) depth() int { return p.count }

func (p *path) at(i int) *segment {
	if i < len(p.buf) {
		return &p.buf[i]
	}
	return &p.more[i-len(p.buf)]
}

func (p *path) top() *segment { return p.at(p.count - 1) }

func (p *path) push(kind level) {
	s := segment{kind: kind, index: -1}
	if p.count < len(p.buf) {
		p.buf[p.count] = s
	} else {
		p.more = append(p.more, s)
	}
	p.count++
}

func (p *path) pop() {
	if p.count > len(p.buf) {
		p.more = p.more[:len(p.more)-1]
	}
	p.count--
}

func (p *path) isMismatched() bool { return p.top().kind == mismatched }
func (p *path) name(name string)   { p.top().field = name }
func (p *path) next()              { p.top().index++ }

func (p *path) String() string {
	var b strings.Builder
	for i := range p.count {
		s := p.at(i)
		switch {
		case s.kind == list && s.index >= 0:
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
		case s.kind == object && s.field != "":
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(s.field)
		}
	}
	return b.String()
}
