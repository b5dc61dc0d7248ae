package model

// ListView is what a view is made of that has a row for each stream of an aggregate.
// The names of its rows and parameters follow from the schema: see package cueload.
type ListView struct {
	Cases   []*Named     // of the state, if it is a union, that have a row
	Where   []*Condition // all of them hold for a state that has a row
	Row     *Named       // Inline struct, GoName CatalogueRow: the columns, then the fields of More
	Columns []*Column
	Enums   []*Named // Inline enums of the row: the constants that a field has in the cases of a union
	More    *Named   // Inline struct, GoName CatalogueMore: what hand-written code adds; nil: nothing
	Filters []*ListFilter
	Sorts   []*ListSort // the first one is the order of a page that chooses none; none: by stream
	Size    *Field      // the parameter for the size of a page; nil if there is one size
	Sizes   []int       // the first one is that of a page that chooses none
}

// Condition says which values a field of a state has in a row.
type Condition struct {
	Path   []string // names as in CUE
	Values []Const
	Pos    Pos
}

// Column is a field of a row that comes from the state.
type Column struct {
	Path  []string // names as in CUE
	Field *Field   // of the row
}

// FilterKind says how a filter compares.
type FilterKind string

// The kinds of filters.
const (
	FilterEqual FilterKind = "equal"
	FilterRange FilterKind = "range"
	FilterWords FilterKind = "words"
	FilterActor FilterKind = "actor"
)

// ListFilter is what a reader filters by.
type ListFilter struct {
	Kind  FilterKind
	Pos   Pos
	Field *Field // of the row
	Param *Field // equal and words
	From  *Field // range
	To    *Field // range
}

// ListSort is what a reader sorts by, in both directions.
type ListSort struct {
	Field *Field // of the row
	Up    string // value of the parameter "sort"
	Down  string
}

// HasCode reports whether the view has hand-written code of its own.
func (v *View) HasCode() bool {
	return v.Of == nil && v.Shows == nil || v.List != nil && v.List.More != nil
}
