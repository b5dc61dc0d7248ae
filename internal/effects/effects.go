// Package effects is what the auction house does in the outside world: it takes money
// over HTTP, and writes messages into a folder. Each effect may be tried several times;
// a payment and a message have a key, by which they happen once.
package effects

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"ironstar.dev"
	"ironstar.dev/gen/auction"
	"ironstar.dev/internal/payments"
)

// Outside does the effects of the auction house.
type Outside struct {
	Client   *http.Client
	Payments string // address of the payment provider
	Messages string // folder, which is made when it is needed
}

var _ auction.CashierEffects = Outside{}

const patience = 5 * time.Second // with the provider

// FromEnvironment reads AUCTION_PAYMENTS, the address of the payment provider, and
// AUCTION_MESSAGES, a folder. Without them, a stand-in in this process takes the money,
// and messages lie in the folder for temporary files.
func FromEnvironment() Outside {
	o := Outside{Client: &http.Client{Timeout: patience}, Payments: os.Getenv("AUCTION_PAYMENTS"), Messages: os.Getenv("AUCTION_MESSAGES")}
	if o.Payments == "" {
		o.Payments, o.Client.Transport = "http://payments.invalid", &payments.StandIn{}
	}
	if o.Messages == "" {
		o.Messages = filepath.Join(os.TempDir(), "auction-messages")
	}
	return o
}

// Charge asks the provider for the money. An answer that is neither yes nor no, or that
// names another charge, is an error: the question is asked again, with the same key. A
// provider or a proxy that answers a request twice gives the second answer to the next
// request on that connection.
func (o Outside) Charge(ctx context.Context, try ironstar.Try, c auction.CashierCharge) (auction.CashierChargeAnswer, error) {
	body, err := json.Marshal(payments.Charge{Customer: c.Winner, Amount: c.Amount.String()})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.Payments+"/charges", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", try.Key)
	resp, err := o.Client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var a payments.Answer
	if resp.StatusCode == http.StatusOK || resp.StatusCode == http.StatusPaymentRequired {
		if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<16)).Decode(&a); err != nil {
			return nil, fmt.Errorf("the answer of the payment provider: %w", err)
		}
		if a.Key != try.Key {
			return nil, fmt.Errorf("the payment provider answered the charge %q instead of %q", a.Key, try.Key)
		}
	}
	switch {
	case resp.StatusCode == http.StatusOK && a.Reference != "":
		return auction.CashierSendInvoicePay{To: c.Invoice, Command: auction.InvoicePay{Reference: a.Reference}}, nil
	case resp.StatusCode == http.StatusPaymentRequired:
		return auction.CashierSendInvoiceFail{To: c.Invoice, Command: auction.InvoiceFail{Reason: a.Reason}}, nil
	}
	return nil, fmt.Errorf("the payment provider answered %s", resp.Status)
}

// Notify writes a message. A second try writes the same file.
func (o Outside) Notify(_ context.Context, try ironstar.Try, n auction.CashierNotify) error {
	if err := os.MkdirAll(o.Messages, 0o700); err != nil {
		return err
	}
	name := filepath.Join(o.Messages, try.Key+".txt")
	text := fmt.Sprintf("To: %s\n\n%s\n", n.To, n.Text)
	return errors.Join(os.WriteFile(name+".part", []byte(text), 0o600), os.Rename(name+".part", name))
}
