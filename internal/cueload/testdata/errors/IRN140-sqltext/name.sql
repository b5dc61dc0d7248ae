SELECT "count
FROM a_sold