SELECT count(*) AS n FROM a_sold WHERE "to" = $of
