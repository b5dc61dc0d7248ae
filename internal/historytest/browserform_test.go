package historytest_test

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
	"pgregory.net/rapid"
)

// browserForm is a form as a browser has it after it read the page.
type browserForm struct{ root *html.Node }

// formIn returns the form of a page with an id.
func formIn(t rapid.TB, page, id string) browserForm {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Data == "form" && attribute(n, "id") == id {
			return browserForm{n}
		}
	}
	t.Fatalf("no form %q in %s", id, page)
	return browserForm{}
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func (f browserForm) controls() (all []*html.Node) {
	for n := range f.root.Descendants() {
		if n.Type == html.ElementNode && (n.Data == "input" || n.Data == "textarea" || n.Data == "select") && attribute(n, "name") != "" {
			all = append(all, n)
		}
	}
	return all
}

// pair is a name and a value that a form sends.
type pair struct{ name, value string }

// sent returns what the browser sends: the HTML standard's successful controls.
func (f browserForm) sent() (pairs []pair) {
	for _, n := range f.controls() {
		if attribute(n, "type") == "checkbox" || attribute(n, "type") == "radio" {
			if has(n, "checked") {
				pairs = append(pairs, pair{attribute(n, "name"), attribute(n, "value")})
			}
			continue
		}
		pairs = append(pairs, pair{attribute(n, "name"), strings.ReplaceAll(textOf(n), "\n", "\r\n")})
	}
	return pairs
}

// floating are the numbers that a browser accepts as a value of a control. The others
// become blank.
var floating = map[string]*regexp.Regexp{
	"number":         regexp.MustCompile(`^-?([0-9]+(\.[0-9]+)?|\.[0-9]+)([eE][-+]?[0-9]+)?$`),
	"date":           regexp.MustCompile(`^[0-9]{4,}-[0-9]{2}-[0-9]{2}$`),
	"datetime-local": regexp.MustCompile(`^[0-9]{4,}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,3})?)?$`),
}

// textOf returns the value of a control, as a browser cleans it.
func textOf(n *html.Node) string {
	switch n.Data {
	case "textarea":
		text := ""
		for c := range n.ChildNodes() {
			text += c.Data
		}
		return text
	case "select":
		first := ""
		for i, o := range slices.Collect(n.Descendants()) {
			if o.Data == "option" && (has(o, "selected") || i == 0) {
				first = attribute(o, "value")
			}
		}
		return first
	}
	text := strings.NewReplacer("\n", "", "\r", "").Replace(attribute(n, "value"))
	if clean := floating[attribute(n, "type")]; clean != nil && !clean.MatchString(text) {
		return ""
	}
	return text
}

func set(n *html.Node, name, value string) {
	n.Attr = append(slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name }), html.Attribute{Key: name, Val: value})
}

func unset(n *html.Node, name string) {
	n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// fill types a value into the control of that name, or picks it.
func (f browserForm) fill(t rapid.TB, name, value string) {
	t.Helper()
	for _, n := range f.controls() {
		if attribute(n, "name") != name || attribute(n, "type") == "hidden" {
			continue
		}
		switch {
		case attribute(n, "type") == "checkbox", attribute(n, "type") == "radio":
			if attribute(n, "value") == value {
				set(n, "checked", "")
				return
			}
			if attribute(n, "type") == "radio" {
				unset(n, "checked")
			}
		case n.Data == "textarea":
			n.FirstChild, n.LastChild = nil, nil
			n.AppendChild(&html.Node{Type: html.TextNode, Data: value})
			return
		case n.Data == "select":
			found := false
			for o := range n.Descendants() {
				unset(o, "selected")
				if attribute(o, "value") == value && o.Data == "option" {
					set(o, "selected", "")
					found = true
				}
			}
			if !found {
				t.Fatalf("%s has no option %q", name, value)
			}
			return
		default:
			set(n, "value", value)
			return
		}
	}
	if n := len(f.controls()); !slices.ContainsFunc(f.controls(), func(n *html.Node) bool { return attribute(n, "name") == name && has(n, "checked") }) {
		t.Fatalf("none of %d controls takes %s=%q", n, name, value)
	}
}

// missing returns the required controls that are blank: with one of them, a browser
// sends nothing.
func (f browserForm) missing() (names []string) {
	for _, n := range f.controls() {
		name := attribute(n, "name")
		filled := func(p pair) bool { return p.name == name && p.value != "" }
		if has(n, "required") && !slices.ContainsFunc(f.sent(), filled) {
			names = append(names, name)
		}
	}
	return names
}

func valuesOf(pairs []pair) url.Values {
	v := url.Values{}
	for _, p := range pairs {
		v.Add(p.name, p.value)
	}
	return v
}

func zurich(t rapid.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Zurich")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}
