package duckdb_test

import (
	"errors"
	"strings"
	"testing"

	"ironstar.dev"
	"ironstar.dev/query"
)

// TestRefused: a question that reads anything but its tables is refused, with what to do.
func TestRefused(t *testing.T) {
	tables := open(t, options(t, t.TempDir(), bids()))
	for sql, says := range map[string]string{
		"":                                    "",
		";":                                   "",
		"selec":                               "syntax error",
		"SELECT 1 AS n; SELECT 2 AS n":        "2 statements",
		"INSERT INTO lot_bid_placed SELECT 1": "Only SELECT",
		"DELETE FROM lot_bid_placed":          "Only SELECT",
		"COPY lot_bid_placed TO 'x.csv'":      "Only SELECT",
		"ATTACH 'x.db'":                       "Only SELECT",
		"PRAGMA database_list":                "",
		"SET threads = 1":                     "Only SELECT",
		"INSTALL httpfs":                      "Only SELECT",
		"EXPLAIN SELECT 1 AS n":               "Only SELECT",
		"DESCRIBE lot_bid_placed":             "show ref",
		"SUMMARIZE lot_bid_placed":            "show ref",
		"SELECT * FROM (DESCRIBE lot_secret)": "show ref",
		"SHOW TABLES":                         "",

		"SELECT count(*) AS n FROM lot_secret":                                                             "it reads lot_secret: add its event to on",
		"SELECT count(*) AS n FROM LOT_SECRET":                                                             "it reads LOT_SECRET",
		"SELECT count(*) AS n FROM main.lot_bid_placed":                                                    "write the table's name alone",
		"SELECT count(*) AS n FROM auction.main.lot_bid_placed":                                            "write the table's name alone",
		"SELECT count(*) AS n FROM _ironstar":                                                              "it reads _ironstar",
		"SELECT count(*) AS n FROM information_schema.tables":                                              "write the table's name alone",
		"SELECT count(*) AS n FROM duckdb_tables":                                                          "it reads duckdb_tables",
		"SELECT count(*) AS n FROM duckdb_settings()":                                                      "outside of its tables",
		"SELECT count(*) AS n FROM sqlite_master":                                                          "it reads sqlite_master",
		"SELECT count(*) AS n FROM 'x.parquet'":                                                            "it reads x.parquet",
		"SELECT count(*) AS n FROM read_csv('/etc/passwd')":                                                "outside of its tables",
		"SELECT count(*) AS n FROM read_text('/etc/passwd')":                                               "outside of its tables",
		"SELECT count(*) AS n FROM glob('/*')":                                                             "outside of its tables",
		"SELECT count(*) AS n FROM query('SELECT 1')":                                                      "outside of its tables",
		"SELECT count(*) AS n FROM query_table('lot_secret')":                                              "outside of its tables",
		"SELECT count(*) AS n FROM json_execute_serialized_sql('{}')":                                      "outside of its tables",
		"SELECT count(*) AS n FROM range((SELECT count(*) FROM lot_secret))":                               "it reads lot_secret",
		"SELECT count(*) AS n FROM read_parquet('/tmp/x.parquet')":                                         "not the address of one file",
		"SELECT count(*) AS n FROM read_parquet('https://example.com/x.parquet')":                          "the host example.com is not allowed: add it to duckdb.Options.Hosts",
		"SELECT count(*) AS n FROM read_parquet(['https://example.com/x.parquet'])":                        "needs an address that is written there",
		"SELECT count(*) AS n FROM lot_bid_placed WHERE _position IN (SELECT _position FROM lot_secret)":   "it reads lot_secret",
		"SELECT (SELECT max(_position) FROM lot_secret) AS n":                                              "it reads lot_secret",
		"WITH x AS (SELECT * FROM lot_secret) SELECT count(*) AS n FROM x":                                 "it reads lot_secret",
		"WITH lot_secret AS (SELECT * FROM lot_secret) SELECT count(*) AS n FROM lot_secret":               "WITH lot_secret has the name of a table",
		"SELECT count(*) AS n FROM (WITH LOT_SECRET AS (SELECT 1) SELECT * FROM LOT_SECRET) a, lot_secret": "has the name of a table",
		"SELECT count(*) AS n FROM (WITH duckdb_tables AS (SELECT 1) SELECT * FROM duckdb_tables)":         "has the name of a table",
		"SELECT count(*) AS n FROM lot_bid_placed UNION SELECT count(*) FROM lot_secret":                   "it reads lot_secret",
		"SELECT count(*) AS n FROM lot_bid_placed, (PIVOT lot_secret ON _stream IN ('a') USING count(*))":  "it reads lot_secret",

		"SELECT now() AS n":                                       "it calls now",
		"SELECT current_timestamp AS n":                           "current_timestamp is not in the tables",
		"SELECT CURRENT_DATE AS n":                                "is not in the tables",
		"SELECT localtimestamp AS n":                              "is not in the tables",
		"SELECT current_localtimestamp() AS n":                    "depends on a clock",
		"SELECT today() AS n":                                     "it calls today",
		"SELECT age(_at) AS n FROM lot_bid_placed":                "give it two",
		"SELECT random() AS n":                                    "it calls random",
		"SELECT uuid() AS n":                                      "it calls uuid",
		"SELECT gen_random_uuid() AS n":                           "it calls gen_random_uuid",
		"SELECT nextval('s') AS n":                                "it calls nextval",
		"SELECT current_setting('threads') AS n":                  "it depends on settings",
		"SELECT main.current_setting('threads') AS n":             "it depends on settings",
		"SELECT system.main.random() AS n":                        "it calls random",
		"SELECT getvariable('x') AS n":                            "it depends on settings",
		"SELECT version() AS n":                                   "it depends on the build",
		"SELECT current_user AS n":                                "is not in the tables",
		"SELECT current_query() AS n":                             "it calls current_query",
		"SELECT pg_sleep(1) AS n":                                 "it calls pg_sleep",
		"SELECT pg_conf_load_time() AS n":                         "it stands for more than its arguments",
		"SELECT pg_get_constraintdef(1) AS n":                     "it calls pg_get_constraintdef",
		"SELECT get_block_size('x') AS n":                         "it stands for more",
		"SELECT sleep_ms(1) AS n":                                 "it calls sleep_ms",
		"SELECT write_log('x') AS n":                              "it calls write_log",
		"SELECT no_such(1) AS n":                                  "no such function",
		"SELECT pg_catalog.random() AS n":                         "write the function's name alone",
		"SELECT count(*) AS n FROM lot_bid_placed USING SAMPLE 3": "by chance",
		"SELECT count(*) AS n FROM lot_bid_placed TABLESAMPLE 3%": "by chance",
		"SELECT list_transform([1], lambda x: x + random()) AS n": "it calls random",
		"SELECT sum(1) OVER (ORDER BY random()) AS n":             "it calls random",
		"SELECT count(*) FILTER (random() > 1) AS n":              "it calls random",
		"SELECT list(1 ORDER BY random()) AS n":                   "it calls random",
		"SELECT 1 AS n ORDER BY random()":                         "it calls random",
		"SELECT 1 AS n LIMIT (SELECT count(*) FROM lot_secret)":   "it reads lot_secret",

		"SELECT ? AS n":                           "not declared",
		"SELECT $1 AS n":                          "not declared",
		"SELECT :n AS n":                          "syntax error",
		"SELECT $other AS n":                      "a parameter $other that is not declared",
		"SELECT count(*) FROM lot_bid_placed":     "but n is declared there",
		"SELECT 1 AS n, 2 AS m":                   "a column m that is not declared",
		"SELECT 1 AS n, 2 AS n":                   "not declared",
		"SELECT nothing AS n FROM lot_bid_placed": "nothing",
		"SELECT n FROM (VALUES (1)) AS t(n), lot_bid_placed AS u(n)": "mbiguous",
	} {
		err := tables.Check(t.Context(), question(sql, column("n", ironstar.IntColumn)))
		if !errors.Is(err, query.ErrSQL) || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "auction/bids.sql") {
			t.Errorf("%s\n\tis answered with %v", sql, err)
		}
	}
}

