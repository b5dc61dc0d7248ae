package live

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/a-h/templ"
)

// Form is a form that sends a command, with its fields as children:
//
//	@live.Form(todohttp.ListAddURL(id)) {
//		@live.Field(todo.ListAddForm.Text, "Text")
//		<button>Add</button>
//	}
//
// The action is the address of the command, a path on this server. The browser's
// client sends the form and shows what is wrong at its fields. Without a script
// the browser sends it to the same address: the server answers with the page that
// the form is on, and, if it refuses the command, with that page, what was typed,
// and the errors at their fields. A form in the live part cannot be shown again,
// because everybody shares that part: the error page has what was typed.
//
// The id of the form is made of its action, and numbered if several forms of the
// page have the same. Where forms come and go, such as in a list, give each its own
// with [FormID]: the client finds by it what a person typed.
func Form(action string, options ...FormOption) templ.Component {
	f := form{attributes: templ.Attributes{}}
	for _, o := range options {
		o(&f)
	}
	if f.stays {
		action = withQuery(action, stayParam+"=1")
	}
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		children := templ.GetChildren(ctx)
		ctx = templ.ClearChildren(ctx)
		s := scopeOf(ctx)
		wanted := f.id
		if wanted == "" {
			wanted = s.prefix + idOfAction(action)
		}
		here := &formScope{id: s.unique(wanted)}
		if s.refused.isOf(here.id, action) {
			here.refused = s.refused
			here.refused.shown = true
		}
		if err := f.open(w, s, here.id, action); err != nil {
			return err
		}
		if err := children.Render(context.WithValue(ctx, formKey{}, here), w); err != nil {
			return err
		}
		_, err := fmt.Fprintf(w, `<p class="live-error" data-live-error="" role="alert">%s</p></form>`, escape(here.otherErrors()))
		return err
	})
}

// FormOption changes a [Form].
type FormOption func(*form)

// FormID gives a form its id, which no other form of the page may have.
func FormID(id string) FormOption { return func(f *form) { f.id = id } }

// Next makes a form ready for the next input at once, while the one before is
// sent. What is refused returns to its field.
func Next() FormOption { return FormAttributes(templ.Attributes{"data-live-next": true}) }

// Repeat lets the same input count twice while the first has no answer: a "+1".
func Repeat() FormOption { return FormAttributes(templ.Attributes{"data-live-repeat": true}) }

// Stay keeps the browser on the page after a command to [NewID]. Without it the
// browser goes to the page of what was made.
func Stay() FormOption { return func(f *form) { f.stays = true } }

// Hidden are fields that nobody fills in, such as the id of what a form changes.
func Hidden(fields Fields) FormOption { return func(f *form) { f.hidden = fields } }

// FormAttributes adds attributes to a form, such as a class. It cannot replace
// those that make it a form of a command.
func FormAttributes(a templ.Attributes) FormOption {
	return func(f *form) { maps.Copy(f.attributes, a) }
}

type form struct {
	id         string
	hidden     Fields
	stays      bool
	attributes templ.Attributes
}

// open writes the begin of a form and its hidden fields.
func (f form) open(w io.Writer, s *scope, id, action string) error {
	if _, ok := localAddress(action); !ok {
		return fmt.Errorf("live: the action of a form is %q; write a path on this server, such as the generated functions return", action)
	}
	if strings.ContainsFunc(id, unicode.IsSpace) {
		return fmt.Errorf("live: the id of a form is %q; an id has no blanks", id)
	}
	more := templ.Attributes{}
	for name, value := range f.attributes {
		switch strings.ToLower(name) {
		case "id", "method", "action":
			return fmt.Errorf("live: FormAttributes must not have %q: live.Form writes it (an id is live.FormID)", name)
		}
		more[name] = value
	}
	if _, err := fmt.Fprintf(w, `<form id="%s" method="post" action="%s" data-live-command`, escape(id), escape(action)); err != nil {
		return err
	}
	values, err := f.hidden.values()
	if err != nil {
		return fmt.Errorf("live: hidden fields of the form to %q: %w", action, err)
	}
	if _, err := io.WriteString(w, written(more)+">"); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, text := range values[name] {
			if err := writeHidden(w, name, text); err != nil {
				return err
			}
		}
	}
	if s.page == "" {
		return nil
	}
	if err := writeHidden(w, ReturnField, s.page, formField, id); err != nil {
		return err
	}
	return s.writeToken(w, "")
}

// writeHidden writes hidden fields, given as names and values.
func writeHidden(w io.Writer, pairs ...string) error {
	for i := 0; i < len(pairs); i += 2 {
		if _, err := fmt.Fprintf(w, `<input type="hidden" name="%s" value="%s">`, escape(pairs[i]), escape(pairs[i+1])); err != nil {
			return err
		}
	}
	return nil
}

// idOfAction returns the same id for the same address: the command's name and a
// hash, because the rest of the address may be long or have any characters.
func idOfAction(action string) string {
	name := "form"
	if u, err := url.Parse(action); err == nil && isPlainName(path.Base(u.Path)) {
		name = path.Base(u.Path)
	}
	h := fnv.New32a()
	_, _ = io.WriteString(h, action)
	return fmt.Sprintf("%s-%08x", name, h.Sum32())
}

func isPlainName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '-' && !('0' <= r && r <= '9') && !('a' <= r && r <= 'z') && !('A' <= r && r <= 'Z')
	})
}

// formScope is what the fields of a form know of it.
type formScope struct {
	id      string
	refused *refused        // nil unless this form was refused
	placed  map[string]bool // the names of its fields; true: also of what is in them
	rows    int             // of its lists
}

type formKey struct{}

// formOf returns an empty scope for fields that stand outside of forms.
func formOf(ctx context.Context) *formScope {
	if f, ok := ctx.Value(formKey{}).(*formScope); ok {
		return f
	}
	return &formScope{}
}

// errorsOf returns what is wrong with a field. whole: also with what is in it, such
// as the elements of a list that one control holds.
func (f *formScope) errorsOf(name string, whole bool) string {
	if f.refused == nil {
		return ""
	}
	if f.placed == nil {
		f.placed = map[string]bool{}
	}
	f.placed[name] = whole
	text := ""
	for _, e := range f.refused.problem.Errors {
		if isErrorOf(e, name, whole) {
			text = joined(text, e.Message)
		}
	}
	return text
}

func isErrorOf(e FieldError, name string, whole bool) bool {
	rest, ok := strings.CutPrefix(e.Field, name)
	return ok && (rest == "" || whole && (rest[0] == '[' || rest[0] == '.'))
}

// otherErrors returns what is wrong and belongs to none of the form's fields.
func (f *formScope) otherErrors() string {
	if f.refused == nil {
		return ""
	}
	p := f.refused.problem
	if len(p.Errors) == 0 {
		return sentence(p.Detail)
	}
	text := ""
	for _, e := range p.Errors {
		if f.places(e) {
			continue
		}
		one := e.Message
		if e.Field != "" {
			one = labelOf(e.Field) + ": " + one
		}
		text = joined(text, sentence(one))
	}
	return text
}

func (f *formScope) places(e FieldError) bool {
	for name, whole := range f.placed {
		if isErrorOf(e, name, whole) {
			return true
		}
	}
	return false
}
