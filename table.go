package ironstar

// TableSet is how the events of one context are laid out for SQL: a table for each
// event that a query reads. Every table begins with the columns of [EventColumns].
type TableSet struct {
	Context     string // "auction"
	Fingerprint string // changes with the tables and with how events get into them
	Aggregates  []EventTables
}

// EventTables are the tables of one aggregate's events.
type EventTables struct {
	Kind   string
	Tables []EventTable

	// Rows calls add for each event of a record that has a table, with the index of the
	// table and a value for each of its columns. Events are lifted to their current
	// version (G7), and secret fields are left out. Values are nil or of a type that
	// ColumnKind names. add may keep them.
	Rows func(r *Record, add func(table int, values []any)) error
}

// EventTable is the table of one event.
type EventTable struct {
	Name    string // "lot_bid_placed"
	Columns []Column
}

// EventColumns are the columns with which every table of events begins. No field of a
// schema begins with an underscore.
var EventColumns = []Column{
	{Name: "_position", Type: ColumnType{Kind: IntColumn}},
	{Name: "_stream", Type: ColumnType{Kind: TextColumn}}, // its id, without the kind
	{Name: "_version", Type: ColumnType{Kind: IntColumn}}, // of the stream
	{Name: "_at", Type: ColumnType{Kind: TimeColumn}},     // when it was stored
}

// Column is a column of a table or of an answer.
type Column struct {
	Name string // as in JSON
	Type ColumnType
}

// ColumnType is what a column holds.
type ColumnType struct {
	Kind     ColumnKind
	Optional bool // it may be null

	Digits int    // DecimalColumn: digits after the point, -1 if any number
	Most   string // DecimalColumn: no value is further from zero; "" is no bound

	Fields []Column    // StructColumn
	Elem   *ColumnType // ListColumn
}

// ColumnKind is the kind of a column. Its comment names the Go type of its values.
type ColumnKind int

// The kinds of columns.
const (
	TextColumn     ColumnKind = iota // string
	IntColumn                        // int64
	NumberColumn                     // float64
	BoolColumn                       // bool
	TimeColumn                       // time.Time, of which microseconds are stored
	DateColumn                       // Date
	DecimalColumn                    // Decimal
	UUIDColumn                       // UUID
	DurationColumn                   // time.Duration, of which microseconds are stored
	BytesColumn                      // []byte
	StructColumn                     // []any, one for each of Fields; only in tables
	ListColumn                       // []any; only in tables
	JSONColumn                       // string, JSON text; only in tables
)
