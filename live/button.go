package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"strings"

	"github.com/a-h/templ"
)

// ButtonsID is the id of the form that all buttons of [Button] belong to.
// [Document.Live] renders it.
const ButtonsID = "live-buttons"

// Fields are the fields of a command, by name: texts, numbers, bools, types that
// print themselves, or slices of those.
type Fields map[string]any

// values returns the fields as a form has them. A field without a value is absent.
func (f Fields) values() (url.Values, error) {
	values := url.Values{}
	for name, v := range f {
		if name == "" || isReservedName(name) {
			return nil, fmt.Errorf("no field of a command can have the name %q", name)
		}
		texts, err := textsOf(v)
		if err != nil {
			return nil, fmt.Errorf("field %q: %w", name, err)
		}
		if len(texts) > 0 {
			values[name] = texts
		}
	}
	return values, nil
}

// Button sends a command without a form around it, so it may stand anywhere in the
// page and its live part: in a table, a list, or another form. Its children are
// what it says.
//
//	@live.Button(todohttp.ListRemoveURL(id), live.Fields{"id": item.ID}) { Remove }
//
// It works without a script. The document must have [Document.Live], which renders
// the form that the button sends.
//
// More attributes, such as a class or an aria-label, may follow.
func Button(action string, fields Fields, more ...templ.Attributes) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		children := templ.GetChildren(ctx)
		ctx = templ.ClearChildren(ctx)
		a := templ.Attributes{}
		for _, m := range more {
			maps.Copy(a, m)
		}
		if err := addCommand(a, action, fields); err != nil {
			return fmt.Errorf("live: a button to %q: %w", action, err)
		}
		if _, err := fmt.Fprintf(w, "<button%s>", written(a)); err != nil {
			return err
		}
		if err := children.Render(ctx, w); err != nil {
			return err
		}
		_, err := io.WriteString(w, "</button>")
		return err
	})
}

// addCommand adds the attributes that send a command. A button has one name and
// value; with more fields they stand in the query string of its address.
func addCommand(a templ.Attributes, action string, fields Fields) error {
	if _, ok := localAddress(action); !ok {
		return errors.New("write a path on this server, such as the generated functions return")
	}
	values, err := fields.values()
	if err != nil {
		return err
	}
	for _, ours := range []string{"form", "formaction", "name", "value", "type"} {
		if _, ok := a[ours]; ok {
			return fmt.Errorf("it must not have the attribute %q, which live.Button writes", ours)
		}
	}
	a["form"], a["formaction"] = ButtonsID, action
	if len(values) == 1 {
		for name, texts := range values {
			if len(texts) == 1 {
				a["name"], a["value"] = name, texts[0]
				return nil
			}
		}
	}
	if query := values.Encode(); query != "" {
		a["formaction"] = withQuery(action, query)
	}
	return nil
}

// withQuery adds to the query string of an address on this server.
func withQuery(action, query string) string {
	if strings.Contains(action, "?") {
		return action + "&" + query
	}
	return action + "?" + query
}

// writeButtonsForm writes the form of all buttons.
func writeButtonsForm(ctx context.Context, w io.Writer) error {
	if _, err := fmt.Fprintf(w, `<form id="%s" method="post" data-live-command hidden>`, ButtonsID); err != nil {
		return err
	}
	s := scopeOf(ctx)
	if s.page != "" {
		if err := writeHidden(w, ReturnField, s.page); err != nil {
			return err
		}
	}
	if err := s.writeToken(w, ""); err != nil {
		return err
	}
	_, err := io.WriteString(w, "</form>")
	return err
}
