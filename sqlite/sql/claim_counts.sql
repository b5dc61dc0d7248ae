SELECT count(*), coalesce(sum(n > 1), 0), coalesce(sum(n - 1), 0)
FROM (SELECT count(*) AS n FROM claims WHERE aggregate_type = ?1 AND rule = ?2 GROUP BY value)
