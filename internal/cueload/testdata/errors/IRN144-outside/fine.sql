SELECT t.current_date, 1 AS current_time, glob('a*', "to"), 'now()', date(_at, '+1 day'), strftime('%Y', _at), localtime FROM a_sold AS t -- now()
WHERE "to" = 'now' OR "to" IN ('localtime')