package live

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"io"

	"github.com/a-h/templ"
)

// DefaultDocument is a page for content that brings no style. It adds a main
// element and a headline with the title, unless the content has its own, and
// loads app.css and app.js of [Options.Assets]. Without a FeedURL the page is not
// live.
func DefaultDocument(d Document) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		var content bytes.Buffer
		if err := d.Content.Render(ctx, &content); err != nil {
			return err
		}
		if err := openDefaultPage(w, d.Title, d.Nonce, d.assets); err != nil {
			return err
		}
		open, end := "<main>", "</main>"
		if bytes.Contains(content.Bytes(), []byte("<main")) {
			open, end = "", ""
		}
		headline := "<h1>" + html.EscapeString(d.Title) + "</h1>"
		if bytes.Contains(content.Bytes(), []byte("<h1")) {
			headline = ""
		}
		if _, err := fmt.Fprintf(w, `<body>%s%s`, open, headline); err != nil {
			return err
		}
		shown := d.Content
		if d.FeedURL != "" {
			shown = d.Live()
		}
		if err := shown.Render(ctx, w); err != nil {
			return err
		}
		_, err := io.WriteString(w, end+"</body></html>\n")
		return err
	})
}
