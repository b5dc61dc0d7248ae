package cueload

import (
	"slices"
	"time"

	"cuelang.org/go/cue"

	"ironstar.dev"
	"ironstar.dev/internal/model"
)

// maxComputing is the longest time that computing an answer may take, and maxFresh the
// longest time for which it is given again.
const (
	maxComputing = time.Minute
	maxFresh     = 24 * time.Hour
)

// queryLimits reads how many rows an answer has, how often it is computed, and how long
// that may take.
func (r *reader) queryLimits(q *model.Query, d *definition) {
	q.Rows = r.count(q, d.value.LookupPath(cue.ParsePath("rows")), "rows")
	q.Fresh = r.span(q, d.value.LookupPath(cue.ParsePath("fresh")), "fresh", maxFresh)
	q.Within = r.span(q, d.value.LookupPath(cue.ParsePath("within")), "within", maxComputing)
	public, _ := d.value.LookupPath(cue.ParsePath("public")).Default()
	q.Public, _ = public.Bool()
	export := d.value.LookupPath(cue.ParsePath("export"))
	if !export.Exists() {
		return
	}
	q.Export = r.count(q, export, "export")
	if !slices.ContainsFunc(q.Ways, func(w *model.QueryWay) bool { return w.Engine == parquetEngine }) {
		r.problems.add(codeQueryLimit, r.pos(export), `write engine: "duckdb", or leave export out`, "query %s has no engine that writes Parquet files", q.Name)
	}
}

// count reads how many rows there are at most. The schema of queries has its bounds.
func (r *reader) count(q *model.Query, v cue.Value, setting string) int {
	n, _ := v.Default()
	most, err := n.Int64()
	if err != nil {
		r.problems.add(codeQueryLimit, r.pos(v), "write "+setting+": 1000", "%s of query %s is one number", setting, q.Name)
	}
	return int(most)
}

// parquetEngine is the engine that writes Parquet files.
const parquetEngine = "duckdb"

// span reads a length of time, which is more than nothing and at most the greatest one.
func (r *reader) span(q *model.Query, v cue.Value, setting string, most time.Duration) time.Duration {
	text, err := v.String()
	if err != nil {
		r.problems.add(codeQueryLimit, r.pos(v), "write "+setting+`: "PT1S"`, "%s of query %s is one length of time", setting, q.Name)
		return 0
	}
	length, err := ironstar.ParseDuration(text)
	if err != nil || length <= 0 || length > most {
		r.problems.add(codeQueryLimit, r.pos(v), "write "+setting+`: "PT1S"`, "%s of query %s is %s: it is more than PT0S and at most %s", setting, q.Name, text, ironstar.FormatDuration(most))
	}
	return length
}
