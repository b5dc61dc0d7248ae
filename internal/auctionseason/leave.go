package auctionseason

import (
	"context"
	"fmt"

	"ironstar.dev"
)

// timersAtOnce is how many timers are stored in one transaction.
const timersAtOnce = 500

// leave stores what the processes have done, as an engine does: they have reacted to
// everything, and the timers of lots that are open wait.
func (s *Season) leave(ctx context.Context, store ironstar.Store) error {
	for _, p := range s.world.processes {
		name, timers := p.stored()
		for begun := false; !begun || len(timers) > 0; begun = true {
			some := timers[:min(len(timers), timersAtOnce)]
			timers = timers[len(some):]
			before, _, err := store.Process(ctx, name)
			if err != nil {
				return err
			}
			step := ironstar.Step{Process: name, Expected: before.Steps, Position: s.world.ledger.next - 1, Set: some, Forget: !begun}
			if err := store.Step(ctx, step); err != nil {
				return fmt.Errorf("store what process %s has done: %w", name, err)
			}
		}
	}
	return nil
}
