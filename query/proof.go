package query

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"ironstar.dev"
)

// proofOf is a hash of everything that is stored of a record. A log that was restored from
// a backup and has grown again has another record at the same position: at least the time
// at which it was stored differs.
func proofOf(r *ironstar.Record) string {
	h := sha256.New()
	var b []byte
	for _, text := range []string{r.Stream.Kind, r.Stream.ID, r.Type, string(r.Payload), string(r.Meta)} {
		b = binary.AppendVarint(b[:0], int64(len(text)))
		h.Write(append(b, text...))
	}
	for _, n := range []int64{int64(r.Position), int64(r.Sequence), int64(r.SchemaVersion), r.RecordedAt.UnixMicro()} {
		b = binary.AppendVarint(b[:0], n)
		h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// believe returns why tables at a checkpoint are not those of a log and a set.
func believe(ctx context.Context, store ironstar.Store, set *ironstar.TableSet, c Checkpoint) (doubt string, err error) {
	head, err := store.Head(ctx)
	switch {
	case err != nil:
		return "", err
	case c.Fingerprint != set.Fingerprint:
		return "the schema has changed since", nil
	case c.LogID != store.LogID():
		return "they are of another log", nil
	case c.Position < 0 || c.Position > head:
		return fmt.Sprintf("they have events up to %d, and the log ends at %d", c.Position, head), nil
	case c.Position == 0:
		return "", nil
	}
	for r, err := range store.Log(ctx, c.Position-1) {
		if err != nil {
			return "", err
		}
		if proofOf(r) != c.Proof {
			return fmt.Sprintf("the log has another event at %d", c.Position), nil
		}
		break
	}
	return "", nil
}
