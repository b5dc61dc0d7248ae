package engine

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"ironstar.dev"
)

// twoColumns makes rows "<id> <kind>/<number>" that are sorted by number and found by kind.
type twoColumns struct {
	*listRows[string]
	at ironstar.Position
}

func newTwoColumns() *twoColumns {
	return &twoColumns{listRows: newListRows[string]([]int{1}, []int{0}, nil)}
}

// set gives a stream a row; a kind of "" takes it away.
func (l *twoColumns) set(id int, kind string, number int) {
	var row *listRow[string]
	key := fmt.Sprintf("s%05d", id)
	if kind != "" {
		row = &listRow[string]{id: key, row: fmt.Sprintf("%s %s/%d", key, kind, number), values: []string{kind, fmt.Sprintf("%06d", number)}}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if old := l.rows[key]; old != nil || row != nil {
		l.at++
		l.replace(old, row)
		l.tell(old, row, l.at)
	}
}

// tellOfAll says that all pages may show something else.
func (l *twoColumns) tellOfAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at++
	l.tellAll(l.at)
}

// naive returns the page of a selection by looking at all rows.
func (l *twoColumns) naive(a *asked) (rows []string, total int) {
	var all []*listRow[string]
	for _, row := range l.rows {
		if row.matches(a) {
			all = append(all, row)
		}
	}
	slices.SortFunc(all, func(x, y *listRow[string]) int {
		return cmp.Or(cmp.Compare(x.values[1], y.values[1]), cmp.Compare(x.id, y.id))
	})
	for _, row := range all[:min(len(all), a.Size)] {
		rows = append(rows, row.row)
	}
	return rows, len(all)
}

func drawSelection(t *rapid.T) *asked {
	s := ironstar.Selection{Size: 5}
	if rapid.Bool().Draw(t, "equal") {
		s.Equal = []ironstar.EqualTo{{Value: 0, Text: rapid.SampledFrom([]string{"rare", "often"}).Draw(t, "kind")}}
	}
	if len(s.Equal) == 0 || rapid.Bool().Draw(t, "range") {
		from := rapid.IntRange(0, 500).Draw(t, "from")
		s.Ranges = []ironstar.Between{{Value: 1, From: fmt.Sprintf("%06d", from), To: fmt.Sprintf("%06d", from+rapid.SampledFrom([]int{9, 400}).Draw(t, "width"))}}
	}
	return newAsked(s)
}

// change changes some rows, of many chunks.
func (l *twoColumns) change(t *rapid.T) {
	step := rapid.IntRange(1, 97).Draw(t, "step")
	for n := range rapid.IntRange(0, 300).Draw(t, "changes") {
		kind := []string{"often", "often", "often", ""}[n%4]
		l.set(n*step%1200, kind, n*7%600)
	}
}

// TestG8_AFilteredReadSeesOnePosition: rows that change while a page is read without the
// lock are as they were when reading began.
func TestG8_AFilteredReadSeesOnePosition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newTwoColumns()
		for i := range rapid.SampledFrom([]int{0, 40, 256, 900}).Draw(t, "rows") {
			kind := "often"
			if i%50 == 0 {
				kind = "rare"
			}
			l.set(i, kind, i*31%600)
		}
		l.change(t)
		a := drawSelection(t)
		want, total := l.naive(a)
		l.mu.Lock()
		f := l.find(a)
		l.mu.Unlock()
		l.change(t)
		if page := f.made(f.page()); !slices.Equal(page.Rows, want) || page.Total != total {
			t.Fatalf("%+v: read %d of %v, want %d of %v", a.Selection, page.Total, page.Rows, total, want)
		}
		want, total = l.naive(a)
		if page, _ := l.pageOf(a, ""); !slices.Equal(page.Rows, want) || page.Total != total {
			t.Fatalf("%+v: afterwards read %d of %v, want %d of %v", a.Selection, page.Total, page.Rows, total, want)
		}
	})
}

// TestG11_AChangeDuringAReadIsTold: a page that is read while rows change is woken
// afterwards, if what was read is not what it shows now.
func TestG11_AChangeDuringAReadIsTold(t *testing.T) {
	changed := 0
	rapid.Check(t, func(t *rapid.T) {
		l := newTwoColumns()
		for i := range 100 {
			l.set(i, []string{"often", "rare"}[i%2], i*6)
		}
		a, woken := drawSelection(t), 0
		page := &ListPage[string]{rows: l.listRows, a: a, key: "page"}
		stop, err := page.Notify("", func() { woken++ })
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
		w := l.byKey["page"]
		for range 10 {
			l.mu.Lock()
			f := l.beginReading(w)
			l.mu.Unlock()
			for range rapid.IntRange(0, 2).Draw(t, "changes") {
				l.set(rapid.IntRange(0, 99).Draw(t, "row"), rapid.SampledFrom([]string{"often", "rare", ""}).Draw(t, "kind"), 6*rapid.IntRange(0, 99).Draw(t, "number"))
			}
			now := f.page()
			woken = 0
			l.mu.Lock()
			l.endReading(w, f, now)
			read := w.page
			l.mu.Unlock()
			want, total := l.naive(a)
			if same := slices.Equal(read.Rows, want) && read.Total == total; !same {
				if changed++; woken == 0 {
					t.Fatalf("%+v: %v was read, it shows %v, and nobody was told", a.Selection, read.Rows, want)
				}
			}
			if got, _ := l.refresh(w); !slices.Equal(got.Rows, want) || got.Total != total {
				t.Fatalf("%+v: shows %d of %v, want %d of %v", a.Selection, got.Total, got.Rows, total, want)
			}
		}
	})
	if changed == 0 {
		t.Error("no page changed while it was read")
	}
}

// TestG11_AReplacedRowIsShown: a row that stays where it is on a page is shown as it is
// now, and the page has another stamp, also if the page has to be found again before that.
func TestG11_AReplacedRowIsShown(t *testing.T) {
	for name, more := range map[string]func(*twoColumns){
		"alone":                   func(*twoColumns) {},
		"and all pages are told":  (*twoColumns).tellOfAll,
		"and another row comes":   func(l *twoColumns) { l.set(99, "often", 3) },
		"and it is another again": func(l *twoColumns) { l.set(1, "more often", 1) },
	} {
		t.Run(name, func(t *testing.T) {
			l, woken := newTwoColumns(), 0
			for i := range 4 {
				l.set(i, "often", i)
			}
			a := newAsked(ironstar.Selection{Size: 5, Ranges: []ironstar.Between{{Value: 1, From: "000000"}}})
			page := &ListPage[string]{rows: l.listRows, a: a, key: "page"}
			stop, err := page.Notify("", func() { woken++ })
			if err != nil {
				t.Fatal(err)
			}
			defer stop()
			_, before := l.pageOf(a, "page")
			woken = 0
			l.set(1, "rare", 1)
			if woken != 1 {
				t.Errorf("woken %d times, want once", woken)
			}
			more(l)
			want, _ := l.naive(a)
			got, stamp := l.pageOf(a, "page")
			if !slices.Equal(got.Rows, want) || stamp == before {
				t.Errorf("shows %v with the stamp %d, want %v with another one than %d", got.Rows, stamp, want, before)
			}
			if again, same := l.pageOf(a, "page"); again != got || same != stamp {
				t.Error("the page is made again without need")
			}
		})
	}
}
