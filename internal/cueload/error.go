package cueload

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"ironstar.dev/internal/model"
)

// Error is one error in a schema.
type Error struct {
	Code    string      // stable, such as "IRN012"; Codes explains it
	Pos     model.Pos   // zero if it is about the whole directory
	Message string      // in the words of the language
	Hint    string      // what to do; may be empty
	Also    []model.Pos // other places that take part
	Line    string      // the source line at Pos, without its end
	Width   int         // how many bytes of Line to mark, from Pos.Col on; at least 1
	Raw     string      // the message of CUE, if it came from CUE
	First   bool        // the rest of the schema is only checked after this is corrected
}

// Error returns the first line of the text form: place, code and message.
func (e *Error) Error() string {
	return place(e.Pos) + e.Message + " (" + e.Code + ")"
}

// Errors lists all errors, sorted by place. A function that returns it as an
// error never returns an empty one.
type Errors []*Error

// Error returns all errors, one in each line.
func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// WriteText prints the errors for people: place, message, the source line with a
// mark, other places, hint. With raw it adds CUE's own messages.
func (es Errors) WriteText(w io.Writer, raw bool) error {
	var b strings.Builder
	for _, e := range es {
		e.text(&b, raw)
	}
	if slices.ContainsFunc(es, func(e *Error) bool { return e.First }) {
		b.WriteString("fix these first: the rest of the schema is checked afterwards\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (e *Error) text(b *strings.Builder, raw bool) {
	fmt.Fprintf(b, "%s\n", e.Error())
	if e.Line != "" && e.Pos.Col > 0 {
		before, meant := split(e.Line, e.Pos.Col-1, e.Width)
		fmt.Fprintf(b, "%5d | %s\n", e.Pos.Line, untab(e.Line))
		fmt.Fprintf(b, "      | %s%s\n", strings.Repeat(" ", utf8.RuneCountInString(untab(before))),
			strings.Repeat("^", max(1, utf8.RuneCountInString(untab(meant)))))
	}
	for _, p := range e.Also {
		fmt.Fprintf(b, "      = also: %s\n", strings.TrimSuffix(place(p), ": "))
	}
	if e.Hint != "" {
		fmt.Fprintf(b, "      = hint: %s\n", e.Hint)
	}
	if raw && e.Raw != "" {
		fmt.Fprintf(b, "      = cue: %s\n", strings.ReplaceAll(e.Raw, "\n", "\n             "))
	}
}

// split splits a line into what is before the marked part and that part. It
// accepts any numbers.
func split(line string, from, width int) (before, meant string) {
	from = min(max(from, 0), len(line))
	to := min(from+max(width, 0), len(line))
	return line[:from], line[from:to]
}

// untab replaces tabs by four spaces and makes control characters visible.
func untab(s string) string {
	s = strings.ReplaceAll(s, "\t", "    ")
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return '\uFFFD'
		}
		return r
	}, s)
}

func place(p model.Pos) string {
	switch {
	case p.File == "":
		return ""
	case p.Line == 0:
		return p.File + ": "
	}
	return fmt.Sprintf("%s:%d:%d: ", p.File, p.Line, p.Col)
}

// jsonError is an error in the format of WriteJSON.
type jsonError struct {
	Level   string      `json:"level"`
	Code    string      `json:"code"`
	File    string      `json:"file"`
	Line    int         `json:"line"`
	Col     int         `json:"col"`
	Width   int         `json:"width"`
	Message string      `json:"message"`
	Hint    string      `json:"hint,omitempty"`
	Also    []jsonPlace `json:"also,omitempty"`
	Source  string      `json:"source,omitempty"`
	Cue     string      `json:"cue,omitempty"`
}

type jsonPlace struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Col  int    `json:"col"`
}

// WriteJSON prints one JSON object in each line. level is "error" or "warning".
func (es Errors) WriteJSON(w io.Writer, level string) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, e := range es {
		j := jsonError{Level: level, Code: e.Code, File: e.Pos.File, Line: e.Pos.Line, Col: e.Pos.Col, Width: e.Width,
			Message: e.Message, Hint: e.Hint, Source: e.Line, Cue: e.Raw}
		for _, p := range e.Also {
			j.Also = append(j.Also, jsonPlace(p))
		}
		if err := enc.Encode(j); err != nil {
			return err
		}
	}
	return nil
}

// WriteGitHub prints one workflow command in each line. GitHub shows it next to
// the changed line. prefix is the path of the schema from the repository's root
// ("schema"), or empty. level is "error" or "warning".
func (es Errors) WriteGitHub(w io.Writer, level, prefix string) error {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	if prefix != "" {
		prefix = strings.TrimSuffix(prefix, "/") + "/"
	}
	var b strings.Builder
	for _, e := range es {
		message := e.Message
		if e.Hint != "" {
			message += "\nhint: " + e.Hint
		}
		where := ""
		if e.Pos.File != "" {
			where = "file=" + property.Replace(prefix+e.Pos.File) + ","
		}
		if e.Pos.Line > 0 {
			where += fmt.Sprintf("line=%d,col=%d,endColumn=%d,", e.Pos.Line, e.Pos.Col, e.Pos.Col+max(1, e.Width))
		}
		fmt.Fprintf(&b, "::%s %stitle=%s::%s\n", level, where, e.Code, data.Replace(message))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// sorted sorts errors by place and removes repetitions: the same code and
// message at the same place, and an error of CUE at a place for which one of
// our rules has an error.
func (es Errors) sorted() Errors {
	slices.SortStableFunc(es, func(a, b *Error) int {
		return cmp.Or(comparePos(a.Pos, b.Pos), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message))
	})
	better := map[model.Pos]bool{} // one of our rules has an error there
	for _, e := range es {
		better[e.Pos] = better[e.Pos] || e.Code != codeValue
	}
	es = slices.DeleteFunc(es, func(e *Error) bool { return e.Code == codeValue && better[e.Pos] })
	return slices.CompactFunc(es, func(a, b *Error) bool {
		return a.Pos == b.Pos && a.Code == b.Code && a.Message == b.Message
	})
}

func comparePos(a, b model.Pos) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
}
