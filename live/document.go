package live

import (
	"context"
	"fmt"
	"html"
	"io"
	"strings"

	"github.com/a-h/templ"
)

// Document is what a whole page is made of.
type Document struct {
	Title   string
	Nonce   string          // of the content security policy, for inline scripts and styles
	FeedURL string          // goes on where Content ends
	Content templ.Component // the live element, rendered
	Session Session
}

// Open is the attribute that opens the feed. It belongs on an element outside
// Content, which the feed never morphs:
//
//	<body { d.Open()... }>
func (d Document) Open() templ.Attributes { return templ.Attributes{"data-init": OpenFeed(d.FeedURL)} }

// OpenFeed is the Datastar expression that opens a feed and keeps it open: also
// when it ends cleanly, as with a restart, and however often it takes, with at
// most five seconds between two tries.
func OpenFeed(url string) string {
	return "@get('" + expressionText.Replace(url) + "', {retry: 'always', retryMaxCount: Infinity, retryMaxWait: 5000})"
}

var expressionText = strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\r", `\r`, "$", `\u0024`, "@", `\u0040`)

func bareDocument(d Document) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		_, err := fmt.Fprintf(w, `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">`+
			`<title>%s</title></head><body data-init="%s">`, html.EscapeString(d.Title), html.EscapeString(OpenFeed(d.FeedURL)))
		if err != nil {
			return err
		}
		if err := d.Content.Render(ctx, w); err != nil {
			return err
		}
		_, err = io.WriteString(w, "</body></html>\n")
		return err
	})
}

func barePage(p *Problem) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b strings.Builder
		fmt.Fprintf(&b, `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">`+
			`<title>%[1]s</title></head><body><main><h1>%[1]s</h1>`, html.EscapeString(p.Title))
		if len(p.Errors) == 0 {
			fmt.Fprintf(&b, "<p>%s</p>", html.EscapeString(p.Detail))
		} else {
			b.WriteString("<ul>")
			for _, e := range p.Errors {
				text := e.Message
				if e.Field != "" {
					text = e.Field + ": " + text
				}
				fmt.Fprintf(&b, "<li>%s</li>", html.EscapeString(text))
			}
			b.WriteString("</ul>")
		}
		fmt.Fprintf(&b, `<p><a href="%s">Back</a></p></main></body></html>`+"\n", html.EscapeString(p.Back()))
		_, err := io.WriteString(w, b.String())
		return err
	})
}
