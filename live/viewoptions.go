package live

import "time"

// ViewOptions are what an application chooses for the page of one view. The zero
// value is a page like all others.
type ViewOptions struct {
	// NoPage says that the view has no page: other code reads it.
	NoPage bool

	// MinInterval is the least time between two patches to the watchers of one
	// state. States in between are skipped. A browser that opens the page in
	// between gets the current state at once. 0 sends each state as soon as it
	// is rendered and the connection takes it.
	MinInterval time.Duration

	// Uncompressed says that feeds of the view are never compressed, as if its
	// name were in [Options.Uncompressed].
	Uncompressed bool

	// Wasm allows the scripts of the page to compile WebAssembly, as a chart of
	// millions of rows does: docs/ELEMENTS.md.
	Wasm bool
}
