SELECT count(*) AS n FROM a_sold
