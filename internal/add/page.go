package add

import (
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// Page is a page of a view: its live part, and the document around it with a form
// for each command.
type Page struct {
	View     *model.View
	Commands []PageCommand
	Name     string // of the live part; the others begin with it
	Package  string // of the file
	Layout   string // component that all pages have in common; "": there is none, and forms are in the live part
	Import   func(*model.Package) string
	HTTP     string // import path of the package that serves the view's package
}

// PageCommand is a command of an aggregate.
type PageCommand struct {
	Aggregate *model.Aggregate
	Command   *model.Command
}

// pageText is the text of a page while it is written.
type pageText struct {
	Page
	strings.Builder
	imports map[string]string // import path to name
	http    string
}

func (p Page) begin() *pageText {
	return &pageText{Page: p, imports: map[string]string{p.HTTP: naming.HTTPPackage(p.View.Package)}, http: naming.HTTPPackage(p.View.Package)}
}

// Forms returns the forms of the page's document, to be put into one that is there.
func (p Page) Forms() string {
	t := p.begin()
	t.forms("d")
	return strings.NewReplacer("{\n", "{\n\t", "\n@", "\n\t@", "\n<", "\n\t<", "}\n@", "}\n@").Replace(t.String())
}

// Text returns the templ file.
func (p Page) Text() string {
	t := p.begin()
	state := t.http + "." + naming.ListPage.Of(p.View.Name)
	if p.View.List == nil {
		state = t.typ(p.View.State)
	}
	at := t.http + "." + naming.PageAt.Of(p.View.Name)
	fmt.Fprintf(t, "// %s is the title of the page.\nfunc %[1]s(%s, %s) string { return %q }\n\n", naming.Heading.Of(p.Name), state, at, sentence(p.View.Name))
	fmt.Fprintf(t, "// %s is the live part of the page: it changes for all who look at it.\ntempl %[1]s(s %s, at %s) {\n", p.Name, state, at)
	if p.View.List != nil {
		t.list()
	} else {
		t.state(p.View.State.Underlying())
	}
	t.buttons()
	if p.Layout == "" {
		t.forms("at")
	}
	t.WriteString("}\n")
	if p.Layout != "" {
		document := naming.PageDocument.Of(p.Name)
		fmt.Fprintf(t, "\n// %s is the page around the live part.\ntempl %[1]s(d %s.%s) {\n@%s(d.Title) {\n<h1>{ d.Title }</h1>\n", document, t.http, naming.PageDocument.Of(p.View.Name), p.Layout)
		if p.View.List != nil {
			t.filters("d")
		}
		t.WriteString("@d.Live()\n")
		t.forms("d")
		t.WriteString("}\n}\n")
	}
	return t.head() + t.String()
}

// head returns the package clause and the imports that the text needs.
func (t *pageText) head() string {
	var b strings.Builder
	b.WriteString("package " + t.Package + "\n\nimport (\n")
	if t.imports["fmt"] == "fmt" {
		b.WriteString("\"fmt\"\n\n")
		delete(t.imports, "fmt")
	}
	var all []string
	for p := range t.imports {
		all = append(all, p)
	}
	sort.Strings(all)
	for _, p := range all {
		if name := t.imports[p]; name != path.Base(p) {
			b.WriteString(name + " ")
		}
		fmt.Fprintf(&b, "%q\n", p)
	}
	return b.String() + ")\n\n"
}

// use notes an import and returns its name.
func (t *pageText) use(importPath string) string {
	t.imports[importPath] = path.Base(importPath)
	return path.Base(importPath)
}

func (t *pageText) live() string { return t.use(rootPackage + "/live") }

// typ returns the Go type of a state.
func (t *pageText) typ(state *model.Type) string {
	n := lastNamed(state)
	return t.pkg(n.Package) + "." + n.GoName
}

func (t *pageText) pkg(p *model.Package) string {
	name := naming.Imports([]*model.Package{p}, "fmt", "live", "templ", "templruntime", "static", "s", "at", "d", "item", "row")[p]
	t.imports[t.Import(p)] = name
	return name
}

// sentence returns a name as words: dueDate becomes Due date.
func sentence(name string) string {
	words := strings.ToLower(strings.Join(naming.Words(name), " "))
	if words == "" {
		return name
	}
	return naming.Title(words)
}

// state writes the fields of a state.
func (t *pageText) state(state *model.Type) {
	if state.Kind != model.Struct {
		fmt.Fprintf(t, "<p>{ %s.Sprint(s) }</p>\n", t.use("fmt"))
		return
	}
	if len(state.Fields) == 0 {
		t.WriteString("<p>Nothing to show yet.</p>\n")
		return
	}
	t.WriteString("<dl>\n")
	for _, f := range state.Fields {
		if f.Const != nil || f.Secret {
			continue
		}
		kind := f.Type.Underlying().Kind
		absent := f.Optional && kind != model.List && kind != model.Map
		if absent {
			fmt.Fprintf(t, "if s.%s != nil {\n", f.GoName)
		}
		fmt.Fprintf(t, "<dt>%s</dt>\n<dd>", sentence(f.InCUE()))
		t.shown(f.Type, "s."+f.GoName, f.Pointer())
		t.WriteString("</dd>\n")
		if absent {
			t.WriteString("}\n")
		}
	}
	t.WriteString("</dl>\n")
}

// shown writes a value. pointer says that it is one.
func (t *pageText) shown(typ *model.Type, value string, pointer bool) {
	plain := value
	if pointer {
		plain = "*" + value
	}
	switch u := typ.Underlying(); u.Kind {
	case model.String:
		fmt.Fprintf(t, "<span dir=\"auto\">{ %s }</span>", plain)
	case model.Time:
		fmt.Fprintf(t, "\n@%s.Time(%s)\n", t.live(), plain)
	case model.Date, model.Decimal, model.UUID, model.Duration:
		fmt.Fprintf(t, "{ %s.String() }", value)
	case model.List:
		fmt.Fprintf(t, "\n<ul>\nfor _, item := range %s {\n<li>", value)
		if u.Elem.Underlying().Kind == model.List {
			fmt.Fprintf(t, "{ %s.Sprint(item) }", t.use("fmt"))
		} else {
			t.shown(u.Elem, "item", false)
		}
		t.WriteString("</li>\n}\n</ul>\n")
	default:
		fmt.Fprintf(t, "{ %s.Sprint(%s) }", t.use("fmt"), plain)
	}
}

// isByStream reports whether each stream has a page of its own.
func (p Page) isByStream() bool { return p.View.Key == "stream" }

// isAbout reports whether a command goes to the stream of the page. Any other command
// makes a thing that is not there yet.
func (t *pageText) isAbout(c PageCommand) bool {
	v := t.View
	return t.isByStream() && (c.Aggregate == v.Of || slices.ContainsFunc(v.On, func(on model.Source) bool { return on.Aggregate == c.Aggregate }))
}

// address returns the address of a command. from is what knows the page's stream.
func (t *pageText) address(c PageCommand, from string) string {
	id := from + ".ID"
	if !t.isAbout(c) {
		id = t.live() + ".NewID"
	}
	return t.http + "." + naming.CommandURL.Of(c.Command.Payload.GoName) + "(" + id + ")"
}

// buttons writes a button for each command without fields on a page of a stream.
func (t *pageText) buttons() {
	for _, c := range t.Commands {
		if len(filledIn(c.Command)) == 0 && t.isAbout(c) {
			fmt.Fprintf(t, "@%s.Button(%s, nil) {\n%s\n}\n", t.live(), t.address(c, "at"), sentence(c.Command.Name))
		}
	}
}

// forms writes a form for each of the other commands.
func (t *pageText) forms(from string) {
	for _, c := range t.Commands {
		fields := filledIn(c.Command)
		if len(fields) == 0 && t.isAbout(c) {
			continue
		}
		options := ""
		if !t.isAbout(c) {
			options = ", " + t.live() + ".Stay()"
		}
		fmt.Fprintf(t, "@%s.Form(%s%s) {\n", t.live(), t.address(c, from), options)
		for _, f := range fields {
			t.field(c, f)
		}
		fmt.Fprintf(t, "<button>%s</button>\n}\n", sentence(c.Command.Name))
	}
}

// filledIn returns the fields of a command that a person fills in.
func filledIn(c *model.Command) []*model.Field {
	return slices.DeleteFunc(slices.Clone(c.Payload.Type.Fields), func(f *model.Field) bool {
		return f.Const != nil || f.Inject != model.InjectNone
	})
}

// long is the number of characters from which on a text has several lines.
const long = 500

func (t *pageText) field(c PageCommand, f *model.Field) {
	options := ""
	if slices.ContainsFunc(checksOf(f.Type), func(c model.Check) bool { return c.Op == model.MaxRunes && c.Count >= long }) && f.Type.Underlying().Kind == model.String {
		options = ", " + t.live() + ".Lines(3)"
	}
	form := t.pkg(c.Aggregate.Package) + "." + naming.Form.Of(c.Command.Payload.GoName) + "." + f.GoName
	fmt.Fprintf(t, "@%s.Field(%s, %q%s)\n", t.live(), form, sentence(f.InCUE()), options)
}
