package ops

import "ironstar.dev"

// Report is the result of preflight. --format json prints it with the problems
// before it. docs/OPERATING.md explains it.
type Report struct {
	Database string            `json:"database"`
	LogID    string            `json:"log_id"`
	Head     ironstar.Position `json:"head"` // of the last event read
	Events   int64             `json:"events"`

	Unreadable int64 `json:"unreadable"` // events that do not decode or upcast
	Unfit      int64 `json:"unfit"`      // events that this build can read, but would not store

	Versions []*VersionReport `json:"versions"` // sorted by name
	Shapes   []ShapeReport    `json:"shapes"`   // only those that differ
	Views    []ViewReport     `json:"views"`
	Rebuild  Estimate         `json:"rebuild"`

	Processes []ProcessReport `json:"processes"` // that have run with the database, sorted by name

	Claims []ClaimReport `json:"claims"` // rules of uniqueness of this build, sorted by name

	Verdict Verdict `json:"verdict"`
}

// Verdict says what would happen to a server of this build.
type Verdict string

// The verdicts, the worst last.
const (
	VerdictReady   Verdict = "ready"   // the server starts without problems
	VerdictUnfit   Verdict = "unfit"   // the server starts and reads all events, but some violate constraints on which its code may rely, or values that it declares unique have doubles
	VerdictStops   Verdict = "stops"   // the server starts, but streams and views stand still at events that it cannot read, or processes at what waits
	VerdictRefuses Verdict = "refuses" // the server does not start
)

// Reading says how a build reads one version of an event.
type Reading string

// The readings.
const (
	ReadCurrent   Reading = "current"
	ReadLifted    Reading = "lifted"    // Steps convert it to the current version
	ReadRetired   Reading = "retired"   // Steps convert it to its own last version, then it is read as Becomes
	ReadForgotten Reading = "forgotten" // reading skips it
	ReadUnknown   Reading = "unknown"
)

// VersionReport describes the events of one type and version.
type VersionReport struct {
	Kind    string            `json:"kind"`
	Type    string            `json:"type"`
	Version int               `json:"version"`
	Count   int64             `json:"count"`
	First   ironstar.Position `json:"first"`
	Last    ironstar.Position `json:"last"`

	Reading    Reading  `json:"reading"`
	Steps      int      `json:"steps,omitempty"`
	Becomes    []string `json:"becomes,omitempty"` // "Added.v1", or the method that makes it
	Known      []int    `json:"known,omitempty"`   // for an unknown version: the versions that this build reads
	Unreadable int64    `json:"unreadable"`
	Unfit      int64    `json:"unfit"`

	aggregate *aggregate // nil if the build has none
}

// Problem is one event that this build cannot read, or would not store.
type Problem struct {
	Position ironstar.Position `json:"position"`
	Kind     string            `json:"kind"`
	ID       string            `json:"id"`
	Sequence ironstar.Version  `json:"sequence"`
	Type     string            `json:"type"`
	Version  int               `json:"version"`
	Problem  string            `json:"problem"` // unknown, unreadable, unfit
	Reason   string            `json:"reason"`
}

// ShapeReport describes a version whose shape in the file differs from that of
// the build.
type ShapeReport struct {
	Kind    string `json:"kind"`
	Type    string `json:"type"`
	Version int    `json:"version"`
	Stored  string `json:"stored"`
	Build   string `json:"build"`
}

// ViewReport describes one view.
type ViewReport struct {
	Name        string   `json:"name"`
	Fingerprint string   `json:"fingerprint"`
	Keyed       string   `json:"keyed"` // stream, field, global
	Kinds       []string `json:"kinds"`
	Events      int64    `json:"events"`   // number of events that it reads
	AtStart     bool     `json:"at_start"` // folded at each start, from the whole log or a snapshot

	Snapshot ironstar.Position `json:"snapshot,omitempty"` // a snapshot that this build can use has the log up to here

	Stops bool `json:"stops"` // the view, or some of its keys, stand still at an event that cannot be read
}

// Estimate is the estimated time of the rebuild of all views at start. Seconds is 0
// if no view is rebuilt.
type Estimate struct {
	Seconds   float64 `json:"seconds"`
	PerSecond float64 `json:"events_per_second"` // reading and decoding, as measured
	Folded    int64   `json:"folded"`            // number of events that were folded to measure the speed
}
