package ironstar

import (
	"encoding/base64"
	"strings"
)

// List is a view with a row for each stream of an aggregate. Generated code builds
// it.
//
// Rows are immutable: they share no memory with states, which evolve may change in
// place. What is compared of a row are texts: two rows are sorted and found as
// these texts say. Package wire/listing makes them.
type List[S, R, Q any] struct {
	Name        string // "auction.Catalogue"
	Kind        string // of the streams
	Fingerprint string // that of the aggregate: its snapshots are used
	State       StateCodec[S]

	Initial func() S
	Evolve  func(S, *Record) (S, error) // owns the state, also when it fails

	Row    func(id string, s S) (_ R, ok bool) // ok is false for a state without a row
	Append func([]byte, R) []byte              // equal rows have equal bytes
	Values func(R) []string                    // what is compared, always as many
	Sorts  []int                               // the values that rows are sorted by; none: by stream
	Sets   []int                               // the values that rows are found by, if they are equal
	Texts  []int                               // the values that have words, for HasWords

	// Select says which rows a reader asks for. actor is the user, "" in a list that
	// is the same for everybody.
	Select func(q Q, actor string) Selection
}

// Selection says which rows of a list a page has. Its numbers are indexes of
// List.Values, except Sort.
type Selection struct {
	Sort   int // an index of List.Sorts
	Down   bool
	Size   int    // rows of a page
	After  string // a cursor: the page begins behind it
	Before string // a cursor: the page ends in front of it; ignored if After is set

	Equal  []EqualTo
	Ranges []Between
	Words  []HasWords
}

// EqualTo leaves rows with a value.
type EqualTo struct {
	Value int
	Text  string
}

// Between leaves rows with a value that is there and within bounds.
type Between struct {
	Value    int
	From, To string // "" is no bound
}

// HasWords leaves rows with a value that has all words, each between blanks. The
// last one may be the beginning of a word.
type HasWords struct {
	Value int
	Words []string
}

// MaxTotal is the number up to which the rows of a list are counted for a page.
const MaxTotal = 10_000

// Page is what a page of a list shows. Nobody may change it.
type Page[R any] struct {
	Rows []R

	Total    int  // the number of rows on all pages, at most MaxTotal
	MoreThan bool // there are more than Total

	Previous string // the cursor for Selection.Before of the page before; "" if there is none
	Next     string // the cursor for Selection.After of the next page; "" if there is none

	Withheld int // streams of the list that cannot be shown (G10)
}

// Cursor names a place between the rows of a list: that of a row with this value of
// what is sorted by, and this id.
func Cursor(value, id string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(value)) + "." + id
}

// ParseCursor reads a cursor. ok is false if it is none.
func ParseCursor(cursor string) (value, id string, ok bool) {
	text, id, ok := strings.Cut(cursor, ".")
	b, err := base64.RawURLEncoding.DecodeString(text)
	return string(b), id, ok && err == nil
}
