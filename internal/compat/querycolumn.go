package compat

import (
	"slices"
	"strconv"
	"strings"

	"ironstar.dev/internal/eventtable"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
	"ironstar.dev/internal/shape"
	"ironstar.dev/internal/sqltext"
)

// readColumn is a column that the last release had, and what has become of it.
type readColumn struct {
	change
	path    string // in the last release: "price.amount"
	names   []string
	table   string
	version string // of the event, now
}

// queryColumns compares the columns that the SQL of a query names with those of the last
// release.
func (c *comparer) queryColumns(q *model.Query) {
	for _, way := range q.Ways {
		dialect := sqltext.SQLite
		if way.Engine == "duckdb" {
			dialect = sqltext.DuckDB
		}
		s, err := sqltext.Read(way.SQL, dialect)
		if err != nil || way.SQL == "" {
			continue
		}
		for _, on := range q.On {
			for _, e := range on.Events {
				for _, column := range c.changedColumns(on.Aggregate, e, way.Engine) {
					c.queryColumn(q, way, s, column)
				}
			}
		}
	}
}

// changedColumns lists the columns of an event's table that are gone or have another type
// since the last release, with the names that they had in an engine.
func (c *comparer) changedColumns(a *model.Aggregate, e *model.Event, engine string) (all []readColumn) {
	var last *Entry
	for v := 1; ; v++ {
		one := c.entryOf(Kind(a), e.Name, v)
		if one == nil {
			break
		}
		last = one
	}
	if last == nil {
		return nil
	}
	now := e.Versions[len(e.Versions)-1]
	for _, ch := range diff(last.Shape, payload(now.Payload)) {
		path := ch.path
		if ch.rule == "field-renamed" {
			path = join(parent(ch.path), ch.was)
		}
		if !goneColumn(ch) && !slices.Contains([]string{"field-type", "encoding-changed", "digits-narrowed", "digits-widened"}, ch.rule) {
			continue
		}
		all = append(all, readColumn{ch, path, namesOf(path, last.Shape, engine), naming.EventTable(a, e), e.Name + ".v" + strconv.Itoa(now.Version)})
	}
	return all
}

func goneColumn(ch change) bool { return ch.rule == "field-removed" || ch.rule == "field-renamed" }

// parent returns the path around a field.
func parent(path string) string {
	i := strings.LastIndex(path, ".")
	return path[:max(i, 0)]
}

// namesOf returns the names that SQL has for a field and for what is in it: in SQLite a
// struct is a column for each of its fields.
func namesOf(path string, s *shape.Type, engine string) []string {
	parts := strings.Split(path, ".")
	if strings.ContainsAny(path, "[({") {
		return nil // it is in a list, or in JSON, where the text of the SQL says too little
	}
	if engine == "duckdb" {
		return parts[len(parts)-1:]
	}
	for _, part := range parts {
		if f, ok := field(s.Fields, part); ok && f.Type != nil {
			s = f.Type
		}
	}
	return leaves(strings.Join(parts, "_"), s)
}

func leaves(name string, s *shape.Type) (names []string) {
	if s.Kind != "struct" {
		return []string{name}
	}
	for _, f := range s.Fields {
		if f.Type != nil {
			names = append(names, leaves(name+"_"+f.Name, f.Type)...)
		}
	}
	return names
}

// queryColumn makes the finding for a column that the SQL of a query names.
func (c *comparer) queryColumn(q *model.Query, way *model.QueryWay, s *sqltext.Statement, column readColumn) {
	have := columnsNow(q, way.Engine)
	names := slices.DeleteFunc(slices.Clone(column.names), func(name string) bool {
		return goneColumn(column.change) && slices.ContainsFunc(have, func(n string) bool { return strings.EqualFold(n, name) })
	})
	at, ok := s.Uses(names...)
	if !ok || len(names) == 0 {
		return
	}
	line, col := sqltext.Place(way.SQL, at.Offset)
	place := model.Pos{File: way.File, Line: line, Col: col}
	subject := q.Package.Name + "." + q.Name
	if goneColumn(column.change) {
		c.add(found("query-column-removed", subject, column.path, place, []string{column.table, column.version}, "the SQL of %s reads %s, and the table %s has no such column any more: it has those of %s", subject, at.Text, column.table, column.version))
		return
	}
	c.add(found("query-column-changed", subject, column.path, place, nil, "the SQL of %s reads %s of the table %s: %s", subject, at.Text, column.table, column.words(column.path)))
}

// columnsNow lists the names that SQL has for the fields of the events that a query reads.
func columnsNow(q *model.Query, engine string) (names []string) {
	for _, on := range q.On {
		for _, e := range on.Events {
			for _, column := range eventtable.Columns(e) {
				if engine == "duckdb" {
					names = append(names, column.Path...)
				} else {
					names = append(names, column.Flat())
				}
			}
		}
	}
	return names
}
