package live

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"maps"
	"net/url"
	"strings"

	"github.com/a-h/templ"
)

// Without a script nobody makes ids for commands, and a second click sends a form
// again. So each document has a token, in all its forms: the id of such a command
// is a hash of the token, the address and the fields. The same form with the same
// fields takes effect once. Another rendering of the page has another token.

// tokenField is the field of a plain form that has the token of its document.
const tokenField = "_token"

const maxToken = 64

func newToken() string {
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(random[:])
}

// plainKey returns the key of a command that a plain form sends, or "" if the
// form has no token.
func plainKey(address *url.URL, form url.Values) string {
	token := form.Get(tokenField)
	if token == "" || len(token) > maxToken {
		return ""
	}
	fields := maps.Clone(form)
	maps.DeleteFunc(fields, func(name string, _ []string) bool { return strings.HasPrefix(name, "_") })
	h := sha256.New()
	for _, part := range []string{token, address.Path, address.RawQuery, fields.Encode()} {
		_, _ = io.WriteString(h, part+"\x00")
	}
	return "form-" + hex.EncodeToString(h.Sum(nil)[:20])
}

// Return is what a form written by hand needs to work without a script, as a
// child of the form: the page that it leads to, a path on this server, and what
// makes it take effect once. Forms of [Form] have it.
func Return(page string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if err := writeHidden(w, ReturnField, page); err != nil {
			return err
		}
		return scopeOf(ctx).writeToken(w, "")
	})
}

// writeToken writes the token of the document, for the form with an id, or for
// the form around it.
func (s *scope) writeToken(w io.Writer, form string) error {
	if s.token == "" {
		return nil
	}
	of := ""
	if form != "" {
		of = ` form="` + escape(form) + `"`
	}
	_, err := io.WriteString(w, `<input type="hidden" name="`+tokenField+`" value="`+escape(s.token)+`"`+of+`>`)
	return err
}
