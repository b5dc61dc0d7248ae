package cueload

const (
	codeQuery       = "IRN132"
	codeQueryView   = "IRN133"
	codeQueryRow    = "IRN134"
	codeQueryParam  = "IRN135"
	codeQueryWindow = "IRN136"
	codeQueryLimit  = "IRN137"
	codeShows       = "IRN138"
	codeSQLFile     = "IRN139"

	codeSQLText      = "IRN140"
	codeSQLStatement = "IRN141"
	codeSQLParam     = "IRN142"
	codeSQLTable     = "IRN143"
	codeSQLOutside   = "IRN144"
	codeSQLSecret    = "IRN145"
	codeTable        = "IRN146"
)

// codesOfQueries returns the codes for queries and their SQL: from IRN132 on.
func codesOfQueries() []Code {
	return []Code{
		{Code: codeQuery, Title: "what answers a query", Text: "engine is \"sqlite\", \"duckdb\" or \"view\", or a list of them in order of preference: a build asks the first one that it has. An engine with SQL " +
			"reads the events that on names, \"view\" asks the view that view names."},
		{Code: codeQueryView, Title: "the view that a query asks", Text: "`engine: \"view\", view: \"House\"` asks a view of the same package that folds events with the key \"global\". Only that engine asks a view."},
		{Code: codeQueryRow, Title: "the columns of an answer", Text: "row names the columns that the SQL selects: texts, numbers, bools, times, days, decimals, UUIDs, lengths of time and enums. A column with a question mark may be NULL. " +
			"Nothing in a row is a list, a struct, secret or always the same, and defaults say nothing: the SQL says what is in it."},
		{Code: codeQueryParam, Title: "a parameter of a query", Text: "A query has the parameters that a view may have, and schema.#Time and schema.#Date. One that always has the same value belongs into the SQL."},
		{Code: codeQueryWindow, Title: "the range of time that a query asks about", Text: "`window: {span: \"span\", until: \"until\"}` names two parameters: one whose values are lengths of time (`span: *\"PT1H\" | \"PT24H\"`), and an optional " +
			"schema.#Time, without which the window ends now, rounded up. The SQL has it as $from and $until."},
		{Code: codeQueryLimit, Title: "how much a query may take", Text: "rows is 1 to 100000, export 1 to 50000000, which only the engine duckdb can write. fresh and round are more than PT0S and at most PT24H, within is at most PT1M. Bounds keep one reader from taking what all need."},
		{Code: codeShows, Title: "a view that shows queries", Text: "`shows: {bids: \"BidsPerMinute\"}` is a page of the answers of queries of the same package. It has their parameters and no other setting but scope. " +
			"Parameters with one name have one type and one default, because they are one parameter of the address."},
		{Code: codeSQLFile, Title: "the file with the SQL of a query", Text: "The SQL of #BidsPerMinute is in bids_per_minute.sql beside the CUE file, or in bids_per_minute.sqlite.sql and bids_per_minute.duckdb.sql, which one engine alone takes. " +
			"A file that no query takes is misspelt or left over."},
		{Code: codeSQLText, Title: "SQL that cannot be read", Text: "A text, a name or a comment does not end, or a text stands in dollar signs, as $$…$$. The file is UTF-8 and at most 100 KB."},
		{Code: codeSQLStatement, Title: "SQL that is not one SELECT", Text: "A query reads. Its SQL is one statement that begins with SELECT or WITH; a semicolon may stand at the end."},
		{Code: codeSQLParam, Title: "parameters in SQL", Text: "The SQL has the parameters of the query by name, $lot, and $from and $until from its window. Each is used, because otherwise the same answer would be computed for each of its values. " +
			"?, $1, :lot and @lot are not possible."},
		{Code: codeSQLTable, Title: "tables in SQL", Text: "The SQL reads the tables of the events that on names, lot_bid_placed for BidPlaced of Lot, and what WITH names. Whoever changes an event sees in the schema which queries read it."},
		{Code: codeSQLOutside, Title: "SQL that reads something else", Text: "An answer follows from the events and the parameters alone, so that it can be kept and is the same for everybody. No clock, no random numbers, no files, nothing about the database or the machine."},
		{Code: codeSQLSecret, Title: "a secret in SQL", Text: "Fields with @secret() are no columns, because whoever reads an answer would see them."},
		{Code: codeTable, Title: "the table of an event", Text: "Each event that a query reads has a table with a column for each of its fields. SQL does not know letter case, and in SQLite {price: {amount}} is the column price_amount: two tables, or two columns of " +
			"one table, have different names."},
	}
}
