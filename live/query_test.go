package live_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"ironstar.dev"
	"ironstar.dev/live"
	"ironstar.dev/wire"
)

// sale is a row of an answer.
type sale struct {
	Title string
	Price *ironstar.Decimal
	At    time.Time
	Bids  int64
}

var saleColumns = []ironstar.Column{
	{Name: "title"},
	{Name: "price", Type: ironstar.ColumnType{Kind: ironstar.DecimalColumn, Digits: 2, Optional: true}},
	{Name: "at", Type: ironstar.ColumnType{Kind: ironstar.TimeColumn}},
	{Name: "bids", Type: ironstar.ColumnType{Kind: ironstar.IntColumn}},
}

// sales answers with what a test sets.
type sales struct {
	answer ironstar.Answer[sale]
	err    error
}

func (s *sales) Ask(context.Context, boardParams, ironstar.Position) (ironstar.Answer[sale], error) {
	return s.answer, s.err
}

// parquetSales also exports.
type parquetSales struct{ sales }

func (s *parquetSales) Export(context.Context, boardParams) (ironstar.ExportedFile, error) {
	if s.err != nil {
		return nil, s.err
	}
	return exported{bytes.NewReader([]byte("PAR1 and so on"))}, nil
}

type exported struct{ *bytes.Reader }

func (exported) Close() error { return nil }
func (exported) Tag() string  { return "abc" }

func salesServer(t *testing.T, asker live.Asker[sale, boardParams]) *live.Server {
	s := bareServer(t, live.Options{})
	live.Query(s, live.QuerySet[sale, boardParams]{
		Path: "/test/sales", Name: "test.Sales", Parquet: true, Columns: saleColumns, Reader: asker, Parse: parseBoard, Inputs: boardInputs,
		Values: func(r sale) []any {
			var price any
			if r.Price != nil {
				price = *r.Price
			}
			return []any{r.Title, price, r.At, r.Bids}
		},
		Append: func(b []byte, r sale) []byte {
			b = wire.MemberString(wire.BeginObject(b), "title", r.Title)
			return wire.EndObject(wire.MemberInt(b, "bids", r.Bids))
		},
	})
	return s
}

func get(s http.Handler, address string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, address, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func twoSales() ironstar.Answer[sale] {
	price, at := ironstar.MustDecimal("12.50"), time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	return ironstar.Answer[sale]{
		Rows:     []sale{{"=HYPERLINK(\"x\")", &price, at, 3}, {"A \"chair\",\nold", nil, at, -1}},
		Position: 17, At: at.Add(time.Hour), Late: 2 * time.Second, Window: ironstar.Window{From: at, Until: at.Add(time.Hour)},
	}
}

func TestQueryAsJSON(t *testing.T) {
	s := salesServer(t, &sales{answer: twoSales()})
	w := get(s, "/test/sales.json")
	const want = `{"position":17,"at":"2026-05-01T13:00:00Z","from":"2026-05-01T12:00:00Z","until":"2026-05-01T13:00:00Z","late":"PT2S","more":false,"rows":[` +
		`{"title":"=HYPERLINK(\"x\")","bids":3},` + "\n" + `{"title":"A \"chair\",\nold","bids":-1}]}` + "\n"
	if w.Code != 200 || w.Body.String() != want || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("%d %v\n%s\nwant\n%s", w.Code, w.Header(), w.Body, want)
	}
	if !json.Valid(w.Body.Bytes()) {
		t.Error("that is not JSON")
	}
	tag := w.Header().Get("ETag")
	if again := get(s, "/test/sales.json", "If-None-Match", tag); tag == "" || again.Code != http.StatusNotModified || again.Body.Len() > 0 {
		t.Errorf("who has the answer gets it again: %d %s", again.Code, again.Body)
	}
}

