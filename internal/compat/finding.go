package compat

import (
	"cmp"
	"fmt"
	"slices"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
)

// Level is what a finding asks for.
type Level string

// The levels. Fails says which of them fail a check.
const (
	Error      Level = "error"
	NewVersion Level = "new version needed"
	Warning    Level = "warning"
)

// Finding is one difference that matters.
type Finding struct {
	Rule    string    // of the table
	Level   Level     // the rule's
	Subject string    // "todo.List.Added.v1"
	Path    string    // where in it: "lines[].qty", "payment(card).last4"; may be empty
	Pos     model.Pos // in the schema, or in the lock when nothing in the schema is left to point at
	Message string
	Reason  string // the rule's: why that matters
	Hint    string // what to do, on one line
	Write   string // the CUE to write, on several lines; may be empty

	// Hash names this change, and no other, for an exemption. It is empty when
	// none is possible.
	Hash string
}

// Fails says whether a check that finds this answers no.
func (f Finding) Fails() bool { return f.Level != Warning }

// Failing are the findings that make a check answer no.
func Failing(all []Finding) []Finding {
	return slices.DeleteFunc(slices.Clone(all), func(f Finding) bool { return !f.Fails() })
}

// found makes a finding of a rule. what tells this change from others of the
// rule at the same path: old and new.
func found(rule, subject, path string, pos model.Pos, what []string, format string, args ...any) Finding {
	r := mustRule(rule)
	f := Finding{Rule: rule, Level: r.Level, Subject: subject, Path: path, Pos: pos, Message: fmt.Sprintf(format, args...), Reason: r.Why, Hint: r.Write}
	if f.Fails() {
		f.Hash = shape.Sum(append([]string{"change", rule, subject, path}, what...)...)[:16]
	}
	return f
}

// sorted puts findings in the order of places and drops repetitions.
func sorted(all []Finding) []Finding {
	slices.SortStableFunc(all, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Col, b.Pos.Col),
			cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message))
	})
	return slices.CompactFunc(all, func(a, b Finding) bool { return a == b })
}
