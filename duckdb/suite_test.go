package duckdb_test

import (
	"testing"

	"ironstar.dev/duckdb"
	"ironstar.dev/query/querytest"
)

func TestG23_Engine(t *testing.T) {
	querytest.EngineSuite(t, querytest.Dialect{
		Engine: engineWith(t, duckdb.Options{}),
		Field:  func(column, field string) string { return column + "." + field },
		// DuckDB computes all rows before the first one is there, so these do end, after
		// much longer than a test.
		Endless: "SELECT 1 AS n FROM range(20000000)",
		Silent:  endless.SQL,
		Forbidden: []string{
			"SELECT epoch(now())::BIGINT AS n", "SELECT count(*) AS n FROM _ironstar", "SELECT count(*) AS n FROM main.sale_sold",
			"SELECT count(*) AS n FROM read_csv('x.csv')", "SELECT count(*) AS n FROM 'x.parquet'", "SELECT count(*) AS n FROM duckdb_tables()",
			"SELECT current_setting('threads')::BIGINT AS n", "ATTACH 'x.db'", "INSTALL httpfs", "LOAD httpfs", "SET threads = 1", "PRAGMA version", "CALL pragma_version()",
			"EXPLAIN SELECT 1 AS n", "COPY sale_sold TO 'x.csv'", "EXPORT DATABASE 'x'", "FROM sale_kinds SELECT int AS n", "CHECKPOINT", "VACUUM", "TABLE sale_kinds",
		},
		Allowed: []string{
			"SELECT sum(units) AS n FROM sale_sold",
			"SELECT count(*) AS n FROM sale_sold GROUP BY time_bucket(INTERVAL '1 minute', _at)",
			"SELECT count(*) AS n FROM sale_sold GROUP BY date_trunc('hour', _at)",
			"WITH c AS (SELECT units FROM sale_sold) SELECT count(*) AS n FROM c",
			"SELECT row_number() OVER (ORDER BY _position) AS n FROM sale_sold QUALIFY n < 3",
			"FROM sale_sold SELECT units AS n",
			"SELECT unnest([1, 2]) AS n FROM sale_sold",
			"SELECT 1 AS n FROM sale_sold WHERE item LIKE 'i%' AND item NOT ILIKE 'NOW%' AND regexp_matches(item, '^i')",
			"WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n FROM r",
			"SELECT round(avg(units)) AS n FROM sale_sold -- the mean",
			"SELECT list_sum(list(units)) AS n FROM sale_sold",
			"SELECT count(*) AS n FROM range(0, 10) AS r(i) LEFT JOIN sale_sold AS s ON s._position = r.i",
			"SELECT quantile_cont(units, 0.5) AS n FROM sale_sold GROUP BY ROLLUP (item)",
			"SELECT coalesce(nullif(split_part(item, 'i', 1), ''), '7')::BIGINT AS n FROM sale_sold",
			"SELECT a.units AS n FROM sale_sold AS a ASOF JOIN sale_sold AS b ON a._at >= b._at",
			"SELECT units AS n FROM sale_sold UNION ALL SELECT 1 ORDER BY n LIMIT 2",
			"SELECT count(*) FILTER (units > 0) AS n FROM sale_sold",
			"SELECT arg_max(units, _position) AS n FROM sale_sold HAVING count(*) > 0",
			"SELECT len(list_filter([1, 2], lambda x: x > 1)) AS n FROM sale_sold",
		},
	})
}
