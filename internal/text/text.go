// Package text normalizes texts that are names: they are in Unicode's normal
// form C (NFC), so that names that look the same are the same. The rest of the
// rule for stream ids is [ironstar.Stream.CheckNew], which may use the standard
// library only.
package text

import (
	"fmt"

	"golang.org/x/text/unicode/norm"

	"ironstar.dev"
)

// Normal returns s in normal form.
func Normal(s string) string { return norm.NFC.String(s) }

// CheckNew returns an error if a new stream must not have this name. The error
// wraps [ironstar.ErrStream].
func CheckNew(s ironstar.Stream) error {
	if err := s.CheckNew(); err != nil {
		return err
	}
	if !norm.NFC.IsNormalString(s.ID) {
		return fmt.Errorf("%w: id %+q is not in normal form; write it as %+q", ironstar.ErrStream, s.ID, Normal(s.ID))
	}
	return nil
}
