package sqlitetables

import (
	"fmt"
	"strings"

	"ironstar.dev"
)

// layout is how the tables of a set are laid out.
type layout struct {
	tables  []tableLayout
	indexes map[string]int // in tables, by name
}

// tableLayout is one table.
type tableLayout struct {
	name    string
	columns []ironstar.Column // as declared; a struct is several columns of the table
	create  []string          // SQL that makes it
	insert  string            // SQL that adds a row, with a parameter for each column
}

// newLayout refuses tables and columns of which two have the same name to SQL, which
// knows no case.
func newLayout(set *ironstar.TableSet) (*layout, error) {
	l := &layout{indexes: map[string]int{}}
	seen := map[string]bool{}
	for _, a := range set.Aggregates {
		for _, t := range a.Tables {
			if fold := strings.ToLower(t.Name); seen[fold] || fold == metaTable || fold == openingTable || strings.HasPrefix(fold, "sqlite_") {
				return nil, fmt.Errorf("two tables have the name %s, or SQLite uses it: give an event another name", t.Name)
			} else {
				seen[fold] = true
			}
			table, err := newTableLayout(t)
			if err != nil {
				return nil, fmt.Errorf("table %s: %w", t.Name, err)
			}
			l.indexes[t.Name] = len(l.tables)
			l.tables = append(l.tables, table)
		}
	}
	return l, nil
}

func newTableLayout(t ironstar.EventTable) (tableLayout, error) {
	leaves := leavesOf("", t.Columns)
	seen := map[string]bool{}
	var columns, params []string
	for _, leaf := range leaves {
		if fold := strings.ToLower(leaf.Name); seen[fold] {
			return tableLayout{}, fmt.Errorf("two columns have the name %s; the fields of a record become <field>_<name>: give a field another name", leaf.Name)
		} else {
			seen[fold] = true
		}
		columns = append(columns, quoted(leaf.Name)+" "+sqlType(leaf.Type))
		params = append(params, "?")
	}
	return tableLayout{
		name: t.Name, columns: t.Columns,
		create: []string{
			"CREATE TABLE " + quoted(t.Name) + " (" + strings.Join(columns, ", ") + ") STRICT",
			"CREATE INDEX " + quoted(t.Name+" _at") + " ON " + quoted(t.Name) + " (_at)",
		},
		insert: "INSERT INTO " + quoted(t.Name) + " VALUES (" + strings.Join(params, ", ") + ")",
	}, nil
}

// leavesOf lists the columns that SQLite gets: a struct is one for each of its fields.
func leavesOf(prefix string, columns []ironstar.Column) (leaves []ironstar.Column) {
	for _, c := range columns {
		if c.Type.Kind == ironstar.StructColumn {
			leaves = append(leaves, leavesOf(prefix+c.Name+"_", c.Type.Fields)...)
			continue
		}
		leaves = append(leaves, ironstar.Column{Name: prefix + c.Name, Type: c.Type})
	}
	return leaves
}

func sqlType(t ironstar.ColumnType) string {
	switch t.Kind {
	case ironstar.IntColumn, ironstar.BoolColumn, ironstar.DurationColumn:
		return "INTEGER"
	case ironstar.NumberColumn:
		return "REAL"
	case ironstar.BytesColumn:
		return "BLOB"
	case ironstar.DecimalColumn:
		if t.Digits >= 0 {
			return "INTEGER"
		}
	}
	return "TEXT"
}

// quoted is a name in SQL.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
