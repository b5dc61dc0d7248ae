WITH x AS (SELECT 1 AS n)
SELECT n FROM x, a_left JOIN a_solt JOIN a_sold