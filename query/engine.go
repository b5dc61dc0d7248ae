package query

import (
	"context"
	"errors"
	"log/slog"

	"ironstar.dev"
)

// Errors of tables. They may be wrapped.
var (
	// ErrLocked: another process has the file. Opening is tried again.
	ErrLocked = errors.New("another process has the file of the tables")
	// ErrMoved: the tables are not at Batch.After, because another process feeds them
	// too. Nothing was changed. Position says where they are.
	ErrMoved = errors.New("the tables are at another position")
	// ErrDamaged: the file is damaged. The tables are closed and made again.
	ErrDamaged = errors.New("the file of the tables is damaged")
	// ErrValue: a value of a batch cannot be stored in its column. Nothing was changed, and
	// a retry cannot succeed.
	ErrValue = errors.New("the value cannot be stored in its column")
	// ErrSQL: a question cannot be asked as it is written.
	ErrSQL = errors.New("the SQL cannot be used")
)

// Engine makes tables and answers SQL. All methods may be called from any goroutine.
type Engine interface {
	// Name is that of [ironstar.QueryWay].Engine: "sqlite", "duckdb".
	Name() string

	// Open opens the tables of a context, in a file <context>.<engine> of the folder.
	// It makes them empty, at position 0, if there is no file, if the file is damaged,
	// of another format or of something else, or if it is not believed. An error that
	// wraps ErrLocked is temporary.
	Open(ctx context.Context, o OpenOptions) (Tables, error)
}

// OpenOptions say which tables to open. All fields are required, except Again.
type OpenOptions struct {
	Dir    string // the folder, which exists
	Set    *ironstar.TableSet
	Logger *slog.Logger // where a file is reported that is made again

	// LogID is stored with the tables, as are Set.Fingerprint, a position and its proof.
	LogID string

	// Believe returns why tables at a checkpoint are not those of this log and set, ""
	// if they are. An error means that this could not be found out.
	Believe func(ctx context.Context, c Checkpoint) (doubt string, err error)

	Again bool // whatever is there is made again
}

// Checkpoint is what tables say about themselves, stored in the same transaction as
// their rows.
type Checkpoint struct {
	Fingerprint string // of the set
	LogID       string
	Position    ironstar.Position // all events up to here are in the tables
	Proof       string            // of the event there; "" at position 0
}

// Tables are the events of one context, laid out in one engine. All methods may be called
// from any goroutine; one feeds at a time.
type Tables interface {
	// Position reads the position of the checkpoint.
	Position(ctx context.Context) (ironstar.Position, error)

	// Feed adds rows and moves the checkpoint from b.After to b.Upto, in one
	// transaction. If the checkpoint is not at b.After, nothing happens and the error
	// wraps ErrMoved.
	Feed(ctx context.Context, b *Batch) error

	// Check prepares a question. The error wraps ErrSQL and says what to change if the
	// SQL is not one SELECT, reads other tables than q.Reads, depends on a clock, on
	// chance or on anything outside of these tables, does not have exactly the
	// parameters q.Params, or if its columns have not the names of q.Columns, in order.
	Check(ctx context.Context, q *Question) error

	// Ask calls row with the values of each row, in order, and returns the position
	// of the checkpoint in the same snapshot. Each value is nil or of the type that
	// [ironstar.ColumnKind] names; another one is an error that wraps ErrSQL and names the
	// column and the row. It ends after q.Rows+1 rows, and when row returns an
	// error, which it returns. row may keep values. When ctx ends, Ask stops the
	// computation and returns the error of ctx.
	Ask(ctx context.Context, q *Question, args []ironstar.QueryArg, row func(values []any) error) (ironstar.Position, error)

	// Close waits for calls under way and releases the file.
	Close() error
}

// Question is what tables are asked. Equal pointers are equal questions, so that
// tables may keep what they prepared.
type Question struct {
	Name string // "auction.BidsPerMinute", for messages
	File string // where the SQL is from, for messages
	SQL  string

	Params  []ironstar.Column // its named parameters, without $; these of the window included
	Reads   []string          // names of the tables that it may read
	Columns []ironstar.Column // of its answer
	Rows    int               // the answer has at most as many
}

// Batch is what the records in (After, Upto] are in the tables.
type Batch struct {
	After, Upto ironstar.Position
	Proof       string // of the record at Upto
	Tables      []TableRows
}

// TableRows are the rows of one table, in position order. Each begins with the values of
// [ironstar.EventColumns].
type TableRows struct {
	Table string // its name
	Rows  [][]any
}
