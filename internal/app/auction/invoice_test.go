package auction_test

import (
	"testing"

	gen "ironstar.dev/gen/auction"
	"ironstar.dev/internal/app/auction"
	"ironstar.dev/ironstartest"
)

var purchase = gen.Purchase{Winner: bob, Handle: "bob", Title: "A chair", Price: money("30.00")}

func TestInvoice(t *testing.T) {
	none := ironstartest.For(t, gen.NewInvoice(auction.Invoice{}))
	none.When(gen.InvoicePay{Reference: "7"}).Refused(gen.InvoiceNotDue{})
	due := none.When(gen.InvoiceIssue{Purchase: purchase}).Then(gen.InvoiceIssued{Purchase: purchase})
	failed := due.When(gen.InvoiceFail{Reason: "no money"}).Then(gen.InvoiceFailed{Reason: "no money"})
	failed.When(gen.InvoiceFail{Reason: "no money"}).Refused(gen.InvoiceNotDue{})
	failed.When(gen.InvoicePay{Reference: "7"}).Then(gen.InvoicePaid{Reference: "7"}).When(gen.InvoicePay{Reference: "8"}).Refused(gen.InvoiceNotDue{})
}
