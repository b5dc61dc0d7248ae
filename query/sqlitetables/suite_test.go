package sqlitetables_test

import (
	"testing"

	"ironstar.dev/query/querytest"
	"ironstar.dev/query/sqlitetables"
)

func TestMain(m *testing.M) { querytest.Main(m, sqlitetables.Engine{}) }

func TestG23_Engine(t *testing.T) {
	querytest.EngineSuite(t, querytest.Dialect{
		Engine:  sqlitetables.Engine{},
		Field:   func(column, field string) string { return column + "_" + field },
		Endless: "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT 1 FROM r) SELECT n FROM r",
		Silent:  "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT 1 FROM r) SELECT n FROM r WHERE n > 1",
		Forbidden: []string{
			"SELECT date('now') AS n", "SELECT datetime('NOW') AS n", "SELECT date() AS n", "SELECT date ( ) AS n",
			"SELECT strftime('%s') AS n", `SELECT "date"() AS n`, "SELECT [time]() AS n", "SELECT unixepoch('subsec') AS n",
			"SELECT unixepoch('2026-01-01', 'localtime') AS n", "SELECT strftime('%s', 'now') AS n",
			`SELECT "random"() AS n`, "SELECT randomblob(1) AS n", "SELECT changes() AS n", "SELECT last_insert_rowid() AS n",
			"SELECT sqlite_version() AS n", "SELECT load_extension('x') AS n", "SELECT sqlite_source_id() AS n",
			"SELECT count(*) AS n FROM sqlite_master", "SELECT count(*) AS n FROM sqlite_schema", "SELECT rootpage AS n FROM sqlite_schema",
			"SELECT count(*) AS n FROM _tables", "SELECT position AS n FROM _tables", "SELECT count(*) AS n FROM main._tables",
			"SELECT count(*) AS n FROM pragma_table_info('sale_sold')", "SELECT cid AS n FROM pragma_table_info('sale_sold')",
			"SELECT count(*) AS n FROM main.sale_kinds", "SELECT int AS n FROM main.sale_kinds",
			"PRAGMA user_version", "PRAGMA user_version = 1", "ATTACH 'x' AS x", "VACUUM", "EXPLAIN SELECT 1 AS n", "VALUES (1)", "ANALYZE",
			"SELECT units AS n FROM sale_sold WHERE units = :p", "SELECT units AS n FROM sale_sold WHERE units = @p", "SELECT units AS n FROM sale_sold WHERE units = ?1",
			"SELECT count(*) AS n FROM dbstat", "SELECT pageno AS n FROM dbstat", "SELECT count(*) AS n FROM sqlite_stmt", "SELECT count(*) AS n FROM json_nothing('[]'), sale_kinds",
			"CREATE TEMP TABLE t (n)", "WITH s AS (SELECT 1) DELETE FROM sale_sold",
		},
		Allowed: []string{
			"SELECT sum(units) AS n FROM sale_sold",
			"SELECT total(units) AS n FROM sale_sold",
			"SELECT count(*) AS n FROM sale_sold GROUP BY strftime('%Y-%m-%dT%H:%M:00Z', _at)",
			"SELECT units AS n FROM main.sale_sold",
			"WITH c AS (SELECT units FROM sale_sold) SELECT count(*) AS n FROM c",
			"SELECT row_number() OVER (ORDER BY _position) AS n FROM sale_sold",
			"SELECT value AS n FROM sale_sold, json_each('[1,2]')",
			"SELECT 1 AS n FROM sale_sold WHERE item LIKE 'i%' AND 'now ' <> item",
			"WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n FROM r",
			"SELECT cast(round(avg(units)) AS INTEGER) AS n FROM sale_sold -- the mean",
		},
	})
}
