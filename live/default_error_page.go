package live

import (
	"context"
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"

	"ironstar.dev"
)

// defaultErrorPage says what is wrong in words, shows what was typed, so that it
// can be copied, and leads back.
func defaultErrorPage(p *Problem) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if err := openDefaultPage(w, headline(p), templ.GetNonce(ctx), nil); err != nil {
			return err
		}
		var b strings.Builder
		fmt.Fprintf(&b, `<body><main><h1>%s</h1><div class="problem" role="alert">`, html.EscapeString(headline(p)))
		writeErrors(&b, p)
		b.WriteString("</div>")
		writeTyped(&b, p)
		back := "Back to the page"
		if p.Back() == "/" {
			back = "To the start page"
		}
		fmt.Fprintf(&b, `<p><a href="%s">%s</a></p></main></body></html>`+"\n", html.EscapeString(p.Back()), back)
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// headlines are words for the statuses that people see. A status without a row
// has its title.
var headlines = map[int]string{
	http.StatusBadRequest:            "This request cannot be read",
	http.StatusForbidden:             "This is not allowed",
	http.StatusNotFound:              "There is nothing here",
	http.StatusMethodNotAllowed:      "This address does not work like that",
	http.StatusRequestTimeout:        "This took too long",
	http.StatusConflict:              "This could not be done",
	http.StatusRequestEntityTooLarge: "This is too large",
	http.StatusUnsupportedMediaType:  "This kind of data is not accepted",
	http.StatusMisdirectedRequest:    "This server has another name",
	http.StatusUnprocessableEntity:   "This could not be saved yet",
	http.StatusTooManyRequests:       "Too much at once",
	http.StatusInternalServerError:   "Something went wrong",
	http.StatusServiceUnavailable:    "This does not work at the moment",
}

func headline(p *Problem) string {
	if words, ok := headlines[p.Status]; ok {
		return words
	}
	return p.Title
}

// writeErrors writes the errors of the fields, or the detail if there are none.
func writeErrors(b *strings.Builder, p *Problem) {
	if len(p.Errors) == 0 {
		fmt.Fprintf(b, "<p>%s</p>", html.EscapeString(sentence(p.Detail)))
		return
	}
	b.WriteString("<ul>")
	for _, e := range p.Errors {
		label := ""
		if e.Field != "" {
			label = "<strong>" + html.EscapeString(labelOf(e.Field)) + ":</strong> "
		}
		fmt.Fprintf(b, "<li>%s%s</li>", label, html.EscapeString(sentence(e.Message)))
	}
	b.WriteString("</ul>")
}

func writeTyped(b *strings.Builder, p *Problem) {
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(p.sent)), func(name string) bool {
		return isReservedName(name) || isSecretName(name) || !slices.ContainsFunc(p.sent[name], isTyped)
	})
	if len(names) == 0 {
		return
	}
	b.WriteString(`<section class="typed"><h2>What you typed</h2><p>Copy what you need before you leave this page.</p><dl>`)
	for _, name := range names {
		fmt.Fprintf(b, "<dt>%s</dt>", html.EscapeString(labelOf(name)))
		for _, text := range p.sent[name] {
			if isTyped(text) {
				fmt.Fprintf(b, `<dd dir="auto">%s</dd>`, html.EscapeString(text))
			}
		}
	}
	b.WriteString("</dl></section>")
}

// isTyped leaves out blanks and ids, which forms have in hidden fields.
func isTyped(text string) bool {
	_, err := ironstar.ParseUUID(text)
	return strings.TrimSpace(text) != "" && err != nil
}

func isReservedName(name string) bool { return strings.HasPrefix(name, "_") }

// isSecretName reports whether a field is better not shown on a screen. The type
// of a control is not sent, so the name has to tell.
func isSecretName(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "password") || strings.Contains(name, "passphrase") || strings.Contains(name, "secret")
}

// labelOf makes words of a field's path: "lines[2].unitPrice" becomes "Lines 3,
// unit price".
func labelOf(path string) string {
	var b strings.Builder
	for i, part := range strings.Split(path, ".") {
		name, index, _ := strings.Cut(strings.TrimSuffix(part, "]"), "[")
		if i > 0 {
			b.WriteString(", ")
		}
		last := ' '
		for _, r := range name {
			switch {
			case r == '_' || r == '-':
				r = ' '
			case unicode.IsUpper(r) && unicode.IsLower(last):
				b.WriteByte(' ')
				r = unicode.ToLower(r)
			}
			b.WriteRune(r)
			last = r
		}
		if n, err := strconv.Atoi(index); err == nil {
			fmt.Fprintf(&b, " %d", n+1)
		} else if index != "" {
			b.WriteString(" " + index)
		}
	}
	return capital(b.String())
}

// sentence begins a text with a capital and ends it with a full stop.
func sentence(text string) string {
	text = capital(strings.TrimSpace(text))
	if text == "" || strings.HasSuffix(text, ".") || strings.HasSuffix(text, "!") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}

func capital(text string) string {
	r, n := utf8.DecodeRuneInString(text)
	if n == 0 || r == utf8.RuneError {
		return text
	}
	return string(unicode.ToUpper(r)) + text[n:]
}
