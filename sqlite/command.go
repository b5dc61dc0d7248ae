package sqlite

import (
	"fmt"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// findCommand looks a command id up with a prepared sqlCommand. The error wraps
// ironstar.ErrCommandReused if the id was used with another request.
func findCommand(st *zs.Stmt, unchecked ironstar.Position, s ironstar.Stream, id string, request [32]byte) (ironstar.Receipt, bool, error) {
	st.BindText(1, s.Kind)
	st.BindText(2, s.ID)
	st.BindText(3, id)
	defer st.Reset()
	row, err := st.Step()
	if err != nil || !row {
		return ironstar.Receipt{}, false, err
	}
	var stored [32]byte
	n := st.ColumnBytes(0, stored[:])
	r := ironstar.Receipt{
		First:   ironstar.Position(st.ColumnInt64(1)),
		Last:    ironstar.Position(st.ColumnInt64(2)),
		Version: ironstar.Version(st.ColumnInt64(3)),
	}
	if problem := checkSum(st.ColumnInt64(4), commandSum(&rowSum{}, s, id, stored[:n], r), r.Last, unchecked); problem != "" {
		return ironstar.Receipt{}, false, fmt.Errorf("%w: command id %q: %s", ironstar.ErrDamaged, id, problem)
	}
	if stored != request {
		return ironstar.Receipt{}, false, fmt.Errorf("%w: command id %q", ironstar.ErrCommandReused, id)
	}
	return r, true, nil
}
