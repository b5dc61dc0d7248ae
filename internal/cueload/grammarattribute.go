package cueload

import (
	"fmt"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
)

func (g *grammar) attributes(all []*ast.Attribute, p slot) {
	for _, a := range all {
		attr, body := a.Split()
		switch {
		case p == slotStep || p == slotStepField:
			if attr != "go" || strings.TrimSpace(body) != "func" {
				g.problems.add(codeAttribute, pos(a), "write @go(func) behind what is made by hand", "@%s(%s) says nothing on %s", attr, oneLine(body), slots[p].what)
			}
		case attributePlace[attr] == "": // the checker reports it
		case slices.Contains(bareAttributes, attr) && strings.TrimSpace(body) != "":
			g.problems.add(codeAttribute, pos(a), "write @"+attr+"()", "@%s(%s): there is nothing to say in the brackets", attr, oneLine(body))
		case p != slotUnknown && !slots[p].read:
			g.problems.add(codeAttribute, pos(a), attributePlace[attr], "@%s says nothing on %s", attr, slots[p].what)
		}
	}
}

// bareAttributes have no arguments.
var bareAttributes = []string{"final", "internal", "secret", "trim"}

// inBrackets reports whether a struct is written with brackets. The struct in
// Closed: v1: {…} has none; its position is that of its first field.
func inBrackets(s *ast.StructLit) bool {
	return s.Lbrace.IsValid() && s.Lbrace.Offset() != s.Elts[0].Pos().Offset()
}

// eventVersion refuses on a version what belongs to the event. In
// Closed: v1: {…} @final(), without brackets around the version, the attribute belongs
// to the event.
func (g *grammar) eventVersion(all []*ast.Attribute) {
	for _, a := range all {
		if attr, body := a.Split(); attr == "final" || attr == "in" || attr == "to" {
			g.problems.add(codeAttribute, pos(a), fmt.Sprintf("write it behind the event: Closed: {…} @%s(%s)", attr, oneLine(body)), "@%s says nothing on %s", attr, slots[slotVersion].what)
		}
	}
}
