package historytest

import (
	"embed"
	"errors"
	"fmt"

	"ironstar.dev"
	"ironstar.dev/internal/historytest/gen/library"
)

// Book is one book of the library. Its state has a log, so that tests see which
// events it got, and in which order.
type Book struct{}

var _ library.Book = Book{}

// Source returns this folder's code.
func (Book) Source() embed.FS { return source }

// Initial is a book that was not bought yet.
func (Book) Initial() library.BookState { return library.BookState{} }

// DecideLend lends a book that is not lent.
func (Book) DecideLend(s library.BookState, c library.BookLend) ([]library.BookEvent, error) {
	switch {
	case s.Lent == nil:
		return []library.BookEvent{library.BookLent{To: c.To, Days: 21}}, nil
	case *s.Lent == c.To:
		return nil, nil
	}
	return nil, library.BookAlreadyLent{To: *s.Lent}
}

// DecideReturn takes a book back.
func (Book) DecideReturn(s library.BookState, _ library.BookReturn) ([]library.BookEvent, error) {
	if s.Lent == nil {
		return nil, nil
	}
	return []library.BookEvent{library.BookReturned{}}, nil
}

// EvolveBought sets title and price.
func (Book) EvolveBought(s library.BookState, e library.BookBought) library.BookState {
	s.Title, s.Shelf, s.Price = e.Title, e.Shelf, e.Price.String()
	return logged(s, "bought %s for %s", e.Title, e.Price)
}

// EvolveLent sets the reader.
func (Book) EvolveLent(s library.BookState, e library.BookLent) library.BookState {
	s.Lent = &e.To
	return logged(s, "lent to %s for %d days", e.To, e.Days)
}

// EvolveReturned removes the reader.
func (Book) EvolveReturned(s library.BookState, _ library.BookReturned) library.BookState {
	s.Lent = nil
	return logged(s, "returned")
}

// EvolveWorn logs the number of pages.
func (Book) EvolveWorn(s library.BookState, e library.BookWorn) library.BookState {
	return logged(s, "worn at %d", e.Pages)
}

func logged(s library.BookState, format string, args ...any) library.BookState {
	s.Log = append(s.Log, fmt.Sprintf(format, args...))
	return s
}

// UpcastBoughtToV3Price converts cents to francs.
func (Book) UpcastBoughtToV3Price(v library.BookBoughtV2) (ironstar.Decimal, error) {
	if v.Cents < 0 {
		return ironstar.Decimal{}, errors.New("nobody is paid for taking a book")
	}
	return ironstar.ParseDecimal(fmt.Sprintf("%d.%02d", v.Cents/100, v.Cents%100))
}

// UpcastTorn converts a book that lost pages to one Worn for each page.
func (Book) UpcastTorn(v library.BookTornV1) ([]library.BookEvent, error) {
	var events []library.BookEvent
	for page := int64(1); page <= min(v.Pages, 9); page++ {
		events = append(events, library.BookWorn{Pages: page})
	}
	return events, nil
}

// Loans counts all loans.
type Loans struct{}

var _ library.Loans = Loans{}

// Source returns this folder's code.
func (Loans) Source() embed.FS { return source }

// Initial is zero.
func (Loans) Initial(string) library.LoansState { return library.LoansState{} }

// EvolveBookLent counts a loan.
func (Loans) EvolveBookLent(s library.LoansState, _ library.BookLent, _ *ironstar.Record) library.LoansState {
	s.Lent++
	return s
}

// EvolveBookReturned counts a return.
func (Loans) EvolveBookReturned(s library.LoansState, _ library.BookReturned, _ *ironstar.Record) library.LoansState {
	s.Returned++
	return s
}

// Reader counts the loans of one reader.
type Reader struct{}

var _ library.Reader = Reader{}

// Source returns this folder's code.
func (Reader) Source() embed.FS { return source }

// Initial is zero.
func (Reader) Initial(string) library.ReaderState { return library.ReaderState{} }

// EvolveBookLent counts a loan.
func (Reader) EvolveBookLent(s library.ReaderState, _ library.BookLent, _ *ironstar.Record) library.ReaderState {
	s.Books++
	return s
}
