package modelling_test

import (
	"errors"
	"testing"

	"ironstar.dev"
	"ironstar.dev/internal/modelling"
	"ironstar.dev/internal/modelling/gen/till"
	"ironstar.dev/ironstartest"
)

func TestTill(t *testing.T) {
	day := ironstartest.For(t, till.NewTill(modelling.Till{}))
	day.When(till.TillSell{Receipt: ada, Cents: 5}).Refused(till.TillNotOpen{})
	day.When(till.TillClose{}).Refused(till.TillNotOpen{})
	open := day.When(till.TillOpen{Cents: 100}).Then(till.TillOpened{Cents: 100})
	sold := open.When(till.TillSell{Receipt: ada, Cents: 5}).Then(till.TillSold{Receipt: ada, Cents: 5})
	sold.When(till.TillOpen{Cents: 100}).Nothing()
	sold.When(till.TillOpen{Cents: 7}).Refused(till.TillOpenedWith{Cents: 100})
	closed := sold.When(till.TillClose{}).Then(till.TillClosed{Cents: 105})
	closed.When(till.TillSell{Receipt: grace, Cents: 5}).Refused(till.TillNotOpen{})
}

// TestNextDay: what a day ends with is what the next begins with, also if it is done twice.
func TestNextDay(t *testing.T) {
	e, _, parts := running(t)
	day := ironstar.DateOf(noon)
	_, err := parts.Till.Do(t.Context(), day.String(), till.TillOpen{Cents: 100})
	must(t, err)
	_, err = parts.Till.Do(t.Context(), day.String(), till.TillSell{Receipt: ada, Cents: 5})
	must(t, err)
	for range 2 {
		must(t, modelling.NextDay(t.Context(), e, parts, day))
	}
	receipt, err := parts.Till.Do(t.Context(), "2026-02-01", till.TillOpen{Cents: 105})
	if must(t, err); receipt.First != 0 || receipt.Version != 1 {
		t.Errorf("the next day has %+v", receipt)
	}
	if _, err := parts.Till.Do(t.Context(), day.String(), till.TillSell{Receipt: grace, Cents: 5}); !errors.As(err, new(till.TillNotOpen)) {
		t.Errorf("a sale on a closed day: %v", err)
	}
	must(t, e.Wait(t.Context(), receipt.Last))
	must(t, parts.Drawer.Read("2026-02-01", func(s till.TillState, _, _ ironstar.Position) error {
		if s.Cents != 105 {
			t.Errorf("the next day begins with %d", s.Cents)
		}
		return nil
	}))
}
