package sqlite

import (
	"cmp"
	"fmt"
	"slices"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// version names one version of one event.
type version struct {
	kind, event string
	number      int
}

// shapes are the hashes of the event versions that a file holds.
type shapes map[version]string

// readShapes reads the shapes table and checks each row.
func readShapes(c *zs.Conn, unchecked ironstar.Position) (shapes, error) {
	st, err := c.Prepare(withChecksums(sqlShapes, unchecked))
	if err != nil {
		return nil, err
	}
	defer st.Reset()
	found := shapes{}
	for {
		row, err := st.Step()
		if err != nil {
			return nil, fmt.Errorf("read shapes: %w", err)
		}
		if !row {
			return found, nil
		}
		v := version{kind: st.ColumnText(0), event: st.ColumnText(1), number: st.ColumnInt(2)}
		hash, first := st.ColumnText(3), ironstar.Position(st.ColumnInt64(4))
		if problem := checkSum(st.ColumnInt64(5), shapeSum(&rowSum{}, v, hash, first), first, unchecked); problem != "" {
			return nil, fmt.Errorf("%w: shape of %s.%s.v%d: %s", ironstar.ErrDamaged, v.kind, v.event, v.number, problem)
		}
		found[v] = hash
	}
}

// list sorts shapes by their names.
func (held shapes) list() []ironstar.Shape {
	var all []ironstar.Shape
	for v, hash := range held {
		all = append(all, ironstar.Shape{Kind: v.kind, Type: v.event, SchemaVersion: v.number, Hash: hash})
	}
	slices.SortFunc(all, func(a, b ironstar.Shape) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Type, b.Type), cmp.Compare(a.SchemaVersion, b.SchemaVersion))
	})
	return all
}

// check compares the shapes of a build with those of the file.
func (held shapes) check(build []ironstar.Shape) error {
	for _, s := range build {
		v := version{s.Kind, s.Type, s.SchemaVersion}
		if hash, ok := held[v]; ok && hash != s.Hash {
			return v.differs()
		}
	}
	return nil
}

// differs is the error for code and file that disagree about v.
func (v version) differs() error {
	return fmt.Errorf("%w: %s.%s.v%d changed after events of it were stored: release it, or delete this development database; the application's preflight command says what else is in it",
		ironstar.ErrShape, v.kind, v.event, v.number)
}
