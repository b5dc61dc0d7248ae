package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"ironstar.dev"
)

// restoreAtOnce is how many claims are restored in one transaction.
const restoreAtOnce = 500

// claims are the rules of uniqueness of all aggregates (G22). The store follows them
// from the first append on. Until then another server may own the store.
type claims struct {
	rules []ClaimRuleInfo // written before Start only

	followed atomic.Bool // the store follows the rules; set under mu

	mu       sync.Mutex
	failed   error     // of the last try, if another one soon would fail, too
	failedAt time.Time // when that was
}

// claimsPause is how long a failure to follow the rules is answered to commands before
// it is tried again.
const claimsPause = time.Second

// ClaimRuleInfo is a rule of an aggregate that was added with [Run], without its types.
type ClaimRuleInfo struct {
	ironstar.ClaimRule

	// Of returns what a stored event claims, as [ironstar.Claimed] has it, and false if
	// the event is not concerned.
	Of func(*ironstar.Record) (value string, claims bool, err error)
}

// ClaimRules lists the rules of all aggregates.
func (e *Engine) ClaimRules() []ClaimRuleInfo { return slices.Clone(e.claims.rules) }

// addClaims adds the rules of an aggregate.
func addClaims[S, C, E any](all *claims, a *ironstar.Aggregate[S, C, E]) {
	for _, u := range a.Unique {
		all.rules = append(all.rules, ClaimRuleInfo{
			ClaimRule: ironstar.ClaimRule{Kind: a.Kind, Name: u.Rule, Declaration: u.Declaration},
			Of: func(r *ironstar.Record) (value string, claims bool, err error) {
				err = guarded(func() error {
					events, err := ironstar.Decoded(r, a.Codec.Decode)
					if err == nil {
						value, claims = claimOf(&u, events, r.Final)
					}
					return err
				})
				return value, claims, err
			},
		})
	}
}

// claimOf returns what one stored event claims by a rule: it is read as some events,
// and the last one that claims counts. A final event gives up everything.
func claimOf[E any](u *ironstar.Unique[E], events []E, final bool) (value string, claims bool) {
	for _, e := range events {
		if v, ok := u.Claim(e); ok {
			value, claims = v, true
		}
	}
	if final {
		return "", true
	}
	return value, claims
}

// claimsOf returns the claims of an event that decide returned.
func claimsOf[E any](unique []ironstar.Unique[E], events []E, final bool) (all []ironstar.Claim) {
	for i := range unique {
		if value, claims := claimOf(&unique[i], events, final); claims {
			all = append(all, ironstar.Claim{Rule: unique[i].Rule, Value: value})
		}
	}
	return all
}

// refusalOf converts the error of an append to what the aggregate answers.
func refusalOf[E any](unique []ironstar.Unique[E], err error) error {
	var taken *ironstar.TakenError
	if errors.As(err, &taken) {
		for _, u := range unique {
			if u.Rule == taken.Claim.Rule && u.Taken != nil {
				return u.Taken(taken.Claim.Value)
			}
		}
	}
	return err
}

// followClaims lets the store follow the rules of this build. It does that once, before
// the first append. It ends early if ctx does.
func (e *Engine) followClaims(ctx context.Context) error {
	if e.claims.followed.Load() {
		return nil
	}
	e.claims.mu.Lock()
	defer e.claims.mu.Unlock()
	switch {
	case e.claims.followed.Load():
		return nil
	case e.claims.failed != nil && time.Since(e.claims.failedAt) < claimsPause:
		return e.claims.failed
	}
	rules := make([]ironstar.ClaimRule, len(e.claims.rules))
	for i, r := range e.claims.rules {
		rules[i] = r.ClaimRule
	}
	upTo, err := e.store.DeclareClaims(ctx, rules...)
	if err == nil {
		err = e.restoreClaims(ctx, upTo)
	}
	if err != nil {
		err = fmt.Errorf("prepare values that must be unique: %w", err)
		if !errors.Is(err, ironstar.ErrRetryable) {
			e.claims.failed, e.claims.failedAt = err, time.Now()
		}
		return err
	}
	e.claims.followed.Store(true)
	return nil
}

// restoreClaims adds the claims of events that are stored already. upTo says for each
// rule from where on they are missing.
func (e *Engine) restoreClaims(ctx context.Context, upTo []ironstar.Position) error {
	if len(e.claims.rules) == 0 {
		return nil
	}
	head, err := e.store.Head(ctx)
	if err != nil {
		return err
	}
	from := head
	missing := map[string][]*restoring{} // by kind
	var all []*restoring
	for i, r := range e.claims.rules {
		if upTo[i] < head {
			one := &restoring{rule: r, after: upTo[i]}
			from = min(from, upTo[i])
			missing[r.Kind] = append(missing[r.Kind], one)
			all = append(all, one)
		}
	}
	if len(all) == 0 {
		return nil
	}
	report := e.reporter(RestoreClaims, head)
	read := 0
	for r, err := range e.store.Log(ctx, from) {
		if err != nil {
			return err
		}
		if read++; read%foldRows == 0 {
			report(from, min(r.Position, head-1))
		}
		for _, one := range missing[r.Stream.Kind] {
			if err := one.add(ctx, e.store, r); err != nil {
				return err
			}
		}
	}
	for _, one := range all {
		if one.after >= head {
			continue // its last transaction ended with the last event
		}
		if err := one.save(ctx, e.store, head); err != nil {
			return err
		}
	}
	report(from, head)
	return nil
}

// restoring is a rule whose claims are being restored.
type restoring struct {
	rule  ClaimRuleInfo
	after ironstar.Position // the claims up to here are in the store
	some  []ironstar.Claimed
}

func (o *restoring) add(ctx context.Context, store ironstar.Store, r *ironstar.Record) error {
	if r.Position <= o.after {
		return nil
	}
	value, claims, err := o.rule.Of(r)
	if err != nil {
		return fmt.Errorf("claim %s of %s: %w", o.rule.Name, r.Stream, err)
	}
	if claims {
		o.some = append(o.some, ironstar.Claimed{StreamID: r.Stream.ID, Position: r.Position, Value: value})
	}
	if len(o.some) < restoreAtOnce {
		return nil
	}
	return o.save(ctx, store, r.Position)
}

func (o *restoring) save(ctx context.Context, store ironstar.Store, upTo ironstar.Position) error {
	err := store.RestoreClaims(ctx, o.rule.ClaimRule, upTo, o.some...)
	o.after, o.some = upTo, o.some[:0]
	return err
}
