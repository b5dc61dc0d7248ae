package ironstar

import (
	"errors"
	"io"
	"time"
)

// Query is a question about everything that happened, with typed rows as its
// answer. Generated code builds it; package query asks it.
type Query[R, P any] struct {
	Name        string // "auction.BidsPerMinute"
	Fingerprint string // changes with the question and with what its answer is made of

	Ways   []QueryWay // how it is asked; the first one that the build can go is used
	Tables *TableSet  // of its context; nil if it only asks a view
	Reads  []string   // names of the tables that its SQL may read

	Columns []Column      // of a row
	Rows    int           // an answer has at most as many rows
	Export  int           // a Parquet file has at most as many rows; 0: the query has no such file
	Fresh   time.Duration // an answer is not computed again before this time has passed
	Within  time.Duration // how long computing an answer may take

	Window func(P) *Window                      // the time that is asked about; nil: the question has no window
	Round  time.Duration                        // to which the end of a window that ends now is rounded up
	Args   func(P) []QueryArg                   // what the SQL's named parameters are; the window adds from and until
	Params []string                             // names of the parameters
	Parse  func(map[string][]string) (P, error) // parameters by name; the error says which one is wrong
	Key    func(P) string                       // equal for equal parameters
	Scan   func([]any) (R, error)               // a row of values, as Column describes them
	Values func(R) []any                        // what Scan reads
	Append func([]byte, R) []byte               // the row as JSON

	// View and FromView are for a query that asks a global view: the name of the view,
	// and what the rows are in a state of it.
	View     string
	FromView func(state any, p P, w Window) []R
}

// QueryWay is an engine that can answer a query, and what it is asked.
type QueryWay struct {
	Engine string // "view", "sqlite", "duckdb"
	SQL    string // one SELECT with named parameters: $from
	File   string // where the SQL is from, for messages: "auction/bids.sql"
}

// QueryArg is the value of a named parameter. Value is nil or of a type that
// [ColumnKind] names.
type QueryArg struct {
	Name  string // without $
	Type  ColumnType
	Value any
}

// Window is a range of time: From <= t < Until.
type Window struct {
	Span  time.Duration // how long it is
	From  time.Time
	Until time.Time // zero in the parameters: it ends now
}

// Answer is what a query is answered with at one moment. Nobody may change it.
type Answer[R any] struct {
	Rows []R
	More bool // there are more rows than the query may return

	Columns []Column      // of a row
	Values  func(R) []any // of a row, one for each column

	Position Position  // all events up to here are in the answer, and none after it
	At       time.Time // when it was computed
	Window   Window    // what it was asked about, if the query has one

	Loading bool          // nothing has been computed yet
	Late    time.Duration // how old the newest event is that should be in the answer and is not; 0: none
	Err     error         // why there is no newer answer; Rows are those of the last one. See ErrNoEngine and those below it
}

// ExportedFile is an answer as a file, which can be read from any place of it.
type ExportedFile interface {
	io.ReadSeekCloser
	Tag() string // another one for a file with other bytes: letters, digits and hyphens
}

// Errors of an answer.
var (
	// ErrNoEngine: this build has no engine for the query.
	ErrNoEngine = errors.New("this build cannot answer the question")
	// ErrTooSlow: computing the answer took longer than the query allows.
	ErrTooSlow = errors.New("the question takes too long")
	// ErrBusy: too many other questions are asked.
	ErrBusy = errors.New("too many questions are asked")
)
