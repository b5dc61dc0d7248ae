package compat

import (
	"cmp"
	"fmt"

	"ironstar.dev/internal/model"
)

// finding returns the finding for a change of a released payload.
func (c change) finding(subject string, n *model.Named) Finding {
	at := cmp.Or(c.path, "the payload")
	f := found(c.rule, subject, c.path, positionOf(n, c.path, c.op), []string{c.op, c.was, c.is}, "%s", c.words(at))
	if f.Level == Warning {
		f.Message = subject + ": " + f.Message
	} else {
		f.Message = subject + " is released, but " + f.Message
	}
	return f
}

// words describes the change.
func (c change) words(at string) string {
	switch c.rule {
	case "field-removed":
		return fmt.Sprintf("%s (%s) was removed", at, c.was)
	case "field-renamed":
		return fmt.Sprintf("%s is now called %s", c.was, c.is)
	case "field-added":
		return fmt.Sprintf("%s (%s) was added", at, c.is)
	case "tag-changed":
		return fmt.Sprintf("the tag of %s is %s now; it was %s", at, c.is, c.was)
	case "arm-added":
		return fmt.Sprintf("%s has a new case: %s", at, c.is)
	case "arm-removed":
		return fmt.Sprintf("%s lost the case %s", at, c.was)
	case "default-added", "default-removed", "default-changed":
		return fmt.Sprintf("the default of %s is %s now; it was %s", at, c.is, c.was)
	case "enum-narrowed":
		return fmt.Sprintf("%s can no longer be %s", at, c.was)
	case "enum-widened":
		return fmt.Sprintf("%s can also be %s", at, c.is)
	case "int-unsafe":
		return fmt.Sprintf("%s can exceed 2^53 now, and could not before", at)
	case "bound-narrowed", "length-narrowed", "size-narrowed", "digits-narrowed":
		return fmt.Sprintf("%s is narrower: %s, now %s", at, c.was, c.is)
	case "bound-widened", "length-widened", "size-widened", "digits-widened":
		return fmt.Sprintf("%s is wider: %s, now %s", at, c.was, c.is)
	case "unique-added", "unique-removed":
		return fmt.Sprintf("%s had %s and now has %s", at, c.was, c.is)
	case "pattern-changed", "pattern-removed", "excluded-added", "excluded-removed", "multiple-narrowed", "multiple-widened",
		"affix-narrowed", "affix-widened", "format-changed", "format-removed":
		return fmt.Sprintf("the constraint on %s is %s now; it was %s", at, c.is, c.was)
	}
	return fmt.Sprintf("%s is %s now; it was %s", at, c.is, c.was)
}
