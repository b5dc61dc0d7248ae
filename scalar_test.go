package ironstar_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"ironstar.dev"
)

func TestUUID(t *testing.T) {
	for range 100 {
		u := ironstar.NewUUID()
		back, err := ironstar.ParseUUID(u.String())
		if err != nil || back != u {
			t.Fatalf("%s reads as %s, %v", u, back, err)
		}
		if u[6]>>4 != 4 || u[8]>>6 != 2 {
			t.Errorf("%s is not a version 4 UUID", u)
		}
	}
	good := "01234567-89ab-cdef-0123-456789abcdef"
	if u, err := ironstar.ParseUUID([]byte(good)); err != nil || u.String() != good {
		t.Errorf("%s reads as %s, %v", good, u, err)
	}
	for _, bad := range []string{
		"", "x", strings.ToUpper(good), good[:35], good + "0", "{" + good[:34] + "}", strings.ReplaceAll(good, "-", "0"),
		"0123456-789ab-cdef-0123-456789abcdef", good[:35] + "g", "urn:uuid:" + good, strings.Repeat("-", 36), good[:35] + "\x00",
	} {
		if u, err := ironstar.ParseUUID(bad); err == nil {
			t.Errorf("%q is read as %s", bad, u)
		} else if u != (ironstar.UUID{}) {
			t.Errorf("%q is refused and still gives %s", bad, u)
		}
	}
}

// TestUUIDCharacters replaces each byte of a UUID by every other byte.
func TestUUIDCharacters(t *testing.T) {
	lower := regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	good := "01234567-89ab-cdef-0123-456789abcdef"
	for at := range len(good) {
		for c := range 256 {
			b := []byte(good)
			b[at] = byte(c)
			u, err := ironstar.ParseUUID(string(b))
			if lower.Match(b) != (err == nil) {
				t.Fatalf("%q: %v", b, err)
			}
			want, _ := hex.DecodeString(strings.ReplaceAll(string(b), "-", ""))
			if err == nil && (!bytes.Equal(u[:], want) || u.String() != string(b)) {
				t.Fatalf("%q is read as %x, which is %s", b, u[:], u)
			}
		}
	}
}

func TestDate(t *testing.T) {
	d, err := ironstar.ParseDate("2024-02-29")
	if err != nil || d.String() != "2024-02-29" {
		t.Fatalf("2024-02-29 reads as %s, %v", d, err)
	}
	if got := d.AddDays(1).String(); got != "2024-03-01" {
		t.Errorf("the day after is %s", got)
	}
	if d.Compare(d.AddDays(1)) != -1 || d.Compare(d) != 0 || d.AddDays(1).Compare(d) != 1 {
		t.Error("days are not compared in order")
	}
	if got := ironstar.DateOf(d.In(time.UTC)); got != d {
		t.Errorf("there and back is %s", got)
	}
	for _, bad := range []string{"", "2023-02-29", "2024-2-9", "2024-13-01", "24-01-01", "2024-01-01T00:00:00Z", "2024-01-01 ", "-001-01-01"} {
		if d, err := ironstar.ParseDate(bad); err == nil {
			t.Errorf("%q is read as %s", bad, d)
		}
	}
	defer func() {
		if said, _ := recover().(string); !strings.Contains(said, `"1,5" is not a decimal`) {
			t.Errorf("MustDecimal panics with %q", said)
		}
	}()
	ironstar.MustDecimal("1,5")
}

