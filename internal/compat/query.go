package compat

import (
	"slices"
	"strconv"
	"strings"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
	"ironstar.dev/internal/shape"
)

// query adds the entry of a query: what people outside know of it, and what it reads.
func (l *Lock) query(q *model.Query) {
	e := &Entry{What: Query, Of: q.Package.Name, Name: q.Name, Address: queryAddress(q), Shape: payload(q.Param), Row: payload(q.Row)}
	for _, s := range q.On {
		for _, x := range s.Events {
			e.Reads = append(e.Reads, s.Aggregate.Name+"."+x.Name+".v"+strconv.Itoa(lastVersion(x)))
		}
	}
	slices.Sort(e.Reads)
	l.Entries = append(l.Entries, e)
}

// queryAddress returns the address of a query's answers, or "" if it is not public.
func queryAddress(q *model.Query) string {
	if !q.Public {
		return ""
	}
	return naming.Address(q.Package, q.Name)
}

func lastVersion(e *model.Event) int { return e.Versions[len(e.Versions)-1].Version }

func (c *comparer) queryNamed(e *Entry) *model.Query {
	p := c.packageNamed(e.Of)
	if p == nil {
		return nil
	}
	i := slices.IndexFunc(p.Queries, func(q *model.Query) bool { return q.Name == e.Name })
	if i < 0 {
		return nil
	}
	return p.Queries[i]
}

// query compares a query with that of the last release.
func (c *comparer) query(e *Entry) {
	q := c.queryNamed(e)
	if q == nil {
		if e.Address != "" {
			c.add(found("query-removed", e.Subject(), "", nearest(c.packageNamed(e.Of), e), nil, "%s is gone", e.Subject()))
		}
		return
	}
	c.queryClients(e, q)
	for _, read := range e.Reads {
		c.read(e, q, read)
	}
	c.queryColumns(q)
}

// queryClients compares what charts and programs outside know of a query, which is nothing
// if it was not public.
func (c *comparer) queryClients(e *Entry, q *model.Query) {
	switch {
	case e.Address == "":
		return
	case !q.Public:
		c.add(found("address-changed", e.Subject(), "", q.Pos, nil, "%s is no longer public and has no address; before, it had %s", e.Subject(), e.Address))
		return
	}
	c.params("query-changed", e, q.Param, q.Pos)
	for _, ch := range diff(e.Row, payload(q.Row)) {
		if slices.Contains([]string{"field-removed", "field-renamed", "field-type", "encoding-changed", "field-optional", "int-unsafe"}, ch.rule) {
			c.clientFinding("query-changed", e, ch, q.Row)
		}
	}
}

// read compares what a query reads of one event, such as "Lot.BidPlaced.v2".
func (c *comparer) read(e *Entry, q *model.Query, read string) {
	part := strings.Split(read, ".")
	if len(part) != 3 {
		return // a newer ironstar wrote it
	}
	event := part[0] + "." + part[1]
	for _, s := range q.On {
		for _, x := range s.Events {
			if s.Aggregate.Name != part[0] || x.Name != part[1] {
				continue
			}
			if now := "v" + strconv.Itoa(lastVersion(x)); now != part[2] {
				c.add(found("query-reads", e.Subject(), "", q.Pos, nil, "%s reads %s in %s now, and in the last release in %s: the table %s has other columns, and a step makes those of older events",
					e.Subject(), event, now, part[2], naming.EventTable(s.Aggregate, x)))
			}
			return
		}
	}
	c.add(found("query-reads", e.Subject(), "", q.Pos, nil, "%s no longer reads %s%s", e.Subject(), event, c.whyUnread(e.Of+"."+part[0], part[1])))
}

// whyUnread says why a query cannot read an event any more, if it cannot.
func (c *comparer) whyUnread(kind, event string) string {
	a := c.aggregates[kind]
	if a == nil {
		return ", because " + kind + " is gone"
	}
	switch h, ok := c.histories[a][event]; {
	case !ok:
		return ", which is gone"
	case h.retired != nil:
		return ", which is retired: its stored events are in the tables of the events that it becomes"
	}
	return ": its answers do not count these events any more"
}

// params compares the parameters of what has an address of its own.
func (c *comparer) params(rule string, e *Entry, now *model.Named, at model.Pos) {
	empty := &shape.Type{Kind: "struct"}
	was, is := e.Shape, payload(now)
	if was == nil {
		was = empty
	}
	if is == nil {
		is, now = empty, &model.Named{Pos: at, Type: &model.Type{Kind: model.Struct}}
	}
	for _, ch := range diff(was, is) {
		if r := mustRule(ch.rule); r.Level == Warning || optionalParam(ch, now) {
			continue
		}
		c.clientFinding(rule, e, ch, now)
	}
}
