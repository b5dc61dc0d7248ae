package naming

import "ironstar.dev/internal/model"

// Names that belong to a list view.
var (
	RowOf     = Pattern{"row*", "the function that makes a row of"}
	ValuesOf  = Pattern{"values*", "the function that lists what is compared of a row of"}
	SelectOf  = Pattern{"select*", "the function that says what a reader asks of"}
	MoreOfRow = "More" // the hand-written method

	ListPage = Pattern{"*Page", "what a page shows of"} // of the HTTP package; also a field of the domain
)

// list adds the names of a list view.
func (t *table) list(scope string, v *model.View) {
	what := "view #" + v.Name
	t.of(scope, v.Name, what, v.Pos, "", RowOf, ValuesOf, SelectOf)
	if v.List.More == nil {
		return
	}
	t.of(scope, v.Name, what, v.Pos, "", View)
	methods := "the methods of " + v.Name + " of package " + inFolder(t.pkg.Name, t.pkg)
	t.add(methods, MoreOfRow, "the method that adds to rows of "+what, v.Pos)
}

// shows records the parameters of views that show queries, after those of the queries,
// whose types they have.
func (t *table) shows() {
	for _, v := range t.pkg.Views {
		if v.Shows != nil {
			t.named(v.Param, nameless, "the parameters of #"+v.Name)
		}
	}
}

// lists records the types of rows and their parameters, after those of states and
// definitions, whose parts they show.
func (t *table) lists() {
	for _, v := range t.pkg.Views {
		if v.List == nil {
			continue
		}
		t.named(v.List.More, nameless, "the fields that are added to rows of #"+v.Name)
		t.named(v.List.Row, nameless, "the rows of #"+v.Name)
		t.named(v.Param, nameless, "the parameters of #"+v.Name)
	}
}
