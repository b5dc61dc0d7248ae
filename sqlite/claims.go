package sqlite

import (
	"context"
	"fmt"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// The table claims follows from the events by rules that are not in the file. So the
// table claim_rules says up to which event the claims of each rule are there:
//
//	upto NULL       up to the head, because the server that owns the file follows the rule
//	upto a number   up to that event: a rule that is new, or that the last server to append did not follow
//
// Only a start changes it, and so an append writes nothing for rules that it does not
// concern.

// followed stands for NULL: the claims of a rule are there up to the head.
const followed ironstar.Position = -1

// ruleKey names a rule.
type ruleKey struct{ kind, rule string }

// storedRule is a row of claim_rules.
type storedRule struct {
	declaration string
	upTo        ironstar.Position // or followed
}

// claimStatements are the statements of appends.
type claimStatements struct{ holder, own, take, give *zs.Stmt }

// readRules reads claim_rules.
func readRules(c *zs.Conn) (map[ruleKey]storedRule, error) {
	rules := map[ruleKey]storedRule{}
	st, _, err := c.PrepareTransient(sqlClaimRules)
	if err != nil {
		return nil, err
	}
	defer st.Finalize()
	for {
		row, err := st.Step()
		if err != nil || !row {
			return rules, err
		}
		rules[ruleKey{st.ColumnText(0), st.ColumnText(1)}] = storedRule{st.ColumnText(2), ironstar.Position(st.ColumnInt64(3))}
	}
}

// claimsLayout is the layout of files that brought claims.
const claimsLayout = 4

// hasClaims reports whether a file has the tables. One that is only read may have an
// older layout.
func hasClaims(c *zs.Conn) (bool, error) {
	layout := 0
	err := scanText(c, "PRAGMA user_version", &layout)
	return layout >= claimsLayout, err
}

// DeclareClaims implements [ironstar.Claims].
func (s *Store) DeclareClaims(ctx context.Context, rules ...ironstar.ClaimRule) ([]ironstar.Position, error) {
	for _, r := range rules {
		if err := checkRule(r); err != nil {
			return nil, fmt.Errorf("declare claims: %w", err)
		}
	}
	if len(rules) == 0 {
		if follows, err := s.followsRules(ctx); err != nil || !follows {
			return nil, err
		}
	}
	var upTo []ironstar.Position
	err := s.changeClaims(ctx, func(c *writeConn) (err error) {
		upTo, err = c.declare(rules)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("declare claims: %w", err)
	}
	return upTo, nil
}

// followsRules reports whether a server before this one followed rules.
func (s *Store) followsRules(ctx context.Context) (follows bool, err error) {
	if err := s.enter(); err != nil {
		return false, err
	}
	defer s.entered.Done()
	err = s.reads.chunk(ctx, func(c *readConn) error {
		return eachRow(c, sqlClaimRules, nil, func(st *zs.Stmt) error {
			follows = follows || ironstar.Position(st.ColumnInt64(3)) == followed
			return nil
		})
	})
	return follows, err
}

// RestoreClaims implements [ironstar.Claims].
func (s *Store) RestoreClaims(ctx context.Context, rule ironstar.ClaimRule, upTo ironstar.Position, claims ...ironstar.Claimed) error {
	err := s.changeClaims(ctx, func(c *writeConn) error { return c.restore(rule, upTo, claims) })
	if err != nil {
		return fmt.Errorf("restore claims %s of %s: %w", rule.Name, rule.Kind, err)
	}
	return nil
}

// changeClaims changes the tables in a transaction. The connection knows the rules
// that are stored afterwards.
func (s *Store) changeClaims(ctx context.Context, change func(*writeConn) error) error {
	return s.workOn(ctx, &work{opens: true, do: func(c *writeConn) error {
		head, err := readHead(c.headOf)
		if err != nil {
			return err
		}
		c.head, c.headBefore = head, head
		before := c.rules
		if err = change(c); err == nil {
			c.rules, err = readRules(c.Conn)
		}
		if err != nil {
			c.rules = before
		}
		return err
	}})
}

func checkRule(r ironstar.ClaimRule) error {
	p := ironstar.Append{Stream: ironstar.Stream{Kind: r.Kind, ID: "x"}, Events: []ironstar.Proposed{{
		Type: "x", SchemaVersion: 1, Shape: r.Declaration, Claims: []ironstar.Claim{{Rule: r.Name}},
	}}}
	return p.Check()
}

// declare compares rules with those that are stored.
func (c *writeConn) declare(rules []ironstar.ClaimRule) ([]ironstar.Position, error) {
	upTo := make([]ironstar.Position, len(rules))
	left := map[ruleKey]storedRule{}
	for key, r := range c.rules {
		left[key] = r
	}
	for i, r := range rules {
		key := ruleKey{r.Kind, r.Name}
		delete(left, key)
		stored, there := c.rules[key]
		switch {
		case there && stored.declaration == r.Declaration && stored.upTo == followed:
			upTo[i] = c.head
			continue
		case there && stored.declaration == r.Declaration && stored.upTo == c.head:
			upTo[i] = c.head
			if err := c.saveRule(key, storedRule{r.Declaration, followed}); err != nil {
				return nil, err
			}
			continue
		case there && stored.declaration == r.Declaration:
			upTo[i] = stored.upTo
			continue
		}
		if err := c.forgetClaims(key); err != nil {
			return nil, err
		}
		begin := storedRule{r.Declaration, 0}
		if c.head == 0 {
			begin.upTo = followed
		}
		if err := c.saveRule(key, begin); err != nil {
			return nil, err
		}
	}
	for key, r := range left {
		if r.upTo == followed {
			if err := c.saveRule(key, storedRule{r.declaration, c.head}); err != nil {
				return nil, err
			}
		}
	}
	return upTo, nil
}

// restore adds claims of stored events.
func (c *writeConn) restore(rule ironstar.ClaimRule, upTo ironstar.Position, claims []ironstar.Claimed) error {
	key := ruleKey{rule.Kind, rule.Name}
	stored, there := c.rules[key]
	switch {
	case !there || stored.declaration != rule.Declaration:
		return fmt.Errorf("the rule is not declared")
	case stored.upTo == followed || upTo < stored.upTo || upTo > c.head:
		return fmt.Errorf("the claims are there up to %d of %d, and these go up to %d", stored.upTo, c.head, upTo)
	}
	at := stored.upTo
	for _, claim := range claims {
		if claim.Position < at || claim.Position > upTo || claim.Position <= stored.upTo {
			return fmt.Errorf("the claim of %s at %d is not in order", claim.StreamID, claim.Position)
		}
		at = claim.Position
		stream := ironstar.Stream{Kind: rule.Kind, ID: claim.StreamID}
		if err := c.claim(stream, ironstar.Claim{Rule: rule.Name, Value: claim.Value}, at); err != nil {
			return err
		}
	}
	if upTo == c.head {
		upTo = followed
	}
	return c.saveRule(key, storedRule{rule.Declaration, upTo})
}

func (c *writeConn) saveRule(key ruleKey, r storedRule) error {
	st, err := c.named(sqlSaveClaimRule, key.kind, key.rule)
	if err != nil {
		return err
	}
	st.BindText(3, r.declaration)
	st.BindInt64(4, int64(r.upTo))
	return exec(st)
}

func (c *writeConn) forgetClaims(key ruleKey) error {
	st, err := c.named(sqlForgetClaims, key.kind, key.rule)
	if err != nil {
		return err
	}
	return exec(st)
}

// free refuses events with a value that another stream holds. err is the error of a
// statement.
func (c *writeConn) free(p *pending) (refused, err error) {
	var own map[string]string // what the stream has after the claims before
	for i := range p.Events {
		for _, claim := range p.Events[i].Claims {
			before, known := own[claim.Rule]
			if own == nil {
				own = map[string]string{}
			}
			own[claim.Rule] = claim.Value
			if r, there := c.rules[ruleKey{p.Stream.Kind, claim.Rule}]; !there || r.upTo != followed {
				return fmt.Errorf("rule %s of %s is not declared, or its claims are not restored up to the head", claim.Rule, p.Stream.Kind), nil
			}
			if claim.Value == "" {
				continue
			}
			holder, err := c.holderOf(p.Stream, claim)
			if err == nil && holder != "" && !known { // rarely: usually the value is free
				before, err = c.valueOf(p.Stream, claim.Rule)
			}
			if err != nil {
				return nil, fmt.Errorf("look up a claim: %w", err)
			}
			if holder != "" && before != claim.Value {
				return &ironstar.TakenError{Claim: claim, Stream: p.Stream, Holder: ironstar.Stream{Kind: p.Stream.Kind, ID: holder}}, nil
			}
		}
	}
	return nil, nil
}

// holderOf returns the id of the other stream that took a value first, or "".
func (c *writeConn) holderOf(s ironstar.Stream, claim ironstar.Claim) (string, error) {
	st := c.claims.holder
	st.BindText(1, s.Kind)
	st.BindText(2, claim.Rule)
	st.BindText(3, claim.Value)
	st.BindText(4, s.ID)
	defer st.Reset()
	row, err := st.Step()
	if err != nil || !row {
		return "", err
	}
	return st.ColumnText(0), nil
}

// valueOf returns the value that a stream has by a rule, or "".
func (c *writeConn) valueOf(s ironstar.Stream, rule string) (string, error) {
	st := c.claims.own
	st.BindText(1, s.Kind)
	st.BindText(2, rule)
	st.BindText(3, s.ID)
	defer st.Reset()
	row, err := st.Step()
	if err != nil || !row {
		return "", err
	}
	return st.ColumnText(0), nil
}

// claim changes the table for one claim of a stream.
func (c *writeConn) claim(s ironstar.Stream, claim ironstar.Claim, at ironstar.Position) error {
	c.pagesWritten += 2
	if claim.Value == "" {
		st := c.claims.give
		st.BindText(1, s.Kind)
		st.BindText(2, claim.Rule)
		st.BindText(3, s.ID)
		return exec(st)
	}
	st := c.claims.take
	st.BindText(1, s.Kind)
	st.BindText(2, claim.Rule)
	st.BindText(3, s.ID)
	st.BindText(4, claim.Value)
	st.BindInt64(5, int64(at))
	st.BindInt64(6, claimSum(&c.sum, s, claim, at))
	return exec(st)
}
