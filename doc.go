// Package ironstar holds the nouns of an event-sourced application: streams,
// records, deciders, views, and the store that keeps them.
//
// It promises little and depends on nothing but the standard library:
//
//   - An [Aggregate] says how one kind of thing decides and evolves. It is
//     pure: no clock, no randomness, no I/O.
//   - A [View] says how a read model is folded from records.
//   - A [Store] appends events with an expected version and reads them back,
//     by stream and as one log.
//
// Code of an application rarely builds these by hand: ironstar generate writes
// the constructors from a CUE schema. Running them is package engine, keeping
// them on disk is package sqlite, serving them is package live.
package ironstar
