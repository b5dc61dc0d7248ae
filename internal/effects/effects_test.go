package effects_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
	"ironstar.dev/internal/effects"
	"ironstar.dev/internal/payments"
)

// TestChargeOnce: a provider that is down, and one whose answer is lost, are asked
// again with the same key, and take the money once.
func TestChargeOnce(t *testing.T) {
	faults := []payments.Fault{payments.Down, payments.Lost, payments.None, payments.None}
	provider := &payments.StandIn{Fault: func(request int) payments.Fault { return faults[request-1] }}
	server := httptest.NewServer(provider)
	t.Cleanup(server.Close)
	o := effects.Outside{Client: &http.Client{Timeout: 100 * time.Millisecond}, Payments: server.URL}
	c := auction.CashierCharge{Invoice: "lot-1", Winner: "bob", Amount: ironstar.MustDecimal("30.00")}
	for i, fault := range faults {
		answer, err := o.Charge(t.Context(), ironstar.Try{Key: "key", Number: i + 1}, c)
		want := auction.CashierSendInvoicePay{To: "lot-1", Command: auction.InvoicePay{Reference: "R-0001"}}
		if none := fault == payments.None; none != (err == nil) || none && answer != want {
			t.Errorf("try %d: %v, %v", i+1, answer, err)
		}
	}
	if requests, taken := provider.Taken(); requests != 4 || taken != 1 {
		t.Errorf("%d requests took money %d times", requests, taken)
	}
}

// TestAnswerOfAnotherCharge: a provider that answered a charge twice gives the second
// answer to the next one on the same connection. That one is not taken for paid.
func TestAnswerOfAnotherCharge(t *testing.T) {
	provider := &payments.StandIn{Fault: func(int) payments.Fault { return payments.None }}
	last := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get("Idempotency-Key")
		if last != "" {
			r.Header.Set("Idempotency-Key", last) // the charge before is answered
		}
		last = key
		provider.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	o := effects.Outside{Client: server.Client(), Payments: server.URL}
	charge := func(key, lot string) (auction.CashierChargeAnswer, error) {
		return o.Charge(t.Context(), ironstar.Try{Key: key}, auction.CashierCharge{Invoice: lot, Winner: "bob", Amount: ironstar.MustDecimal("30.00")})
	}
	if answer, err := charge("one", "lot-1"); err != nil {
		t.Fatalf("%v, %v", answer, err)
	}
	if answer, err := charge("two", "lot-2"); err == nil {
		t.Errorf("the answer to another charge is taken for %v", answer)
	}
	answer, err := charge("two", "lot-2")
	if want := (auction.CashierSendInvoicePay{To: "lot-2", Command: auction.InvoicePay{Reference: "R-0002"}}); err != nil || answer != want {
		t.Errorf("%v, %v, want %v", answer, err, want)
	}
	if _, taken := provider.Taken(); taken != 2 {
		t.Errorf("money was taken %d times", taken)
	}
}

func TestNoMoney(t *testing.T) {
	o := effects.Outside{Client: &http.Client{Transport: &payments.StandIn{}}, Payments: "http://payments.invalid"}
	answer, err := o.Charge(t.Context(), ironstar.Try{Key: "key"}, auction.CashierCharge{Invoice: "lot-1", Winner: "bob", Amount: ironstar.MustDecimal("1000.00")})
	want := auction.CashierSendInvoiceFail{To: "lot-1", Command: auction.InvoiceFail{Reason: "the card has a limit of 1000"}}
	if err != nil || answer != want {
		t.Errorf("%v, %v", answer, err)
	}
}

func TestNotifyTwice(t *testing.T) {
	o := effects.Outside{Messages: filepath.Join(t.TempDir(), "messages")}
	for range 2 {
		if err := o.Notify(t.Context(), ironstar.Try{Key: "key"}, auction.CashierNotify{To: "bob", Text: "It is yours."}); err != nil {
			t.Fatal(err)
		}
	}
	files, _ := filepath.Glob(o.Messages + "/*")
	text, err := os.ReadFile(filepath.Join(o.Messages, "key.txt"))
	if len(files) != 1 || string(text) != "To: bob\n\nIt is yours.\n" {
		t.Errorf("%v: %q, %v", files, text, err)
	}
}
