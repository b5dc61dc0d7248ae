SELECT size, count(*) AS coats FROM coat_cut GROUP BY size
