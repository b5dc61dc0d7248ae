package cueload

import (
	"slices"
	"strings"

	"ironstar.dev/internal/sqltext"
)

// Functions whose result is not made of the tables and the parameters. The engines know
// more of them, and refuse those when the application starts.
var (
	clockFunctions = strings.Fields(`now today get_current_timestamp get_current_time current_localtime current_localtimestamp transaction_timestamp
		statement_timestamp clock_timestamp current_timestamp current_date current_time localtime localtimestamp`)
	randomFunctions = strings.Fields(`random randomblob uuid gen_random_uuid uuidv4 uuidv7 setseed nextval currval`)
	fileFunctions   = strings.Fields(`read_csv read_csv_auto sniff_csv read_parquet parquet_scan parquet_metadata parquet_schema parquet_file_metadata
		parquet_kv_metadata parquet_bloom_probe read_json read_json_auto read_json_objects read_json_objects_auto read_ndjson read_ndjson_auto read_ndjson_objects
		read_text read_blob read_xlsx st_read sqlite_scan sqlite_attach sqlite_query postgres_scan postgres_query mysql_scan mysql_query iceberg_scan delta_scan
		getenv which_secret load_extension readfile writefile edit fts3_tokenizer`)
	stateFunctions = strings.Fields(`query query_table current_setting current_database current_schema current_user user version sqlite_version
		last_insert_rowid changes total_changes txid_current`)
	clockWords = strings.Fields(`CURRENT_TIMESTAMP CURRENT_DATE CURRENT_TIME`)
	// Words that only DuckDB takes for functions.
	duckClockWords = strings.Fields(`LOCALTIME LOCALTIMESTAMP`)

	// Functions of SQLite that take the text 'now' for the time, and mean it without
	// arguments.
	dateFunctions = strings.Fields(`date time datetime julianday unixepoch strftime timediff`)
)

const clockHint = "the time is a parameter: write a window, or param: until: schema.#Time, so that equal questions have equal answers"

// outside reports what does not come from the tables of the query and its parameters.
func (c *sqlCheck) outside() {
	words := clockWords
	if c.way.Engine == "duckdb" {
		words = slices.Concat(clockWords, duckClockWords)
	}
	if at, ok := c.s.Bare(words...); ok {
		c.add(codeSQLOutside, at, clockHint, "%s is not in the tables: an answer follows from the events and the parameters alone", at.Text)
	}
	for _, call := range c.s.Calls {
		c.call(call)
	}
}

// call reports a call of a function that reads something else.
func (c *sqlCheck) call(call sqltext.Call) {
	what, hint := "", ""
	switch is := func(names []string) bool { return slices.Contains(names, call.Name) }; {
	case is(clockFunctions):
		what, hint = "says what time it is", clockHint
	case is(randomFunctions):
		what, hint = "says something else each time", "take it away, so that equal questions have equal answers"
	case is(fileFunctions), call.Table && call.Name == "glob":
		what, hint = "reads from outside of the database", "let a process bring in what is outside, as commands and events"
	case is(stateFunctions), strings.HasPrefix(call.Name, "pragma_"), strings.HasPrefix(call.Name, "duckdb_"), strings.HasPrefix(call.Name, "pg_"):
		what, hint = "tells about the database and not about what happened", "take it away"
	default:
		c.dateCall(call)
		return
	}
	c.add(codeSQLOutside, call.Token, hint, "%s() %s: an answer follows from the events and the parameters alone", call.Token.Value, what)
}

// dateCall reports a call of a function of SQLite for dates that reads the clock, or the
// time zone of the machine.
func (c *sqlCheck) dateCall(call sqltext.Call) {
	if c.way.Engine != "sqlite" || !slices.Contains(dateFunctions, call.Name) {
		return
	}
	if len(call.Args) == 0 || call.Name == "strftime" && len(call.Args) == 1 {
		c.add(codeSQLOutside, call.Token, clockHint, "%s() means the time at which it is computed: an answer follows from the events and the parameters alone", call.Token.Value)
		return
	}
	for _, arg := range call.Args {
		if len(arg) != 1 || arg[0].Kind != sqltext.Text {
			continue
		}
		switch text := strings.ToLower(strings.TrimSpace(arg[0].Value)); text {
		case "now":
			c.add(codeSQLOutside, arg[0], clockHint, "'now' is the time at which it is computed: an answer follows from the events and the parameters alone")
		case "localtime", "utc":
			c.add(codeSQLOutside, arg[0], "times are in UTC; shift them by a parameter: _at || $offset", "'%s' means the time zone of the machine: another one would give another answer", text)
		}
	}
}
