package assets

import (
	"regexp"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// SourceErrors are errors in TypeScript and CSS. There is at least one.
type SourceErrors []SourceError

// SourceError is an error in TypeScript or CSS.
type SourceError struct {
	File    string // from the root, with slashes; "" if the error has no position
	Line    int    // the first is 1; 0 without a position
	Column  int    // in bytes, the first is 1; 0 without a position
	Text    string // of the line
	Message string
	drawn   string // with the line and a mark
}

func (e SourceErrors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.drawn
	}
	return strings.Join(lines, "\n")
}

// missing matches an import that is not a path, and captures the package.
var missing = regexp.MustCompile(`^Could not resolve "((?:@[\w.-]+/)?[A-Za-z0-9][\w.-]*)(?:/[^"]*)?"$`)

// sourceErrors converts esbuild's messages, warnings too.
func sourceErrors(messages []api.Message) SourceErrors {
	messages = slices.Clone(messages)
	for i := range messages {
		if m := missing.FindStringSubmatch(messages[i].Text); m != nil {
			messages[i].Text += "; npm install " + m[1] + " adds it if it is an npm package, and a file of yours begins with ./"
		}
	}
	drawn := api.FormatMessages(messages, api.FormatMessagesOptions{Kind: api.ErrorMessage})
	errs := make(SourceErrors, len(messages))
	for i, m := range messages {
		errs[i] = SourceError{Message: m.Text, drawn: strings.TrimRight(drawn[i], "\n")}
		if at := m.Location; at != nil {
			errs[i].File, errs[i].Line, errs[i].Column, errs[i].Text = at.File, at.Line, at.Column+1, at.LineText
		}
	}
	return errs
}
