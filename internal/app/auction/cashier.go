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

// Initial is a lot that is not sold.
func (Cashier) Initial(string) (s auction.CashierState) { return s }

// ReactLotSold asks for the money.
func (Cashier) ReactLotSold(s auction.CashierState, e auction.LotSold, r *ironstar.Record) (auction.CashierState, []auction.CashierAction) {
	s.Handle, s.Title = e.Handle, e.Title
	return s, []auction.CashierAction{
		tell(s, fmt.Sprintf("The lot %q is yours for %s.", e.Title, e.Price)),
		auction.CashierCharge{Lot: r.Stream.ID, Winner: e.Winner, Amount: e.Price},
	}
}

// ReactLotPaid says thank you.
func (Cashier) ReactLotPaid(s auction.CashierState, e auction.LotPaid, _ *ironstar.Record) (auction.CashierState, []auction.CashierAction) {
	return s, []auction.CashierAction{tell(s, fmt.Sprintf("Thank you: %q is paid (%s).", s.Title, e.Reference))}
}

// ReactLotPaymentFailed says what went wrong.
func (Cashier) ReactLotPaymentFailed(s auction.CashierState, e auction.LotPaymentFailed, _ *ironstar.Record) (auction.CashierState, []auction.CashierAction) {
	return s, []auction.CashierAction{tell(s, fmt.Sprintf("We could not take the money for %q: %s.", s.Title, e.Reason))}
}

func tell(s auction.CashierState, text string) auction.CashierAction {
	return auction.CashierNotify{To: s.Handle, Text: text}
}
