package live

import (
	"bytes"
	"strconv"
	"strings"
	"time"
)

// Event is what all Datastar events have in common.
type Event struct {
	ID    string        // the client sends it when it reconnects; "" for none
	Retry time.Duration // how long the client waits before it reconnects; 0 means unchanged
}

// defaultRetry is what clients use by default.
const defaultRetry = time.Second

// Mode says how elements are patched.
type Mode string

// The modes of [PatchElements].
const (
	Outer   Mode = "outer" // morph the element; the default
	Inner   Mode = "inner" // morph its content
	Replace Mode = "replace"
	Prepend Mode = "prepend"
	Append  Mode = "append"
	Before  Mode = "before"
	After   Mode = "after"
	Remove  Mode = "remove"
)

// PatchElements is the event that changes elements of a page. Elements may
// contain any bytes; none of them can end the event.
type PatchElements struct {
	Event
	Elements       []byte
	Selector       string // "" means by the ids of the elements
	Mode           Mode   // "" means Outer
	Namespace      string // "" (html), "svg" or "mathml"
	ViewTransition bool
}

// Append adds the event's bytes to b.
func (p PatchElements) Append(b []byte) []byte {
	b = append(b, "event: datastar-patch-elements\n"...)
	b = p.appendRetry(b)
	b = appendOption(b, "selector", p.Selector)
	if p.Mode != Outer {
		b = appendOption(b, "mode", string(p.Mode))
	}
	if p.Namespace != "html" {
		b = appendOption(b, "namespace", p.Namespace)
	}
	if p.ViewTransition {
		b = appendOption(b, "useViewTransition", "true")
	}
	if len(p.Elements) > 0 {
		b = appendLines(b, "elements", p.Elements)
	}
	return p.end(b)
}

// PatchSignals is the event that merges values into a page's signals; null
// removes one.
type PatchSignals struct {
	Event
	Signals       []byte // a JSON object, RFC 7386
	OnlyIfMissing bool
}

// Append adds the event's bytes to b.
func (p PatchSignals) Append(b []byte) []byte {
	b = append(b, "event: datastar-patch-signals\n"...)
	b = p.appendRetry(b)
	if p.OnlyIfMissing {
		b = appendOption(b, "onlyIfMissing", "true")
	}
	return p.end(appendLines(b, "signals", p.Signals))
}

// Attribute is an attribute of a script element.
type Attribute struct{ Name, Value string }

// ExecuteScript is the event that runs a script on a page. The page's content
// security policy must allow it. Script is code of the application, never text
// of a user.
type ExecuteScript struct {
	Event
	Script     string
	Keep       bool // leave the element on the page after it ran
	Attributes []Attribute
}

// Append adds the event's bytes to b.
func (e ExecuteScript) Append(b []byte) []byte {
	var tag bytes.Buffer
	tag.WriteString("<script")
	for _, a := range e.Attributes {
		tag.WriteString(" " + attributeName(a.Name) + `="` + attributeText.Replace(a.Value) + `"`)
	}
	if !e.Keep {
		tag.WriteString(` data-effect="el.remove()"`)
	}
	tag.WriteString(">" + e.Script + "</script>")
	return PatchElements{Event: e.Event, Elements: tag.Bytes(), Selector: "body", Mode: Append}.Append(b)
}

var attributeText = strings.NewReplacer("&", "&amp;", `"`, "&quot;", "<", "&lt;", ">", "&gt;")

// attributeName removes characters that would end an attribute's name.
func attributeName(name string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || strings.ContainsRune(`"'<>/=`, r) {
			return -1
		}
		return r
	}, name)
}

// keepAlive is a comment, which clients ignore.
var keepAlive = []byte(":\n\n")

func (e Event) appendRetry(b []byte) []byte {
	if e.Retry <= 0 || e.Retry == defaultRetry {
		return b
	}
	return append(strconv.AppendInt(append(b, "retry: "...), e.Retry.Milliseconds(), 10), '\n')
}

// end closes the event. The id is its last field: clients store the id as soon
// as they have read its line, so an event that is cut off before it is sent
// again.
func (e Event) end(b []byte) []byte {
	if e.ID != "" {
		b = append(append(append(b, "id: "...), oneLine(e.ID)...), '\n')
	}
	return append(b, '\n')
}

func appendOption(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	b = append(append(append(b, "data: "...), name...), ' ')
	return append(append(b, oneLine(value)...), '\n')
}

// oneLine replaces line ends, and NUL, because clients ignore an id with NUL.
func oneLine(s string) string { return lineEnds.Replace(s) }

var lineEnds = strings.NewReplacer("\r", " ", "\n", " ", "\x00", " ")

// appendLines adds a data field for each line of text. Clients end a line at
// CR, LF or CRLF.
func appendLines(b []byte, name string, text []byte) []byte {
	for more := true; more; {
		// Pages are one long line: two searches for one byte each are far
		// faster than one search for either byte.
		i := bytes.IndexByte(text, '\n')
		if i < 0 {
			i = len(text)
		}
		if cr := bytes.IndexByte(text[:i], '\r'); cr >= 0 {
			i = cr
		}
		line := text[:i]
		if more = i < len(text); more {
			if text[i] == '\r' && i+1 < len(text) && text[i+1] == '\n' {
				i++
			}
			text = text[i+1:]
		}
		b = append(append(append(b, "data: "...), name...), ' ')
		b = append(append(b, line...), '\n')
	}
	return b
}
