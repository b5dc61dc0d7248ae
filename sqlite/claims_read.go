package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// StoredRule is what a file has of a rule of uniqueness.
type StoredRule struct {
	ironstar.ClaimRule
	UpTo      ironstar.Position // the claims are there up to here
	Held      int               // values
	Contested int               // of these, those that several streams have
	Waiting   int               // streams whose value another one took before them
}

// claimReader reads claims for [Store] and [Reader].
type claimReader struct{ claims *pool }

// rows calls do for each row of a query.
func (r claimReader) rows(ctx context.Context, query string, args []any, begin func(), do func(*readConn, *zs.Stmt) error) error {
	err := r.claims.chunk(ctx, func(c *readConn) error {
		begin()
		if there, err := hasClaims(c.Conn); err != nil || !there {
			return err
		}
		return eachRow(c, query, args, func(st *zs.Stmt) error { return do(c, st) })
	})
	if err != nil {
		return fmt.Errorf("read claims: %w", err)
	}
	return nil
}

// ClaimRules returns the rules whose claims the file has, in the order of their names.
func (r claimReader) ClaimRules(ctx context.Context) (all []StoredRule, err error) {
	err = r.rows(ctx, sqlClaimRules, nil, func() { all = nil }, func(c *readConn, st *zs.Stmt) error {
		one := StoredRule{
			ClaimRule: ironstar.ClaimRule{Kind: st.ColumnText(0), Name: st.ColumnText(1), Declaration: st.ColumnText(2)},
			UpTo:      ironstar.Position(st.ColumnInt64(3)),
		}
		if one.UpTo == followed {
			if one.UpTo, err = readHead(c.head); err != nil {
				return err
			}
		}
		err := eachRow(c, sqlClaimCounts, []any{one.Kind, one.Name}, func(st *zs.Stmt) error {
			one.Held, one.Contested, one.Waiting = st.ColumnInt(0), st.ColumnInt(1), st.ColumnInt(2)
			return nil
		})
		all = append(all, one)
		return err
	})
	slices.SortFunc(all, func(a, b StoredRule) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name)) })
	return all, err
}

// ClaimsOf returns the streams that have a value, the holder first, at most so many.
func (r claimReader) ClaimsOf(ctx context.Context, kind, rule, value string, most int) (all []ironstar.Claimed, err error) {
	err = r.rows(ctx, sqlClaimsOfValue, []any{kind, rule, value, most}, func() { all = nil }, func(_ *readConn, st *zs.Stmt) error {
		all = append(all, ironstar.Claimed{StreamID: st.ColumnText(0), Position: ironstar.Position(st.ColumnInt64(1)), Value: value})
		return nil
	})
	return all, err
}

// ContestedClaims implements [ironstar.Claims].
func (r claimReader) ContestedClaims(ctx context.Context, most int) ([]ironstar.ContestedClaim, error) {
	return r.ContestedOf(ctx, "", "", most)
}

// ContestedOf is ContestedClaims for one rule; without a kind for all.
func (r claimReader) ContestedOf(ctx context.Context, kind, rule string, most int) (all []ironstar.ContestedClaim, err error) {
	err = r.rows(ctx, sqlContestedClaims, []any{kind, rule, most}, func() { all = nil }, func(_ *readConn, st *zs.Stmt) error {
		kind := st.ColumnText(0)
		all = append(all, ironstar.ContestedClaim{
			Claim:  ironstar.Claim{Rule: st.ColumnText(1), Value: st.ColumnText(2)},
			Stream: ironstar.Stream{Kind: kind, ID: st.ColumnText(3)}, Position: ironstar.Position(st.ColumnInt64(4)),
			Holder: ironstar.Stream{Kind: kind, ID: st.ColumnText(5)}, Held: ironstar.Position(st.ColumnInt64(6)),
		})
		return nil
	})
	return all, err
}
