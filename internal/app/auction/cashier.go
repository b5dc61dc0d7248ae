package auction

import (
	"embed"
	"fmt"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
)

// Cashier takes the money for a lot from its winner, and writes to them.
type Cashier struct{}

var _ auction.Cashier = Cashier{}

// Source returns this folder's code.
func (Cashier) Source() embed.FS { return source }

// Initial is a lot without an invoice.
func (Cashier) Initial(string) (s auction.CashierState) { return s }

// ReactInvoiceIssued asks for the money.
func (Cashier) ReactInvoiceIssued(s auction.CashierState, e auction.InvoiceIssued, r *ironstar.Record) (auction.CashierState, []auction.CashierAction) {
	p := e.Purchase
	s.Handle, s.Title = p.Handle, p.Title
	return s, []auction.CashierAction{
		tell(s, fmt.Sprintf("The lot %q is yours for %s.", p.Title, p.Price)),
		auction.CashierCharge{Invoice: r.Stream.ID, Winner: p.Winner, Amount: p.Price},
	}
}

// ReactInvoicePaid says thank you.
func (Cashier) ReactInvoicePaid(s auction.CashierState, e auction.InvoicePaid, _ *ironstar.Record) (auction.CashierState, []auction.CashierAction) {
	return s, []auction.CashierAction{tell(s, fmt.Sprintf("Thank you: %q is paid (%s).", s.Title, e.Reference))}
}

// ReactInvoiceFailed says what went wrong.
func (Cashier) ReactInvoiceFailed(s auction.CashierState, e auction.InvoiceFailed, _ *ironstar.Record) (auction.CashierState, []auction.CashierAction) {
	return s, []auction.CashierAction{tell(s, fmt.Sprintf("We could not take the money for %q: %s.", s.Title, e.Reason))}
}

func tell(s auction.CashierState, text string) auction.CashierAction {
	return auction.CashierNotify{To: s.Handle, Text: text}
}
