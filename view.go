package ironstar

// Keying says how the state of a view is divided.
type Keying int

const (
	ByStream Keying = iota // one state per stream; the key is the stream's id
	Global                 // one state for everything; the key is "global"
	ByField                // one state per value of a field; View.Keys names it
)

// GlobalKey is the only key of a [Global] view.
const GlobalKey = "global"

// View is a read model: how a state is folded from the log. Generated code
// builds it.
type View[S any] struct {
	Name        string // "todo.Board"
	Fingerprint string // changes with the declared state and the events folded into it
	By          Keying
	Kinds       []string // the aggregates whose records it reads

	// Keys lists the keys that a record touches, without duplicates. Only
	// views keyed ByField have it.
	Keys func(*Record) ([]string, error)

	State StateCodec[S]

	Initial func(key string) S

	// Evolve folds a record into the state of one key and returns whether the
	// record concerned it. It owns s and may change it in place, also when it
	// fails: do not use the state after an error.
	Evolve func(key string, s S, r *Record) (_ S, touched bool, err error)

	// Shown returns what readers get of a state: a copy without secrets, which shares
	// with the state what has none. nil: the whole state.
	Shown func(S) S
}
