SELECT count(*) AS n FROM a_sold;
DELETE FROM a_sold;
