package live

import (
	"context"
	"html"
	"io"

	"github.com/a-h/templ"
)

// Live is the part of a page that is kept up to date: its content, the places
// where the client says that the connection is lost and what was not saved, and the
// form of all buttons of [Button]. The client of package live/client reads the
// address of the feed from it. Put it into the document once; what stands outside
// of it is not changed by the feed.
func (d Document) Live() templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		s, page := scopeOf(ctx), ""
		if s.refused != nil { // the address of the document is that of the form
			page = ` data-live-page="` + html.EscapeString(s.page) + `"`
		}
		if _, err := io.WriteString(w, `<div class="live-part" data-live-feed="`+html.EscapeString(d.FeedURL)+`"`+page+`>`); err != nil {
			return err
		}
		if err := d.Content.Render(ctx, w); err != nil {
			return err
		}
		_, err := io.WriteString(w, `</div><p class="live-status" role="status" data-live-status="connecting"></p>`+
			`<p class="live-error" role="alert" data-live-problem></p>`)
		if err != nil {
			return err
		}
		for _, id := range d.forms { // their content is shared by all who look at it, and their token is not
			if err := s.writeToken(w, id); err != nil {
				return err
			}
		}
		return writeButtonsForm(ctx, w)
	})
}
