package modelling

import (
	"context"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/internal/modelling/gen/till"
	"ironstar.dev/internal/modelling/gen/till/tillhttp"
)

// NextDay closes one day and opens the next with the same cash. It may be called
// again after it ended between the two.
func NextDay(ctx context.Context, e *engine.Engine, p tillhttp.Parts, day ironstar.Date) error {
	receipt, err := p.Till.Do(ctx, day.String(), till.TillClose{})
	if err != nil {
		return err
	}
	if err := e.Wait(ctx, receipt.Last); err != nil {
		return err
	}
	var cents int64
	err = p.Drawer.Read(day.String(), func(s till.TillState, _, _ ironstar.Position) error {
		cents = s.Cents
		return nil
	})
	if err != nil {
		return err
	}
	_, err = p.Till.Do(ctx, day.AddDays(1).String(), till.TillOpen{Cents: cents})
	return err
}
