package ironstar

// None is the parameters of a view or query that has none.
type None struct{}

// Query is the query string of an address without parameters.
func (None) Query() string { return "" }
