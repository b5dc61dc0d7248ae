package ironstar

// IDs is the rule for the ids of an aggregate's streams, in addition to
// [Stream.Check]. The zero value accepts all.
type IDs struct {
	// Check returns why a text cannot be an id, or nil if it can.
	Check func(id string) error

	// Examples are ids that Check accepts, for tests.
	Examples []string
}
