package naming

import (
	"path"
	"strings"

	"ironstar.dev/internal/model"
)

// Names of the Go package that belong to a query.
var (
	Query            = Pattern{"*", "the interface of the hand-written side of"} // if it asks a view
	QueryConstructor = Pattern{"New*", "the constructor of"}
	QueryName        = Pattern{"*Name", "the name of"}
	QueryFingerprint = Pattern{"*Fingerprint", "the fingerprint of"}
	QuerySQL         = Pattern{"sql*", "the SQL of"}
	QueryColumns     = Pattern{"columns*", "the columns of"}
	QueryScan        = Pattern{"scan*", "the function that reads a row of"}
	QueryValues      = Pattern{"values*", "the function that lists the values of a row of"}
	QueryArgs        = Pattern{"args*", "the function that lists the arguments of"}
	QueryWindow      = Pattern{"window*", "the function that says which time is asked about by"}
)

var ofQuery = []Pattern{QueryConstructor, QueryName, QueryFingerprint, QuerySQL, QueryColumns, QueryScan, QueryValues, QueryArgs, QueryWindow, ParamInputs}

// QuerySQLFor returns the name of the SQL of a query for one engine, if another engine
// has other SQL: sqlBidsPerMinuteForDuckdb.
func QuerySQLFor(q *model.Query, engine string) string {
	return QuerySQL.Of(q.Name) + "For" + Title(engine)
}

// RowsMethod is the hand-written method of a query that asks a view.
const RowsMethod = "Rows"

// TablesFunc is the function that returns the tables of a package's events, and
// TablesFingerprint the fingerprint of these.
const (
	TablesFunc        = "Tables"
	TablesFingerprint = "TablesFingerprint"
)

// TableRows is the function that lays out the events of an aggregate.
var TableRows = Pattern{"tableRows*", "the function that lays out the events of"}

// Snake returns a name as it is in SQL: BidPlaced becomes bid_placed.
func Snake(name string) string { return strings.ToLower(strings.Join(Words(name), "_")) }

// EventTable returns the name of the table of an event: lot_bid_placed.
func EventTable(a *model.Aggregate, e *model.Event) string {
	return Snake(a.Name) + "_" + Snake(e.Name)
}

// SQLFiles returns the paths below the schema's folder where the SQL of a query may be
// for an engine. The first one that is there is taken.
func SQLFiles(q *model.Query, engine string) []string {
	base := path.Join(q.Package.Dir, Snake(q.Name))
	return []string{base + "." + engine + ".sql", base + ".sql"}
}

// QueryID returns a query's name in addresses, logs and metrics: "auction.BidsPerMinute".
func QueryID(q *model.Query) string { return q.Package.Name + "." + q.Name }

// QueryFile returns the name of the file of a query.
func QueryFile(q *model.Query) string { return fileBase(q.Name) + "_query_gen.go" }

// TablesFile is the name of the file of the tables.
const TablesFile = "tables_gen.go"

// Names that belong to a view that shows the answers of queries.
var (
	ShownState  = Pattern{"*State", "what is shown by"}
	ShownParams = Pattern{"For*", "the method that returns the parameters of"} // of its parameters
)

// Names of the HTTP package that belong to a query.
var (
	QueryJSONURL    = Pattern{"*JSONURL", "the address of the JSON of"}
	QueryCSVURL     = Pattern{"*CSVURL", "the address of the CSV of"}
	QueryParquetURL = Pattern{"*ParquetURL", "the address of the Parquet of"}
)

// query adds the names of a query in the Go package.
func (t *table) query(scope string, q *model.Query) {
	what := "query #" + q.Name
	t.of(scope, q.Name, what, q.Pos, "", ofQuery...)
	for _, w := range q.Ways {
		t.addOf(scope, QuerySQLFor(q, w.Engine), "the SQL of "+what+" for "+w.Engine, what, q.Pos, "")
	}
	if q.View != nil {
		t.of(scope, q.Name, what, q.Pos, "", Query)
		t.add("the methods of "+q.Name+" of package "+inFolder(t.pkg.Name, t.pkg), RowsMethod, "the method that makes the rows of "+what, q.Pos)
	}
	if q.Param != nil {
		t.of(scope, q.Param.GoName, "the parameters of #"+q.Name, q.Param.Pos, "", ParseParams)
		t.named(q.Param, nameless, "the parameters of #"+q.Name)
		t.paramMembers(q.Param)
	}
	t.named(q.Row, nameless, "a row of #"+q.Name)
}

// sqlTables adds the names of what lays out the events that queries read.
func (t *table) sqlTables(scope string) {
	for _, q := range t.pkg.Queries {
		if !q.HasSQL() {
			continue
		}
		t.add(scope, TablesFunc, "the function for the tables of the package", t.pkg.Pos)
		t.add(scope, TablesFingerprint, "the fingerprint of the tables of the package", t.pkg.Pos)
		break
	}
	for _, a := range t.pkg.Aggregates {
		t.of(scope, a.Name, "aggregate #"+a.Name, a.Pos, "", TableRows)
	}
}

// shownNames adds the names of a view that shows answers of queries.
func (t *table) shownNames(scope string, v *model.View) {
	what := "view #" + v.Name
	t.of(scope, v.Name, what, v.Pos, "", ShownState)
	for _, s := range v.Shows {
		t.addOf("the fields of "+ShownState.Of(v.Name)+" of package "+inFolder(t.pkg.Name, t.pkg), s.GoName, "answer "+s.Name+" of "+what, "answer "+s.Name, s.Pos, "")
		if v.Param != nil {
			t.member("the fields and methods of "+v.Param.GoName+" of package "+inFolder(t.pkg.Name, t.pkg), ShownParams.Of(s.GoName), "the method for the parameters of answer "+s.Name, s.Pos, "")
		}
	}
}