// TestParametersAreExact: a question uses each of its parameters, wherever it is, and
// nothing in a text or a comment is one.
func TestParametersAreExact(t *testing.T) {
	tables := open(t, options(t, t.TempDir(), bids()))
	n := column("n", ironstar.IntColumn)
	for sql, good := range map[string]bool{
		"SELECT $from AS n":             true,
		"SELECT $from AS n; -- $from\n": true,
		"SELECT $from AS n /* $from ; */ WHERE '$from' <> 'it''s $from'": true,
		`SELECT "$from" AS n FROM (SELECT $from AS "$from")`:             true,
		"SELECT $from + $from AS n -- the end":                           true,
		"SELECT n FROM range($from) AS t(n)":                             true,
		"SELECT sum(1) AS n LIMIT $from":                                 true,
		"SELECT CASE WHEN $from IS NULL THEN 1 END AS n":                 true,
		"SELECT epoch_us(INTERVAL ($from) DAY) AS n":                     true,
		"SELECT len($$ $from $$) AS n":                                   false,
		"SELECT len('$from') AS n":                                       false,
		"SELECT 1 AS n -- $from":                                         false,
		"SELECT $FROM AS n":                                              false,
		"SELECT E'\\'$from' AS n, $from":                                 false,
		"SELECT $t$ $from $t$ || $from AS n":                             false,
	} {
		q := question(sql, n)
		q.Params = []ironstar.Column{{Name: "from", Type: ironstar.ColumnType{Kind: ironstar.IntColumn, Optional: true}}}
		if err := tables.Check(t.Context(), q); (err == nil) != good || err != nil && !errors.Is(err, query.ErrSQL) {
			t.Errorf("%s\n\tis answered with %v", sql, err)
		}
	}
}
