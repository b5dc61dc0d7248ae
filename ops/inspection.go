package ops

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/sqlite"
)

const (
	batchEvents = 512    // events in memory at the same time
	foldEvents  = 20_000 // events that are folded to measure the speed; their states are in memory
)

// inspection reads a log with the parts of an application.
type inspection struct {
	report     Report
	onProblem  func(Problem)           // called for each problem, in the order of the log
	onProgress func(ironstar.Position) // called after each batch

	aggregates map[string]*aggregate
	build      []ironstar.Shape
	views      []engine.ViewInfo
	known      []engine.ProcessInfo
	rules      []engine.ClaimRuleInfo
	tallies    []*tally // of rules that the file does not follow
	first      int      // doubles of a rule that are reported at most
	versions   map[eventVersion]*VersionReport
	snapshots  map[string]ironstar.Position // of views, by name

	readable         []knownRecord // of the batch
	problems         []Problem     // of the batch
	reading, folding time.Duration
	folded           int64
}

// aggregate is an aggregate of the build, with counts of its events.
type aggregate struct {
	engine.AggregateInfo
	views      []engine.ViewInfo // that are rebuilt at start and read it
	count      int64
	unreadable int64
}

type eventVersion struct {
	kind, event string
	version     int
}

func newInspection(parts *engine.Engine, database string) *inspection {
	in := &inspection{
		report:     Report{Database: database, Verdict: VerdictReady, Versions: []*VersionReport{}, Shapes: []ShapeReport{}, Views: []ViewReport{}, Processes: []ProcessReport{}, Claims: []ClaimReport{}},
		aggregates: map[string]*aggregate{}, versions: map[eventVersion]*VersionReport{},
		build: parts.Shapes(), views: parts.Views(), known: parts.Processes(), rules: parts.ClaimRules(), snapshots: map[string]ironstar.Position{},
	}
	for _, a := range parts.Aggregates() {
		in.aggregates[a.Kind] = &aggregate{AggregateInfo: a}
		for _, v := range in.views {
			if v.AtStart() && slices.Contains(v.Kinds, a.Kind) {
				in.aggregates[a.Kind].views = append(in.aggregates[a.Kind].views, v)
			}
		}
	}
	return in
}

// run reads the log up to its current head. It does not read later events, which a
// server with the old build stores meanwhile.
func (in *inspection) run(ctx context.Context, log *sqlite.Reader) error {
	stored, err := log.Shapes(ctx)
	if err != nil {
		return err
	}
	head, err := log.Head(ctx)
	if err != nil {
		return err
	}
	in.report.LogID, in.report.Head = log.LogID(), head
	if err := errors.Join(in.findSnapshots(ctx, log), in.beginClaims(ctx, log, in.rules)); err != nil {
		return err
	}
	batch := make([]*ironstar.Record, 0, batchEvents)
	begun := time.Now()
	for r, err := range log.Log(ctx, 0, in.prepare) {
		if err != nil {
			return err
		}
		if r.Position > head {
			break
		}
		if batch = append(batch, r); len(batch) == cap(batch) {
			in.batch(batch, begun)
			clear(batch)
			batch, begun = batch[:0], time.Now()
		}
	}
	in.batch(batch, begun)
	if err := in.processes(ctx, log); err != nil {
		return err
	}
	in.finish(stored)
	return nil
}

// findSnapshots finds the views that would start from a snapshot. It does not
// check the snapshots; a server does when it starts.
func (in *inspection) findSnapshots(ctx context.Context, log *sqlite.Reader) error {
	for _, v := range in.views {
		if !v.AtStart() || !v.Snapshots {
			continue
		}
		c, there, err := log.Checkpoint(ctx, v.Name, v.Fingerprint)
		if ctx.Err() != nil {
			return err
		}
		if there && c.Position <= in.report.Head {
			in.snapshots[v.Name] = c.Position
		}
	}
	return nil
}

// prepare decodes a record in the goroutine that reads it, so that all processors
// decode, as in a rebuild. The record stores the result.
func (in *inspection) prepare(r *ironstar.Record) {
	if a := in.aggregates[r.Stream.Kind]; a != nil {
		_, _ = a.Decode(r)
	}
}

