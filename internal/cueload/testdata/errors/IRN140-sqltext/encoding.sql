SELECT count(*) AS n
FROM ÿ a_sold