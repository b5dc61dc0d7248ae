package ops

import "ironstar.dev"

// Report is what preflight found, and with --format json what it prints, with
// the problems in front. docs/OPERATING.md explains it.
type Report struct {
	Database string            `json:"database"`
	LogID    string            `json:"log_id"`
	Head     ironstar.Position `json:"head"` // of the last event read
	Events   int64             `json:"events"`

	Unreadable int64 `json:"unreadable"` // events that do not decode or upcast
	Unfit      int64 `json:"unfit"`      // events that this build reads and would not store

	Versions []*VersionReport `json:"versions"` // sorted by name
	Shapes   []ShapeReport    `json:"shapes"`   // only those that differ
	Views    []ViewReport     `json:"views"`
	Rebuild  Estimate         `json:"rebuild"`
	Verdict  Verdict          `json:"verdict"`
}

// Verdict is what comes of a server of this build.
type Verdict string

// The verdicts, the worst last.
const (
	VerdictReady   Verdict = "ready"   // nothing is in the way
	VerdictUnfit   Verdict = "unfit"   // it starts and reads all; some events are not what its code may rely on
	VerdictStops   Verdict = "stops"   // it starts; what needs an event that cannot be read stands still
	VerdictRefuses Verdict = "refuses" // it does not start
)

// Reading says how a build reads one version of an event.
type Reading string

// The readings.
const (
	ReadCurrent   Reading = "current"
	ReadLifted    Reading = "lifted"    // by Steps, to the current version
	ReadRetired   Reading = "retired"   // read as Becomes, after Steps to its own last version
	ReadForgotten Reading = "forgotten" // read as nothing
	ReadUnknown   Reading = "unknown"
)

// VersionReport tells of the events of one type and version.
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
	Known      []int    `json:"known,omitempty"`   // of an unknown version: those that this build reads
	Unreadable int64    `json:"unreadable"`
	Unfit      int64    `json:"unfit"`

	aggregate *aggregate // nil if the build has none
}

// Problem is one event that is in the way.
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

// ShapeReport is a version whose shape in the file is not that of the build.
type ShapeReport struct {
	Kind    string `json:"kind"`
	Type    string `json:"type"`
	Version int    `json:"version"`
	Stored  string `json:"stored"`
	Build   string `json:"build"`
}

// ViewReport tells of one view.
type ViewReport struct {
	Name        string   `json:"name"`
	Fingerprint string   `json:"fingerprint"`
	Keyed       string   `json:"keyed"` // stream, field, global
	Kinds       []string `json:"kinds"`
	Events      int64    `json:"events"`   // that it reads
	AtStart     bool     `json:"at_start"` // folded at each start, from the whole log or a snapshot

	Snapshot ironstar.Position `json:"snapshot,omitempty"` // the whole log up to here is in one that this build can use

	Stops bool `json:"stops"` // keys of it, or all of it, stand still at an event that cannot be read
}

// Estimate is how long the rebuild of all views at start takes, from what was
// measured. Seconds is 0 without such a view.
type Estimate struct {
	Seconds   float64 `json:"seconds"`
	PerSecond float64 `json:"events_per_second"` // reading and decoding, as measured
	Folded    int64   `json:"folded"`            // events by which folding was measured
}