// knownRecord is a record with the report of its version.
type knownRecord struct {
	*ironstar.Record
	version *VersionReport
}

// batch decodes, checks and folds events. It does each step for all of them, to
// measure the time of each step. begun is the time at which reading began.
func (in *inspection) batch(records []*ironstar.Record, begun time.Time) {
	if len(records) == 0 {
		return
	}
	in.readable = in.readable[:0]
	for _, r := range records {
		if v := in.versionOf(r); in.decode(r, v) {
			in.readable = append(in.readable, knownRecord{r, v})
		}
	}
	in.reading += time.Since(begun)
	for _, r := range records {
		in.claim(r)
	}
	begun = time.Now()
	for _, r := range in.readable {
		in.fit(r.Record, r.version)
	}
	if runtime.GOMAXPROCS(0) > 1 { // a rebuild reads at the same time; half of the time is an estimate
		in.reading += time.Since(begun) / 2
	}
	if in.folded < foldEvents {
		begun = time.Now()
		for _, r := range in.readable {
			for _, v := range r.version.aggregate.views {
				v.Fold(r.Record)
			}
		}
		in.folding += time.Since(begun)
		in.folded += int64(len(in.readable))
	}
	clear(in.readable)
	in.reportProblems()
	in.onProgress(records[len(records)-1].Position)
}

// reportProblems calls onProblem for the problems of a batch.
func (in *inspection) reportProblems() {
	slices.SortFunc(in.problems, func(a, b Problem) int { return cmp.Compare(a.Position, b.Position) })
	for _, p := range in.problems {
		in.onProblem(p)
	}
	clear(in.problems)
	in.problems = in.problems[:0]
}

// decode counts an event and decodes it by the aggregate's only decode path (G7).
func (in *inspection) decode(r *ironstar.Record, v *VersionReport) bool {
	in.report.Events++
	v.Count++
	v.Last = r.Position
	if v.aggregate == nil {
		return in.unreadable(r, v, fmt.Errorf("this build has no aggregate %s", r.Stream.Kind))
	}
	v.aggregate.count++
	if _, err := v.aggregate.Decode(r); err != nil {
		v.aggregate.unreadable++
		return in.unreadable(r, v, err)
	}
	return true
}

func (in *inspection) unreadable(r *ironstar.Record, v *VersionReport, err error) bool {
	in.report.Unreadable++
	v.Unreadable++
	what := "unreadable"
	if v.Reading == ReadUnknown {
		what = "unknown"
	}
	in.problems = append(in.problems, newProblem(r, what, err))
	return false
}

func (in *inspection) fit(r *ironstar.Record, v *VersionReport) {
	if err := v.aggregate.Fit(r); err != nil {
		in.report.Unfit++
		v.Unfit++
		in.problems = append(in.problems, newProblem(r, "unfit", err))
	}
}

// versionOf returns the report of a record's event version.
func (in *inspection) versionOf(r *ironstar.Record) *VersionReport {
	key := eventVersion{r.Stream.Kind, r.Type, r.SchemaVersion}
	v := in.versions[key]
	if v == nil {
		v = &VersionReport{Kind: key.kind, Type: key.event, Version: key.version, First: r.Position, aggregate: in.aggregates[key.kind]}
		v.read(in.build)
		in.versions[key] = v
	}
	return v
}

// read sets the way in which a build reads the event version.
func (v *VersionReport) read(build []ironstar.Shape) {
	var last ironstar.Shape
	known := false
	for _, s := range build {
		if s.Kind != v.Kind || s.Type != v.Type {
			continue
		}
		v.Known = append(v.Known, s.SchemaVersion)
		known = known || s.SchemaVersion == v.Version
		if s.SchemaVersion > last.SchemaVersion {
			last = s
		}
	}
	if !known {
		v.Reading = ReadUnknown
		return
	}
	v.Known, v.Steps = nil, last.SchemaVersion-v.Version
	switch {
	case last.Retired && len(last.Becomes) == 0:
		v.Reading = ReadForgotten
	case last.Retired:
		v.Reading, v.Becomes = ReadRetired, last.Becomes
	case v.Steps > 0:
		v.Reading = ReadLifted
	default:
		v.Reading = ReadCurrent
	}
}

