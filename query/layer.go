package query

import (
	"slices"
	"sync"

	"ironstar.dev"
)

// layer lays records out as rows of tables. The readers of a store lay out many at a
// time, before they are needed; what they did waits in ready.
type layer struct {
	tables map[string]*ironstar.EventTables // by kind of aggregate
	ready  sync.Map                         // *ironstar.Record → laid
}

// laid are the rows of one record.
type laid struct {
	record *ironstar.Record
	rows   []TableRows
	err    error
}

func newLayer(set *ironstar.TableSet) *layer {
	l := &layer{tables: map[string]*ironstar.EventTables{}}
	for i := range set.Aggregates {
		l.tables[set.Aggregates[i].Kind] = &set.Aggregates[i]
	}
	return l
}

// prepare lays a record out that is going to be read. It may be called by several
// goroutines.
func (l *layer) prepare(r *ironstar.Record) {
	if l.tables[r.Stream.Kind] != nil {
		l.ready.Store(r, l.layOut(r))
	}
}

// take returns the rows of a record.
func (l *layer) take(r *ironstar.Record) laid {
	if done, ok := l.ready.LoadAndDelete(r); ok {
		return done.(laid)
	}
	return l.layOut(r)
}

// forget drops what was laid out and not taken.
func (l *layer) forget() { l.ready.Clear() }

func (l *layer) layOut(r *ironstar.Record) laid {
	of := l.tables[r.Stream.Kind]
	if of == nil {
		return laid{record: r}
	}
	done := laid{record: r}
	done.err = guarded(func() error {
		return of.Rows(r, func(table int, values []any) {
			done.rows = append(done.rows, TableRows{of.Tables[table].Name, [][]any{values}})
		})
	})
	return done
}

// batchOf puts the rows of records together, by table.
func batchOf(all []laid) (tables []TableRows) {
	indexes := map[string]int{}
	for _, one := range all {
		for _, t := range one.rows {
			i, ok := indexes[t.Table]
			if !ok {
				i = len(tables)
				indexes[t.Table] = i
				tables = append(tables, TableRows{Table: t.Table})
			}
			tables[i].Rows = append(tables[i].Rows, t.Rows...)
		}
	}
	return slices.Clip(tables)
}
