package auction

import (
	"embed"

	"ironstar.dev/gen/auction"
)

// Invoice decides about what the winner of a lot pays. Each command leads to its event:
// the schema says when it is taken.
type Invoice struct{}

var _ auction.Invoice = Invoice{}

// Source returns this folder's code.
func (Invoice) Source() embed.FS { return source }

// Initial is a lot for which nobody owes money.
func (Invoice) Initial() auction.InvoiceState { return auction.InvoiceStateNone{} }

// DecideIssue says who owes what.
func (Invoice) DecideIssue(_ auction.InvoiceStateNone, c auction.InvoiceIssue) ([]auction.InvoiceEvent, error) {
	return []auction.InvoiceEvent{auction.InvoiceIssued(c)}, nil
}

// DecidePay says that the money has come.
func (Invoice) DecidePay(_ auction.InvoiceState, c auction.InvoicePay) ([]auction.InvoiceEvent, error) {
	return []auction.InvoiceEvent{auction.InvoicePaid(c)}, nil
}

// DecideFail says that there is no money.
func (Invoice) DecideFail(_ auction.InvoiceStateDue, c auction.InvoiceFail) ([]auction.InvoiceEvent, error) {
	return []auction.InvoiceEvent{auction.InvoiceFailed(c)}, nil
}
