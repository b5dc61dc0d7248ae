package naming

import (
	"path"
	"strings"

	"ironstar.dev/internal/model"
)

// Snake returns a name as it is in SQL: BidPlaced becomes bid_placed.
func Snake(name string) string { return strings.ToLower(strings.Join(Words(name), "_")) }

// EventTable returns the name of the table of an event: lot_bid_placed.
func EventTable(a *model.Aggregate, e *model.Event) string {
	return Snake(a.Name) + "_" + Snake(e.Name)
}

// SQLFiles returns the paths below the schema's folder where the SQL of a query may be
// for an engine. The first one that is there is taken.
func SQLFiles(q *model.Query, engine string) []string {
	base := path.Join(q.Package.Dir, Snake(q.Name))
	return []string{base + "." + engine + ".sql", base + ".sql"}
}

// query adds the names of a query in the Go package.
func (t *table) query(q *model.Query) {
	t.named(q.Param, nameless, "the parameters of #"+q.Name)
	t.named(q.Row, nameless, "the rows of #"+q.Name)
}
