// Package ironstar holds the types of an event-sourced application: streams,
// records, deciders, views, and the interface of the store.
//
// It promises little and depends on nothing but the standard library:
//
//   - An [Aggregate] says how one kind of thing decides and evolves. It is
//     pure: no clock, no randomness, no I/O.
//   - A [View] says how a read model is folded from records.
//   - A [Store] appends events with an expected version and reads them back,
//     by stream and as one log.
//
// Applications rarely build these by hand: ironstar generate writes the
// constructors from a CUE schema. Package engine runs them, package sqlite
// stores them on disk, and package live serves them over HTTP.
package ironstar
