package ironstar

// Command is a command and what is known of the request that gives it.
type Command[C any] struct {
	Data C

	// Metadata is stored with the events. A command with a CommandID takes effect
	// once, however often it is given (G6).
	Metadata Metadata

	// Request is a hash of what was asked under Metadata.CommandID. The same id
	// with another Request is refused with [ErrCommandReused].
	Request [32]byte
}
