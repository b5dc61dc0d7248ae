package sqlite

import (
	"context"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// checkClaims checks each claim, and that its event is there.
func (k *checker) checkClaims(ctx context.Context) error {
	from := [3]string{} // the key of the last row
	for rows := chunkRows; rows == chunkRows; {
		last := from
		err := k.chunk(ctx, DamagedClaims, func(c *readConn, found func(string, ...any)) error {
			rows = 0
			if there, err := hasClaims(c.Conn); err != nil || !there {
				return err
			}
			return eachRow(c, sqlCheckClaims, []any{from[0], from[1], from[2], chunkRows}, func(st *zs.Stmt) error {
				rows++
				last = [3]string{st.ColumnText(0), st.ColumnText(1), st.ColumnText(2)}
				stream := ironstar.Stream{Kind: last[0], ID: last[2]}
				claim, at := ironstar.Claim{Rule: last[1], Value: st.ColumnText(3)}, ironstar.Position(st.ColumnInt64(4))
				if claimSum(&rowSum{}, stream, claim, at) != st.ColumnInt64(5) {
					found("claim %s of %s: its checksum is wrong", claim.Rule, stream)
				} else if !st.ColumnBool(6) {
					found("claim %s of %s: the event at %d is not of this stream", claim.Rule, stream, at)
				}
				return nil
			})
		})
		if err != nil {
			return err
		}
		from = last
		k.checked.Claims += rows
	}
	return nil
}
