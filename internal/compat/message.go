package compat

import (
	"cmp"
	"fmt"

	"ironstar.dev/internal/model"
)

// finding says what a change of a released payload means.
func (c change) finding(subject string, n *model.Named) Finding {
	at := cmp.Or(c.path, "the payload")
	f := found(c.rule, subject, c.path, place(n, c.path, c.op), []string{c.op, c.was, c.is}, "%s", c.words(at))
	if f.Level == Warning {
		f.Message = subject + ": " + f.Message
	} else {
		f.Message = subject + " is released, and " + f.Message
	}
	return f
}

// words says what changed.
func (c change) words(at string) string {
	switch c.rule {
	case "field-removed":
		return fmt.Sprintf("%s (%s) is gone", at, c.was)
	case "field-renamed":
		return fmt.Sprintf("%s is called %s now", c.was, c.is)
	case "field-added":
		return fmt.Sprintf("%s (%s) was added", at, c.is)
	case "tag-changed":
		return fmt.Sprintf("%s is told apart by %s now, was %s", at, c.is, c.was)
	case "arm-added":
		return fmt.Sprintf("%s has the case %s more", at, c.is)
	case "arm-removed":
		return fmt.Sprintf("%s has no case %s any more", at, c.was)
	case "default-added", "default-removed", "default-changed":
		return fmt.Sprintf("the default of %s is %s now, was %s", at, c.is, c.was)
	case "enum-narrowed":
		return fmt.Sprintf("%s cannot be %s any more", at, c.was)
	case "enum-widened":
		return fmt.Sprintf("%s can be %s, too", at, c.is)
	case "int-unsafe":
		return fmt.Sprintf("%s can be beyond 2^53, and could not before", at)
	case "bound-narrowed", "length-narrowed", "size-narrowed":
		return fmt.Sprintf("%s is narrower: %s, now %s", at, c.was, c.is)
	case "bound-widened", "length-widened", "size-widened":
		return fmt.Sprintf("%s is wider: %s, now %s", at, c.was, c.is)
	case "unique-added", "unique-removed":
		return fmt.Sprintf("%s had %s and now has %s", at, c.was, c.is)
	case "pattern-changed", "pattern-removed", "excluded-added", "excluded-removed", "multiple-narrowed", "multiple-widened",
		"affix-narrowed", "affix-widened", "format-changed", "format-removed":
		return fmt.Sprintf("the constraint on %s is %s now, was %s", at, c.is, c.was)
	}
	return fmt.Sprintf("%s is %s now, was %s", at, c.is, c.was)
}