func TestDecimal(t *testing.T) {
	dec := ironstar.MustDecimal
	for _, c := range []struct{ got, want string }{
		{dec("12.50").String(), "12.50"},
		{ironstar.Decimal{}.String(), "0"},
		{dec("0.1").Add(dec("0.2")).String(), "0.3"},
		{dec("12.50").Add(dec("-0.5")).String(), "12.00"},
		{dec("1").Sub(dec("0.001")).String(), "0.999"},
		{dec("1.10").Mul(dec("3")).String(), "3.30"},
		{dec("-0.5").Mul(dec("0.5")).String(), "-0.25"},
		{dec("99999999999999999999.9").Add(dec("0.1")).String(), "100000000000000000000.0"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
	if dec("12.5").Cmp(dec("12.50")) != 0 || dec("-1").Cmp(dec("0")) != -1 || dec("10").Cmp(dec("9")) != 1 {
		t.Error("decimals are not compared as numbers")
	}
	for _, s := range [][3]string{{"5", "2", "5.00"}, {"5.500", "2", "5.50"}, {"5.555", "2", "5.555"}, {"5.00", "0", "5"}, {"0", "1", "0.0"}, {"0.00", "0", "0"}, {"-1.5", "3", "-1.500"}} {
		n := int(s[1][0] - '0')
		if got := dec(s[0]).WithScale(n); got != dec(s[2]) {
			t.Errorf("%s with %d digits after the point is %s, want %s", s[0], n, got, s[2])
		}
	}
	for _, bad := range []string{"", ".5", "5.", "01", "+1", "1e3", "0x1", "NaN", "1,5", " 1", "1\n", "--1", "1/3"} {
		if d, err := ironstar.ParseDecimal(bad); err == nil {
			t.Errorf("%q is read as %s", bad, d)
		}
	}
}

func TestScalarsAsText(t *testing.T) {
	type all struct {
		ID  ironstar.UUID
		Day ironstar.Date
		Sum ironstar.Decimal
	}
	in := `{"ID":"01234567-89ab-cdef-0123-456789abcdef","Day":"2024-02-29","Sum":"12.50"}`
	var v all
	if err := json.Unmarshal([]byte(in), &v); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(v)
	if err != nil || string(out) != in {
		t.Errorf("%s becomes %s, %v", in, out, err)
	}
	for _, bad := range []string{`{"ID":"x"}`, `{"Day":"x"}`, `{"Sum":"x"}`} {
		if err := json.Unmarshal([]byte(bad), &v); err == nil {
			t.Errorf("%s is accepted", bad)
		}
	}
}

func TestStreamCheck(t *testing.T) {
	for _, good := range []ironstar.Stream{{Kind: "todo.List", ID: "1"}, {Kind: "a", ID: "日本"}, {Kind: "a", ID: strings.Repeat("x", ironstar.MaxStreamID)}} {
		if err := good.Check(); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []ironstar.Stream{
		{}, {Kind: "a"}, {ID: "a"}, {Kind: "a", ID: " "}, {Kind: "a", ID: "a b"}, {Kind: "a", ID: "a\x00"}, {Kind: "a", ID: "a\n"},
		{Kind: "a", ID: "\xff"}, {Kind: "a", ID: strings.Repeat("x", ironstar.MaxStreamID+1)}, {Kind: "a\t", ID: "1"}, {Kind: "a", ID: "a\u0085"},
	} {
		if err := bad.Check(); !errors.Is(err, ironstar.ErrStream) {
			t.Errorf("%q: got %v, want ErrStream", bad, err)
		}
	}
}

func TestStreamCheckNew(t *testing.T) {
	for _, good := range []string{"1", "日本", "हिन्दी", "كِتَاب", "עִבְרִית", "Tiếng-Việt", "q\u0308", "a.b_c~d:e@f+g", "٣"} {
		if err := (ironstar.Stream{Kind: "a", ID: good}).CheckNew(); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", "a b", "a/b", ".", "..", ".a", "\u0301a", "a'b", "\ufffd", "a\u202eb", "a\u200db", "🙂", "%41", "a#b"} {
		if err := (ironstar.Stream{Kind: "a", ID: bad}).CheckNew(); !errors.Is(err, ironstar.ErrStream) {
			t.Errorf("%q: got %v, want ErrStream", bad, err)
		}
	}
}

func TestMetadata(t *testing.T) {
	r := ironstar.Record{Meta: []byte(`{"command":"c","actor":"a"}`)}
	if m, err := r.Metadata(); err != nil || m.CommandID != "c" || m.Actor != "a" {
		t.Errorf("metadata is %+v, %v", m, err)
	}
	if m, err := new(ironstar.Record).Metadata(); err != nil || m != (ironstar.Metadata{}) {
		t.Errorf("no metadata is %+v, %v", m, err)
	}
	broken := ironstar.Record{Meta: []byte(`{`), Position: 7, Stream: ironstar.Stream{Kind: "todo.List", ID: "1"}}
	if _, err := broken.Metadata(); err == nil || !strings.Contains(err.Error(), "todo.List/1 at 7") {
		t.Errorf("broken metadata: %v, want an error that names the record", err)
	}
}

// TestG7_DecodedOnce: a record calls its decode function once.
func TestG7_DecodedOnce(t *testing.T) {
	calls := 0
	decode := func(*ironstar.Record) ([]string, error) { calls++; return []string{"event"}, nil }
	r := &ironstar.Record{}
	for range 3 {
		if events, err := ironstar.Decoded(r, decode); err != nil || len(events) != 1 || events[0] != "event" {
			t.Errorf("decoded to %v, %v", events, err)
		}
	}
	if calls != 1 {
		t.Errorf("decoded %d times", calls)
	}
	broken := &ironstar.Record{}
	for range 2 {
		if _, err := ironstar.Decoded(broken, func(*ironstar.Record) ([]string, error) { return nil, errors.New("no") }); err == nil {
			t.Error("an error is forgotten")
		}
	}
}