// newProblem describes an error in a record. It removes from the reason the parts
// that other fields have.
func newProblem(r *ironstar.Record, what string, err error) Problem {
	reason := strings.TrimPrefix(err.Error(), fmt.Sprintf("%s at %d: ", r.Stream, r.Position))
	reason = strings.TrimPrefix(reason, fmt.Sprintf("event %s.v%d: ", r.Type, r.SchemaVersion))
	if unknown := (*ironstar.UnknownEvent)(nil); errors.As(err, &unknown) {
		reason = fmt.Sprintf("this build does not know %s.v%d", r.Type, r.SchemaVersion)
	}
	return Problem{
		Position: r.Position, Kind: r.Stream.Kind, ID: r.Stream.ID, Sequence: r.Sequence,
		Type: r.Type, Version: r.SchemaVersion, Problem: what, Reason: reason,
	}
}

// finish completes the report. stored are the shapes of the file.
func (in *inspection) finish(stored []ironstar.Shape) {
	for _, v := range in.versions {
		in.report.Versions = append(in.report.Versions, v)
	}
	slices.SortFunc(in.report.Versions, func(a, b *VersionReport) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Version, b.Version))
	})
	for _, h := range stored {
		for _, s := range in.build {
			if h.Kind == s.Kind && h.Type == s.Type && h.SchemaVersion == s.SchemaVersion && h.Hash != s.Hash {
				in.report.Shapes = append(in.report.Shapes, ShapeReport{h.Kind, h.Type, h.SchemaVersion, h.Hash, s.Hash})
			}
		}
	}
	for _, v := range in.views {
		in.report.Views = append(in.report.Views, in.view(v))
	}
	in.report.Rebuild = in.estimate()
	in.finishClaims()
	switch {
	case len(in.report.Shapes) > 0:
		in.report.Verdict = VerdictRefuses
	case in.report.Unreadable > 0, slices.ContainsFunc(in.report.Processes, func(p ProcessReport) bool { return p.Missing || p.Unreadable > 0 }):
		in.report.Verdict = VerdictStops
	case in.report.Unfit > 0, slices.ContainsFunc(in.report.Claims, newDoubles):
		in.report.Verdict = VerdictUnfit
	}
}

var keyings = map[ironstar.Keying]string{ironstar.ByStream: "stream", ironstar.ByField: "field", ironstar.Global: "global"}

func (in *inspection) view(v engine.ViewInfo) ViewReport {
	r := ViewReport{Name: v.Name, Fingerprint: v.Fingerprint, Keyed: keyings[v.By], Kinds: v.Kinds, AtStart: v.AtStart(), Snapshot: in.snapshots[v.Name]}
	for _, kind := range v.Kinds {
		if a := in.aggregates[kind]; a != nil {
			r.Events += a.count
			r.Stops = r.Stops || a.unreadable > 0
		}
	}
	return r
}

// estimate returns the measured time of reading and decoding for the events that
// are not in snapshots, plus the time of folding them at the measured rate.
func (in *inspection) estimate() Estimate {
	e := Estimate{Folded: in.folded}
	if in.reading > 0 {
		e.PerSecond = float64(in.report.Events) / in.reading.Seconds()
	}
	if !slices.ContainsFunc(in.views, engine.ViewInfo.AtStart) {
		return e
	}
	e.Seconds = in.reading.Seconds()
	if in.folded > 0 {
		e.Seconds += in.folding.Seconds() / float64(in.folded) * float64(in.report.Events)
	}
	from := in.report.Head
	for _, v := range in.views {
		if v.AtStart() {
			from = min(from, in.snapshots[v.Name])
		}
	}
	if in.report.Head > 0 {
		e.Seconds *= float64(in.report.Head-from) / float64(in.report.Head)
	}
	return e
}
