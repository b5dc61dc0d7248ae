package model

import (
	"slices"
	"time"
)

// Query is a question about everything that happened, with typed rows.
type Query struct {
	Package *Package
	Name    string // "BidsPerMinute"
	Doc     string
	Pos     Pos

	Ways  []*QueryWay // in order of preference
	On    []Source    // the events whose tables its SQL may read
	View  *View       // what a way "view" asks; its key is "global"
	Param *Named      // Inline struct, GoName BidsPerMinuteParams, as that of a View; nil: none

	Span  *Field        // of Param: an Enum of lengths of time ("PT1H"), how long the window is; nil: the query has no window
	Until *Field        // of Param: an optional Time, when the window ends; nil: now
	Round time.Duration // to which the end of a window that ends now is rounded up

	Row    *Named // Inline struct, GoName BidsPerMinuteRow: scalars and enums, each may be optional
	Rows   int
	Fresh  time.Duration
	Within time.Duration

	Public bool // it has addresses
	Export int  // rows of its Parquet file; 0: it has none
}

// HasSQL reports whether an engine answers the query by SQL.
func (q *Query) HasSQL() bool {
	return slices.ContainsFunc(q.Ways, func(w *QueryWay) bool { return w.Engine != "view" })
}

// QueryWay is an engine that answers a query.
type QueryWay struct {
	Engine string // "view", "sqlite", "duckdb"
	File   string // relative to the schema's root, with slashes; "" for a view
	SQL    string // its text, with \n at the ends of lines, without what follows the statement
	Pos    Pos
}

// Shown is a query whose answer is part of what a view shows.
type Shown struct {
	Name   string // "bids"
	GoName string
	Query  *Query
	Pos    Pos
}
