package add

import (
	"fmt"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// list writes the rows of a list view, and the links to the pages around them.
func (t *pageText) list() {
	l := t.View.List
	columns := l.Row.Type.Fields[1:]
	fmt.Fprintf(t, "<p>{ %s.Sprint(s.Total) }</p>\n<table>\n<thead>\n<tr>\n", t.use("fmt"))
	for _, f := range columns {
		if f.Const == nil {
			fmt.Fprintf(t, "<th>%s</th>\n", sentence(f.Name))
		}
	}
	fmt.Fprintf(t, "</tr>\n</thead>\n<tbody id=%q>\nfor _, row := range s.Rows {\n<tr id={ \"row-\" + row.ID }>\n", naming.Kebab(t.View.Name))
	for _, f := range columns {
		if f.Const != nil {
			continue
		}
		kind := f.Type.Underlying().Kind
		absent := f.Optional && kind != model.List && kind != model.Map
		t.WriteString("<td>\n")
		if absent {
			fmt.Fprintf(t, "if row.%s != nil {\n", f.GoName)
		}
		t.shown(f.Type, "row."+f.GoName, f.Pointer())
		t.WriteString("\n")
		if absent {
			t.WriteString("}\n")
		}
		t.WriteString("</td>\n")
	}
	t.WriteString("</tr>\n}\n</tbody>\n</table>\n")
	for _, link := range []struct{ url, rel, text string }{{"PreviousURL", "prev", "Back"}, {"NextURL", "next", "More"}} {
		fmt.Fprintf(t, "if s.%s() != \"\" {\n<a href={ s.%[1]s() } rel=%q>%s</a>\n}\n", link.url, link.rel, link.text)
	}
}

// filters writes the form with which a reader filters and sorts a list.
func (t *pageText) filters(from string) {
	v := t.View
	var texts []*model.Field
	for _, f := range v.List.Filters {
		if f.Param != nil && naming.HasParamMethods(f.Param) {
			texts = append(texts, f.Param)
		}
	}
	if texts == nil && v.List.Sorts == nil {
		return
	}
	fmt.Fprintf(t, "<form method=\"get\" action={ %s.%s{}.URL() }>\n", t.http, naming.PageAt.Of(v.Name))
	for _, f := range texts {
		fmt.Fprintf(t, "<label>%s <input type=\"search\" name=%q maxlength=\"200\" value={ %s.Params.%s() }/></label>\n", sentence(f.Name), f.Name, from, f.GoName)
	}
	if v.List.Sorts != nil {
		fmt.Fprintf(t, "<label>Sort <select name=\"sort\" autocomplete=\"off\">\nfor _, item := range %s.%s() {\n", t.pkg(v.Package), naming.Values.Of(v.Param.GoName+"Sort"))
		fmt.Fprintf(t, "<option value={ string(item) } selected?={ item == %s.Params.Sort() }>{ string(item) }</option>\n}\n</select></label>\n", from)
	}
	t.WriteString("<button>Show</button>\n</form>\n")
}