// TestQueryAsCSV: a text of a stranger is no formula in a spreadsheet.
func TestQueryAsCSV(t *testing.T) {
	w := get(salesServer(t, &sales{answer: twoSales()}), "/test/sales.csv")
	rows, err := csv.NewReader(w.Body).ReadAll()
	got := fmt.Sprintf("%q", rows)
	const want = `[["title" "price" "at" "bids"] ["'=HYPERLINK(\"x\")" "12.50" "2026-05-01T12:00:00Z" "3"] ["A \"chair\",\nold" "" "2026-05-01T12:00:00Z" "-1"]]`
	if err != nil || got != want || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/csv") {
		t.Errorf("%v %v\n%s\nwant\n%s", err, w.Header(), got, want)
	}
}

// TestQueryIsCompressed: in every coding the text is the same.
func TestQueryIsCompressed(t *testing.T) {
	a := twoSales()
	for range 500 {
		a.Rows = append(a.Rows, a.Rows[0])
	}
	s := salesServer(t, &sales{answer: a})
	plain := get(s, "/test/sales.json").Body.String()
	for coding, open := range map[string]func(io.Reader) (io.Reader, error){
		"zstd": func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r) },
		"gzip": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
	} {
		w := get(s, "/test/sales.json", "Accept-Encoding", coding)
		size := w.Body.Len()
		r, err := open(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil || string(text) != plain || size*10 > len(plain) || w.Header().Get("Content-Encoding") != coding {
			t.Errorf("%s: %v, %d of %d bytes", coding, err, size, len(plain))
		}
	}
}

func TestQueryAsParquet(t *testing.T) {
	s := salesServer(t, &parquetSales{})
	w := get(s, "/test/sales.parquet", "Range", "bytes=0-3")
	if w.Code != http.StatusPartialContent || w.Body.String() != "PAR1" || w.Header().Get("ETag") != `"abc"` {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}

// TestQueryErrors: what is wrong has a code, and a fault of the server gives nothing away.
func TestQueryErrors(t *testing.T) {
	rows := twoSales()
	rows.Err = ironstar.ErrTooSlow
	for _, test := range []struct {
		name, address string
		asker         live.Asker[sale, boardParams]
		status        int
		says          string
	}{
		{"parameters", "/test/sales.csv?show=%ff", &sales{}, 400, `"code":"`},
		{"another value", "/test/sales.json?show=nothing", &sales{}, 400, `"field":"show"`},
		{"query string", "/test/sales.json?%zz", &sales{}, 400, "query string"},
		{"no engine", "/test/sales.json", &sales{err: ironstar.ErrNoEngine}, 501, `"no_engine"`},
		{"no engine in the answer", "/test/sales.csv", &sales{answer: ironstar.Answer[sale]{Err: ironstar.ErrNoEngine}}, 501, `"no_engine"`},
		{"no parquet", "/test/sales.parquet", &sales{}, 501, `"no_engine"`},
		{"parquet with wrong parameters", "/test/sales.parquet?show=nothing", &parquetSales{}, 400, `"field":"show"`},
		{"parquet fails", "/test/sales.parquet", &parquetSales{sales{err: ironstar.ErrBusy}}, 503, `"busy"`},
		{"too slow", "/test/sales.json", &sales{err: fmt.Errorf("ask: %w", ironstar.ErrTooSlow)}, 503, `"too_slow"`},
		{"busy", "/test/sales.json", &sales{err: ironstar.ErrBusy}, 503, `"busy"`},
		{"fault", "/test/sales.json", &sales{err: errors.New("secret path")}, 500, `"internal"`},
		{"old rows", "/test/sales.json", &sales{answer: rows}, 200, `"error":"The question takes too long`},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := get(salesServer(t, test.asker), test.address)
			if w.Code != test.status || !strings.Contains(w.Body.String(), test.says) || strings.Contains(w.Body.String(), "secret path") {
				t.Errorf("%d %s, want %d with %s", w.Code, w.Body, test.status, test.says)
			}
		})
	}
}
