package compat

import (
	"cmp"
	"fmt"
	"slices"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
)

// Level is how serious a finding is.
type Level string

// The levels. Fails reports which of them fail a check.
const (
	Error      Level = "error"
	NewVersion Level = "new version needed"
	Warning    Level = "warning"
)

// Finding is one difference that matters.
type Finding struct {
	Rule    string    // that of the rule
	Level   Level     // the rule's
	Subject string    // "todo.List.Added.v1"
	Path    string    // the part of the subject: "lines[].qty", "payment(card).last4"; may be empty
	Pos     model.Pos // in the schema, or in the lock if the schema has lost the thing
	Message string
	Reason  string // that of the rule: why it matters
	Hint    string // what to do, on one line
	Write   string // the CUE to write, on several lines; may be empty
	Imports string // the paths that Write imports, separated by blanks

	// Hash identifies this change, and no other, for an exemption. It is empty if no
	// exemption is possible.
	Hash string
}

// Fails reports whether the finding fails a check.
func (f Finding) Fails() bool { return f.Level != Warning }

// Failing lists the findings that fail a check.
func Failing(all []Finding) []Finding {
	return slices.DeleteFunc(slices.Clone(all), func(f Finding) bool { return !f.Fails() })
}

// found makes a finding of a rule. what distinguishes the change from others of
// the same rule at the same path: the old and the new value.
func found(rule, subject, path string, pos model.Pos, what []string, format string, args ...any) Finding {
	r := mustRule(rule)
	f := Finding{Rule: rule, Level: r.Level, Subject: subject, Path: path, Pos: pos, Message: fmt.Sprintf(format, args...), Reason: r.Why, Hint: r.Write}
	if f.Fails() {
		f.Hash = shape.Sum(append([]string{"change", rule, subject, path}, what...)...)[:16]
	}
	return f
}

// sorted sorts findings by position and removes duplicates.
func sorted(all []Finding) []Finding {
	slices.SortStableFunc(all, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Col, b.Pos.Col),
			cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message))
	})
	return slices.CompactFunc(all, func(a, b Finding) bool { return a == b })
}
