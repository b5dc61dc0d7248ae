SELECT count(*) AS n
FROM a_sold WHERE x = 'it''s
